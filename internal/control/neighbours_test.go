package control

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// Judged one by one, with briefs and letters of the others, the units of an estate get the findings that they get when all are at hand.
func TestUnitsJudgedOneByOneGetTheSameFindings(t *testing.T) {
	c := catalogue(t)
	controls := slices.DeleteFunc(slices.Clone(c.Controls()), func(k *Control) bool { return k.Resource == TypeAccount })
	found := map[Verdict]int{}
	rapid.Check(t, func(rt *rapid.T) {
		es := scattered(rt)
		whole := protection.NewIndexes(es)
		var briefs []protection.Brief
		letters := map[string][]protection.Letter{}
		for i, u := range es.Units {
			brief, out := protection.Abridge(u)
			briefs = append(briefs, brief)
			for to, text := range out {
				letters[to] = append(letters[to], protection.Letter{From: i, Text: text})
			}
		}
		neighbours := protection.NewNeighbours(briefs)
		for i, u := range es.Units {
			var mine []protection.Letter
			for _, at := range protection.Reads(u) {
				mine = append(mine, letters[at]...)
			}
			some := few(rt, controls)
			want, got := judged(c, some, u, whole[u]), judged(c, some, u, neighbours.Index(i, u, mine))
			if !reflect.DeepEqual(want, got) {
				rt.Fatalf("unit %d: all at hand (-), one by one (+):\n%s", i, cmp.Diff(want, got))
			}
			for _, f := range got {
				found[f.Verdict]++
			}
		}
	})
	for _, v := range Verdicts() {
		if found[v] == 0 {
			t.Errorf("no %s was among what was compared", v)
		}
	}
}

// few are some of the controls: asking all of every estate would take long.
func few(t *rapid.T, controls []*Control) []*Control {
	from := rapid.IntRange(0, len(controls)-1).Draw(t, "from")
	return controls[from:min(len(controls), from+8)]
}

func judged(c *Catalogue, controls []*Control, u *estate.Unit, x *protection.Index) []Finding {
	return slices.Collect(c.Evaluate(u, Options{Controls: controls, Index: x}).Findings())
}

// scattered draws an estate of some accounts and Regions whose plans, copies, replicas and restores reach across them, with holes.
func scattered(t *rapid.T) *estate.Estate {
	es := &estate.Estate{}
	for _, account := range []string{"111122223333", "444455556666"} {
		global := rapid.SampledFrom([]string{"", "orders", "carts"}).Draw(t, "global") // a table with replicas knows of them wherever it is
		for _, region := range []string{"eu-west-1", "us-east-1"} {
			if len(es.Units) == 0 || rapid.IntRange(0, 3).Draw(t, "unit") > 0 {
				s := &scatter{t: t, u: &estate.Unit{}, account: account, region: region, global: global}
				s.unit()
				es.Units = append(es.Units, s.u)
			}
		}
	}
	return es
}

type scatter struct {
	t               *rapid.T
	u               *estate.Unit
	account, region string
	global          string // the table that has replicas
	src             estate.Source
}

// seldom is true one time in n.
func (s *scatter) seldom(n int) bool { return rapid.IntRange(1, n).Draw(s.t, "seldom") == 1 }

func pick[T any](s *scatter, from ...T) T { return rapid.SampledFrom(from).Draw(s.t, "pick") }

// maybe is a known fact, and one time in eight an unknown one.
func maybe[T any](s *scatter, v T) estate.Fact[T] {
	if s.seldom(8) {
		return estate.UnknownFact[T](s.src)
	}
	return estate.KnownFact(v, s.src)
}

func (s *scatter) arn(service, rest string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, s.region, s.account, rest)
}

// someARN is of this unit or of another.
func (s *scatter) someARN(service, rest string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, pick(s, s.region, "eu-west-1", "us-east-1", "ap-south-1"), pick(s, s.account, "111122223333", "444455556666", "777788889999"), rest)
}

const scatteredNow = estate.Instant(1_795_000_000)

func (s *scatter) ago(days int) estate.Instant {
	return scatteredNow - estate.Instant(rapid.IntRange(0, days*86400).Draw(s.t, "ago"))
}

