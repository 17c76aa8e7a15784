package protection

import (
	"fmt"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// What follows builds estates for tests in few words.

const (
	testAccount = "123456789012"
	testRegion  = "us-east-1"
	goodTrust   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	vaultKeyARN = "arn:aws:kms:us-east-1:123456789012:key/vault"
	tableKeyARN = "arn:aws:kms:us-east-1:123456789012:key/table"
	roleARN     = "arn:aws:iam::123456789012:role/backup"
)

func kn[T any](v T) estate.Fact[T] { return estate.KnownFact(v, 1) }
func ab[T any]() estate.Fact[T]    { return estate.AbsentFact[T](1) }
func un[T any]() estate.Fact[T]    { return estate.UnknownFact[T](2) }

func all[T any](items ...T) estate.List[T] {
	return estate.List[T]{Items: items, Whole: kn(true)}
}

func some[T any](items ...T) estate.List[T] {
	return estate.List[T]{Items: items, Whole: un[bool]()}
}

func tm(s string) estate.Instant {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return estate.At(t)
}

var testNow = tm("2026-11-21T12:00:00Z")

func tableARN(name string) string {
	return "arn:aws:dynamodb:" + testRegion + ":" + testAccount + ":table/" + name
}

func backupARN(kind, name string) string {
	return "arn:aws:backup:" + testRegion + ":" + testAccount + ":" + kind + ":" + name
}

func testTable(name string, tags ...string) estate.Table {
	m := map[string]string{}
	for i := 0; i+1 < len(tags); i += 2 {
		m[tags[i]] = tags[i+1]
	}
	return estate.Table{
		ID: tableARN(name), ARN: kn(tableARN(name)), Name: kn(name), TableID: kn("id-" + name), Status: kn("ACTIVE"),
		CreatedAt: kn(tm("2025-01-01T00:00:00Z")), Tags: kn(m), SSEType: ab[string](), KeyARN: ab[string](),
		KeyInaccessibleAt: ab[estate.Instant](), Replicas: ab[[]estate.Replica](),
		PITRStatus: kn("DISABLED"), PITRPeriodDays: ab[int64](), PITREarliest: ab[estate.Instant](), PITRLatest: ab[estate.Instant](),
	}
}

func withPITR(t estate.Table, since string) estate.Table {
	t.PITRStatus, t.PITRPeriodDays = kn("ENABLED"), kn(int64(35))
	t.PITREarliest, t.PITRLatest = kn(tm(since)), kn(testNow.Add(-5*time.Minute))
	return t
}

func testSelection(name string, resources ...string) estate.Selection {
	s := estate.Selection{
		ID: "sel-" + name, Name: kn(name), RoleARN: kn(roleARN), Resources: kn(resources), NotResources: ab[[]string](),
		ListOfTags: ab[[]estate.TagMatch](), StringEquals: ab[[]estate.TagMatch](), StringNotEquals: ab[[]estate.TagMatch](),
		StringLike: ab[[]estate.TagMatch](), StringNotLike: ab[[]estate.TagMatch](),
	}
	if len(resources) == 0 {
		s.Resources = ab[[]string]()
	}
	return s
}

func pairs(kv ...string) estate.Fact[[]estate.TagMatch] {
	var out []estate.TagMatch
	for i := 0; i+1 < len(kv); i += 2 {
		out = append(out, estate.TagMatch{Key: kv[i], Value: kv[i+1]})
	}
	return kn(out)
}

func testRule(name string) estate.Rule {
	return estate.Rule{
		ID: "rule-" + name, Name: kn(name), Vault: kn("main"), AirGappedVault: ab[string](), Schedule: kn("cron(0 5 ? * * *)"),
		Timezone: ab[string](), StartWindow: kn(int64(60)), CompletionWindow: kn(int64(120)), ColdAfterDays: ab[int64](),
		DeleteAfterDays: kn(int64(35)), Continuous: kn(false), Copies: all[estate.Copy](), RecoveryPointTags: ab[map[string]string](),
	}
}

func testPlan(name string, selections []estate.Selection, rules ...estate.Rule) estate.Plan {
	return estate.Plan{
		ID: backupARN("backup-plan", name), ARN: kn(backupARN("backup-plan", name)), PlanID: kn(name), Name: kn(name),
		CreatedAt: kn(tm("2025-01-01T00:00:00Z")), FromOrganization: kn(false), Rules: all(rules...), Selections: all(selections...),
	}
}

func testVault(name string, points ...estate.RecoveryPoint) estate.Vault {
	return estate.Vault{
		ID: backupARN("backup-vault", name), ARN: kn(backupARN("backup-vault", name)), Name: kn(name), Type: kn("BACKUP_VAULT"),
		KeyARN: kn(vaultKeyARN), CreatedAt: kn(tm("2024-01-01T00:00:00Z")), Locked: kn(false), LockDate: ab[estate.Instant](),
		MinRetention: ab[int64](), MaxRetention: ab[int64](), RecoveryPoints: all(points...),
	}
}

// testPoint was made so long before testNow, by the rule of a plan, and is kept 35 days.
func testPoint(table string, ago time.Duration, plan, rule string) estate.RecoveryPoint {
	at := testNow.Add(-ago)
	return estate.RecoveryPoint{
		ID: backupARN("recovery-point", fmt.Sprintf("%s-%d", table, ago)), ResourceARN: kn(tableARN(table)), ResourceType: kn(dynamoDB),
		Status: kn("COMPLETED"), CreatedAt: kn(at), CompletedAt: kn(at.Add(time.Minute)), DeleteAt: kn(at.Add(35 * 24 * time.Hour)),
		ColdAt: ab[estate.Instant](), Encrypted: kn(true), KeyARN: kn(vaultKeyARN), PlanID: kn(plan), RuleID: kn("rule-" + rule),
		SourceVault: ab[string](), StorageClass: kn("WARM"),
	}
}

func testJob(table, state string, ago time.Duration, message string) estate.BackupJob {
	j := estate.BackupJob{
		ID: fmt.Sprintf("job-%s-%d", table, ago), ResourceARN: kn(tableARN(table)), State: kn(state), Message: ab[string](),
		MessageCategory: ab[string](), CreatedAt: kn(testNow.Add(-ago)), Vault: kn("main"), PlanID: kn("daily"),
	}
	if message != "" {
		j.Message = kn(message)
	}
	return j
}

// testUnit has a role, two keys, a vault "main" and everything opted in.
func testUnit(tables []estate.Table, plans ...estate.Plan) *estate.Unit {
	on := map[string]bool{dynamoDB: true}
	return &estate.Unit{
		Provenance: []estate.Provenance{{}, {Operation: "test"}, {Operation: "test", Code: "AccessDenied"}},
		Partition:  kn("aws"), Account: kn(testAccount), Region: kn(testRegion), Now: kn(testNow), Reached: kn(true), Full: kn(false),
		Tables: all(tables...), Plans: all(plans...), Vaults: all(testVault("main")), Backups: all[estate.NativeBackup](),
		BackupJobs: all[estate.BackupJob](), CopyJobs: all[estate.CopyJob](), RestoreJobs: all[estate.RestoreJob](), Drills: all[estate.Drill](),
		Keys: all(
			estate.Key{ID: vaultKeyARN, ARN: kn(vaultKeyARN), State: kn("Enabled"), Manager: kn("CUSTOMER")},
			estate.Key{ID: tableKeyARN, ARN: kn(tableKeyARN), State: kn("Enabled"), Manager: kn("CUSTOMER")},
		),
		Roles:    all(estate.Role{ID: roleARN, ARN: kn(roleARN), Name: kn("backup"), Exists: kn(true), Trust: kn(goodTrust)}),
		Settings: estate.Settings{OptIn: kn(on), Management: kn(on), CrossAccount: ab[bool]()},
	}
}

// daily is a unit with one table "orders", covered by plan "daily" since long, with a point of this morning.
func daily() *estate.Unit {
	u := testUnit([]estate.Table{testTable("orders")},
		testPlan("daily", []estate.Selection{testSelection("all", "arn:aws:dynamodb:*:*:table/*")}, testRule("nightly")))
	u.Vaults.Items[0].RecoveryPoints = all(
		testPoint("orders", 31*time.Hour, "daily", "nightly"), testPoint("orders", 7*time.Hour, "daily", "nightly"))
	u.BackupJobs = all(testJob("orders", "COMPLETED", 7*time.Hour, ""), testJob("orders", "COMPLETED", 31*time.Hour, ""))
	return u
}

func coverFirst(u *estate.Unit) *Coverage { return Cover(u, &u.Tables.Items[0], NewIndex(u)) }

func want(t *testing.T, what string, a Answer[bool], w tri) {
	t.Helper()
	if got := triOf(a); got != w {
		t.Errorf("%s = %s, want %s (%s)", what, word(got), word(w), a.Why)
	}
}

func word(t tri) string { return [...]string{"unknown", "no", "yes"}[t] }

func scenarioOf(c *Coverage, name string) *Scenario {
	for i := range c.Scenarios {
		if c.Scenarios[i].Name == name {
			return &c.Scenarios[i]
		}
	}
	return nil
}