func (s *scatter) unit() {
	s.src = s.u.Record(estate.Provenance{Operation: "test:Made"})
	s.u.Account, s.u.Region, s.u.Now = maybe(s, s.account), maybe(s, s.region), estate.KnownFact(scatteredNow, s.src)
	s.u.Reached, s.u.Partition, s.u.Home = estate.KnownFact(true, s.src), estate.KnownFact("aws", s.src), estate.KnownFact(true, s.src)
	s.u.Settings.OptIn = maybe(s, map[string]bool{"DynamoDB": true})
	s.u.Settings.Management = maybe(s, map[string]bool{"DynamoDB": !s.seldom(4)})
	for _, whole := range []*estate.Fact[bool]{&s.u.Tables.Whole, &s.u.Plans.Whole, &s.u.Vaults.Whole, &s.u.Backups.Whole, &s.u.BackupJobs.Whole, &s.u.CopyJobs.Whole, &s.u.RestoreJobs.Whole, &s.u.Keys.Whole, &s.u.Roles.Whole, &s.u.Drills.Whole, &s.u.Protected.Whole} {
		*whole = maybe(s, true)
	}
	s.tables()
	s.vaults()
	s.plans()
	s.jobs()
	key := s.arn("kms", "key/k")
	s.u.Keys.Items = []estate.Key{{ID: key, ARN: estate.KnownFact(key, s.src), State: maybe(s, pick(s, "Enabled", "Disabled", "PendingDeletion")), Manager: maybe(s, "CUSTOMER"),
		DeletionDate: estate.KnownFact(scatteredNow.Add(86400e9), s.src), MultiRegion: estate.KnownFact(false, s.src)}}
}

func (s *scatter) tables() {
	for _, name := range []string{"orders", "carts"} {
		arn := s.arn("dynamodb", "table/"+name)
		t := estate.Table{ID: arn, ARN: maybe(s, arn), Name: estate.KnownFact(name, s.src), TableID: maybe(s, name), Status: maybe(s, "ACTIVE"), CreatedAt: maybe(s, s.ago(90)),
			SizeBytes: maybe(s, int64(10)), Tags: maybe(s, map[string]string{"backup": "daily"}), DeletionProtection: maybe(s, true),
			PITRStatus: maybe(s, pick(s, "ENABLED", "DISABLED")), PITRPeriodDays: maybe(s, int64(35)), PITREarliest: maybe(s, s.ago(40)), PITRLatest: maybe(s, s.ago(1))}
		if name == s.global {
			t.Replicas = maybe(s, []estate.Replica{{Region: pick(s, "eu-west-1", "us-east-1", "ap-south-1"), Status: "ACTIVE"}})
		} else {
			t.Replicas = pick(s, estate.KnownFact([]estate.Replica{}, s.src), estate.AbsentFact[[]estate.Replica](s.src))
		}
		s.u.Tables.Items = append(s.u.Tables.Items, t)
		if s.seldom(3) {
			s.u.Backups.Items = append(s.u.Backups.Items, estate.NativeBackup{ID: arn + "/backup/1", TableARN: maybe(s, arn), Status: maybe(s, "AVAILABLE"), Type: maybe(s, "USER"), CreatedAt: maybe(s, s.ago(60))})
		}
	}
}

func (s *scatter) vaults() {
	for _, name := range []string{"main", "safe"} {
		arn := s.arn("backup", "backup-vault:"+name)
		v := estate.Vault{ID: arn, ARN: maybe(s, arn), Name: maybe(s, name), Type: maybe(s, "BACKUP_VAULT"), KeyARN: maybe(s, s.arn("kms", "key/k")), Locked: maybe(s, s.seldom(3)),
			LockDate: maybe(s, s.ago(9)), MinRetention: estate.AbsentFact[int64](s.src), MaxRetention: maybe(s, int64(pick(s, 30, 300)))}
		v.RecoveryPoints.Whole = maybe(s, true)
		for k := range rapid.IntRange(0, 4).Draw(s.t, "points") {
			v.RecoveryPoints.Items = append(v.RecoveryPoints.Items, estate.RecoveryPoint{ID: s.arn("backup", fmt.Sprintf("recovery-point:%s-%d", name, k)),
				ResourceARN: maybe(s, s.someARN("dynamodb", "table/"+pick(s, "orders", "carts"))), ResourceType: maybe(s, "DynamoDB"), Status: maybe(s, "COMPLETED"),
				CreatedAt: maybe(s, s.ago(60)), DeleteAt: maybe(s, scatteredNow.Add(86400e9)), KeyARN: maybe(s, s.arn("kms", "key/k")), LastRestoreAt: maybe(s, s.ago(50)), SizeBytes: maybe(s, int64(1))})
		}
		s.u.Vaults.Items = append(s.u.Vaults.Items, v)
	}
}

func (s *scatter) plans() {
	copies := estate.List[estate.Copy]{Whole: maybe(s, true), Items: []estate.Copy{{ID: "c", VaultARN: maybe(s, s.someARN("backup", "backup-vault:"+pick(s, "main", "safe", "none"))), DeleteAfterDays: maybe(s, int64(90))}}}
	rule := estate.Rule{ID: "r", Name: maybe(s, "r"), Vault: maybe(s, "main"), AirGappedVault: estate.AbsentFact[string](s.src), Schedule: maybe(s, "cron(0 5 ? * * *)"), Timezone: estate.AbsentFact[string](s.src),
		StartWindow: maybe(s, int64(60)), CompletionWindow: maybe(s, int64(180)), DeleteAfterDays: maybe(s, int64(35)), ColdAfterDays: estate.AbsentFact[int64](s.src), Copies: copies}
	none := estate.KnownFact([]estate.TagMatch{}, s.src)
	role := s.arn("iam", "role/backup")
	selection := estate.Selection{ID: "s", Name: maybe(s, "s"), RoleARN: maybe(s, role), Resources: maybe(s, []string{s.someARN("dynamodb", "table/orders"), pick(s, "*", s.someARN("dynamodb", "table/carts"))}),
		NotResources: estate.KnownFact([]string{}, s.src), ListOfTags: none, StringEquals: none, StringNotEquals: none, StringLike: none, StringNotLike: none}
	s.u.Plans.Items = []estate.Plan{{ID: s.arn("backup", "backup-plan:p"), ARN: maybe(s, s.arn("backup", "backup-plan:p")), PlanID: maybe(s, "p"), Name: maybe(s, "daily"), FromOrganization: maybe(s, false),
		Rules: estate.List[estate.Rule]{Whole: maybe(s, true), Items: []estate.Rule{rule}}, Selections: estate.List[estate.Selection]{Whole: maybe(s, true), Items: []estate.Selection{selection}}}}
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	s.u.Roles.Items = []estate.Role{{ID: role, ARN: maybe(s, role), Name: maybe(s, "backup"), Exists: maybe(s, true), Trust: maybe(s, trust)}}
}

func (s *scatter) jobs() {
	for k := range rapid.IntRange(0, 3).Draw(s.t, "jobs") {
		table := maybe(s, s.someARN("dynamodb", "table/"+pick(s, "orders", "carts")))
		s.u.RestoreJobs.Items = append(s.u.RestoreJobs.Items, estate.RestoreJob{ID: fmt.Sprintf("%s-%s-r%d", s.account, s.region, k), ResourceARN: table, Status: maybe(s, pick(s, "COMPLETED", "FAILED")),
			CreatedAt: maybe(s, s.ago(20)), CompletedAt: maybe(s, s.ago(20)), ValidationStatus: estate.AbsentFact[string](s.src)})
		own := maybe(s, s.arn("dynamodb", "table/"+pick(s, "orders", "carts")))
		s.u.CopyJobs.Items = append(s.u.CopyJobs.Items, estate.CopyJob{ID: fmt.Sprintf("c%d", k), ResourceARN: own, State: maybe(s, "COMPLETED"), CreatedAt: maybe(s, s.ago(20)),
			DestinationVault: maybe(s, s.someARN("backup", "backup-vault:safe")), SourcePoint: maybe(s, s.arn("backup", "recovery-point:main-0"))})
		s.u.BackupJobs.Items = append(s.u.BackupJobs.Items, estate.BackupJob{ID: fmt.Sprintf("b%d", k), ResourceARN: own, State: maybe(s, pick(s, "COMPLETED", "FAILED")), CreatedAt: maybe(s, s.ago(20)), CompletedAt: maybe(s, s.ago(20)), PlanID: maybe(s, "p"), RuleID: maybe(s, "r")})
	}
}
