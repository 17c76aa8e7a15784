package planning

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/remedy"
	"pgregory.net/rapid"
)

const unassignARN = "arn:aws:dynamodb:us-east-1:123456789012:table/"

func fact[T any](v T) estate.Fact[T] { return estate.KnownFact(v, 1) }

func wholeList[T any](items ...T) estate.List[T] {
	return estate.List[T]{Items: items, Whole: fact(true)}
}

func plainTable(name string, tags map[string]string) estate.Table {
	return estate.Table{
		ID: unassignARN + name, ARN: fact(unassignARN + name), Name: fact(name), TableID: fact("id-" + name), Status: fact("ACTIVE"),
		CreatedAt: fact(estate.Instant(0)), Tags: fact(tags), SSEType: estate.AbsentFact[string](1), KeyARN: estate.AbsentFact[string](1),
		KeyInaccessibleAt: estate.AbsentFact[estate.Instant](1), Replicas: estate.AbsentFact[[]estate.Replica](1), PITRStatus: fact("DISABLED"),
		PITRPeriodDays: estate.AbsentFact[int64](1), PITREarliest: estate.AbsentFact[estate.Instant](1), PITRLatest: estate.AbsentFact[estate.Instant](1),
	}
}

func plainSelection(name string, said remedy.Selection) estate.Selection {
	s := unassignFacts(&said)
	s.ID, s.Name, s.RoleARN = "id-"+name, fact(name), fact("arn:aws:iam::123456789012:role/backup")
	return s
}

func plainPlan(name string, selections ...estate.Selection) estate.Plan {
	return estate.Plan{
		ID: "arn:aws:backup:us-east-1:123456789012:backup-plan:" + name, PlanID: fact(name), Name: fact(name), FromOrganization: fact(false), Tags: fact(map[string]string{}),
		Rules: wholeList(estate.Rule{
			ID: "r", Name: fact("nightly"), Vault: fact("Default"), Schedule: fact("cron(0 5 ? * * *)"), StartWindow: fact(int64(60)), CompletionWindow: fact(int64(180)),
			DeleteAfterDays: fact(int64(35)), ColdAfterDays: estate.AbsentFact[int64](1), AirGappedVault: estate.AbsentFact[string](1), Timezone: estate.AbsentFact[string](1),
			Continuous: fact(false), Copies: wholeList[estate.Copy](),
		}),
		Selections: wholeList(selections...),
	}
}

// plainUnit is a Region in which plans work: a vault, a role that AWS Backup may assume, everything opted in.
func plainUnit(tables []estate.Table, plans ...estate.Plan) *estate.Unit {
	const role = "arn:aws:iam::123456789012:role/backup"
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	key := estate.AbsentFact[string](1)
	return &estate.Unit{
		Provenance: []estate.Provenance{{}, {Operation: "test"}}, Partition: fact("aws"), Account: fact("123456789012"), Region: fact("us-east-1"),
		Now: fact(estate.At(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))), Reached: fact(true), Tables: wholeList(tables...), Plans: wholeList(plans...),
		Vaults: wholeList(estate.Vault{
			ID: "v", ARN: fact("arn:aws:backup:us-east-1:123456789012:backup-vault:Default"), Name: fact("Default"), Type: fact("BACKUP_VAULT"), KeyARN: key,
			Locked: fact(false), LockDate: estate.AbsentFact[estate.Instant](1), MinRetention: estate.AbsentFact[int64](1), MaxRetention: estate.AbsentFact[int64](1),
			RecoveryPoints: wholeList[estate.RecoveryPoint](),
		}),
		Roles:    wholeList(estate.Role{ID: role, ARN: fact(role), Name: fact("backup"), Exists: fact(true), Trust: fact(trust)}),
		Settings: estate.Settings{OptIn: fact(map[string]bool{"DynamoDB": true}), Management: fact(map[string]bool{"DynamoDB": true})},
		Backups:  wholeList[estate.NativeBackup](), BackupJobs: wholeList[estate.BackupJob](), CopyJobs: wholeList[estate.CopyJob](), Keys: wholeList[estate.Key](),
	}
}

func unassignFirst(t testing.TB, u *estate.Unit, o UnassignOptions) *Unassignment {
	t.Helper()
	got, err := Unassign(&estate.Estate{Units: []*estate.Unit{u}}, u, &u.Tables.Items[0], o)
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Plan.Check(); err != nil {
		t.Fatal(err)
	}
	return got
}

func calls(p *remedy.Plan) string {
	var out []string
	for i := range p.Actions {
		a := &p.Actions[i]
		switch c := a.Change; {
		case c.TableTags != nil:
			out = append(out, "untag "+strings.Join(c.TableTags.Remove, "+"))
		case c.Selection.Step == remedy.Create:
			out = append(out, fmt.Sprintf("create %s/%s", c.Selection.Plan, c.Selection.Name))
		default:
			out = append(out, fmt.Sprintf("delete %s/%s", c.Selection.Plan, c.Selection.Name))
		}
	}
	return strings.Join(out, ", ")
}

func TestTheSmallestChangeTakesATableOut(t *testing.T) {
	orders, users := unassignARN+"orders", unassignARN+"users"
	backup := []remedy.TagMatch{{Key: "backup", Value: "yes"}}
	only := plainSelection("only", remedy.Selection{Resources: []string{orders}})
	both := plainSelection("both", remedy.Selection{Resources: []string{orders, users}})
	byTag := plainSelection("tagged", remedy.Selection{ListOfTags: backup})
	everything := plainSelection("all", remedy.Selection{Resources: []string{"arn:aws:dynamodb:*:*:table/*"}})
	filtered := plainSelection("filtered", remedy.Selection{Resources: []string{"*"}, StringEquals: []remedy.TagMatch{{Key: "aws:ResourceTag/backup", Value: "yes"}}})
	untaggedToo := plainSelection("others", remedy.Selection{Resources: []string{"*"}, StringNotEquals: []remedy.TagMatch{{Key: "aws:ResourceTag/backup", Value: "yes"}}})
	for name, c := range map[string]struct {
		tags  map[string]string
		plans []estate.Plan
		want  string
	}{
		"in no plan":                              {nil, nil, ""},
		"the only one named":                      {nil, []estate.Plan{plainPlan("p", only)}, "delete p/only"},
		"one of two named":                        {nil, []estate.Plan{plainPlan("p", both)}, "create p/restorable-both-2, delete p/both"},
		"by tag":                                  {map[string]string{"backup": "yes"}, []estate.Plan{plainPlan("p", byTag)}, "untag backup"},
		"by tag in two plans":                     {map[string]string{"backup": "yes"}, []estate.Plan{plainPlan("p", byTag), plainPlan("q", byTag)}, "untag backup"},
		"by a condition":                          {map[string]string{"backup": "yes"}, []estate.Plan{plainPlan("p", filtered)}, "create p/restorable-filtered-2, delete p/filtered"},
		"by type":                                 {nil, []estate.Plan{plainPlan("p", everything)}, "create p/restorable-all-2, delete p/all"},
		"by tag and by type":                      {map[string]string{"backup": "yes"}, []estate.Plan{plainPlan("p", byTag), plainPlan("q", everything)}, "untag backup, create q/restorable-all-2, delete q/all"},
		"by a tag that keeps it out elsewhere":    {map[string]string{"backup": "yes"}, []estate.Plan{plainPlan("p", byTag), plainPlan("q", untaggedToo)}, "create p/restorable-tagged-2, delete p/tagged"},
		"by a tag of a table that a stack made":   {map[string]string{"backup": "yes", "aws:cloudformation:stack-name": "shop"}, []estate.Plan{plainPlan("p", byTag)}, "create p/restorable-tagged-2, delete p/tagged"},
		"the only one named, and by tag":          {map[string]string{"backup": "yes"}, []estate.Plan{plainPlan("p", only, byTag)}, "untag backup, delete p/only"},
		"a replaced selection is replaced again":  {nil, []estate.Plan{plainPlan("p", plainSelection("restorable-all-2", remedy.Selection{Resources: []string{"*"}}))}, "create p/restorable-all-3, delete p/restorable-all-2"},
		"two selections whose names grow alike":   {nil, []estate.Plan{plainPlan("p", everything, plainSelection("restorable-all", remedy.Selection{Resources: []string{"*"}}))}, "create p/restorable-all-2, delete p/all, create p/restorable-all-3, delete p/restorable-all"},
		"a selection that does not select it":     {nil, []estate.Plan{plainPlan("p", plainSelection("u", remedy.Selection{Resources: []string{users}}))}, ""},
		"excluded already":                        {nil, []estate.Plan{plainPlan("p", plainSelection("x", remedy.Selection{Resources: []string{"*"}, NotResources: []string{orders}}))}, ""},
		"named in a selection that names tags":    {nil, []estate.Plan{plainPlan("p", plainSelection("mix", remedy.Selection{Resources: []string{orders}, ListOfTags: backup}))}, "create p/restorable-mix-2, delete p/mix"},
		"by a tag that AWS gives, not removable":  {map[string]string{"aws:x": "1"}, []estate.Plan{plainPlan("p", plainSelection("s", remedy.Selection{ListOfTags: []remedy.TagMatch{{Key: "aws:x", Value: "1"}}}))}, "create p/restorable-s-2, delete p/s"},
		"a name of fifty characters":              {nil, []estate.Plan{plainPlan("p", plainSelection(strings.Repeat("n", 50), remedy.Selection{Resources: []string{"*"}}))}, "create p/restorable-" + strings.Repeat("n", 37) + "-2, delete p/" + strings.Repeat("n", 50)},
		"named and matched by a pattern as well":  {nil, []estate.Plan{plainPlan("p", plainSelection("m", remedy.Selection{Resources: []string{orders, unassignARN + "o*"}}))}, "create p/restorable-m-2, delete p/m"},
		"by tag in a plan of the organisation":    {map[string]string{"backup": "yes"}, []estate.Plan{ofOrganisation(plainPlan("orgs/p", byTag))}, "untag backup"},
		"tagged with both of two tags, by either": {map[string]string{"a": "1", "b": "2"}, []estate.Plan{plainPlan("p", plainSelection("s", remedy.Selection{ListOfTags: []remedy.TagMatch{{Key: "a", Value: "1"}, {Key: "b", Value: "2"}}}))}, "untag a+b"},
	} {
		t.Run(name, func(t *testing.T) {
			u := plainUnit([]estate.Table{plainTable("orders", c.tags), plainTable("users", c.tags)}, c.plans...)
			got := unassignFirst(t, u, UnassignOptions{})
			if len(got.Plan.Refused) > 0 || calls(got.Plan) != c.want {
				t.Errorf("%s, refused %v, want %s", calls(got.Plan), got.Plan.Refused, c.want)
			}
			if sel, ok := got.After.Selected.Get(); c.want != "" && (sel || !ok && !strings.HasPrefix(name, "by tag in a plan of")) {
				t.Errorf("afterwards still selected: %s", got.After.Selected.Why)
			}
		})
	}
}

func ofOrganisation(p estate.Plan) estate.Plan {
	p.FromOrganization = fact(true)
	return p
}

func TestWhatCannotBeUnassignedIsRefusedWhole(t *testing.T) {
	everything := plainSelection("all", remedy.Selection{Resources: []string{"arn:aws:dynamodb:*:*:table/*"}})
	full := plainPlan("full", everything)
	for i := range 99 {
		full.Selections.Items = append(full.Selections.Items, plainSelection(fmt.Sprint("s", i), remedy.Selection{Resources: []string{unassignARN + "x"}}))
	}
	tags := plainPlan("tags", plainSelection("t0", remedy.Selection{ListOfTags: []remedy.TagMatch{{Key: "a", Value: "1"}}, Resources: []string{"*"}}))
	for i := range 9 {
		tags.Selections.Items = append(tags.Selections.Items, plainSelection(fmt.Sprint("u", i), remedy.Selection{ListOfTags: []remedy.TagMatch{{Key: "z", Value: "1"}}}))
	}
	crowded := remedy.Selection{Resources: []string{"*"}, NotResources: []string{unassignARN + "tmp-*"}}
	for i := range 29 {
		crowded.NotResources = append(crowded.NotResources, unassignARN+"x"+fmt.Sprint(i))
	}
	unread := plainPlan("unread", everything)
	unread.Selections.Whole = estate.UnknownFact[bool](1)
	half := plainPlan("half", everything)
	half.Selections.Items[0].NotResources = estate.UnknownFact[[]string](1)
	for name, c := range map[string]struct {
		plans []estate.Plan
		only  []string
		want  string
	}{
		"a plan of the organisation":      {[]estate.Plan{plainPlan("mine", everything), ofOrganisation(plainPlan("orgs/p", everything))}, nil, "backup policy of the organisation"},
		"a plan with 100 selections":      {[]estate.Plan{full}, nil, "100 selections"},
		"ten selections by tag":           {[]estate.Plan{tags}, nil, "10 selections by tag"},
		"thirty exclusions with a wild":   {[]estate.Plan{plainPlan("p", plainSelection("s", crowded))}, nil, "already excludes 30"},
		"selections not read whole":       {[]estate.Plan{unread}, nil, "could not all be read"},
		"an exclusion list not known":     {[]estate.Plan{half}, nil, "is not known"},
		"a plan that does not select it":  {[]estate.Plan{plainPlan("p", everything)}, []string{"q"}, `no backup plan "q" selects`},
		"a plan of a stack":               {[]estate.Plan{tagged(plainPlan("p", everything), "aws:cloudformation:stack-name", "shop")}, nil, "CloudFormation stack shop"},
		"a plan that says Terraform":      {[]estate.Plan{tagged(plainPlan("p", everything), "terraform", "true")}, nil, "terraform=true"},
		"a plan of nobody knows whose it": {[]estate.Plan{ofNobody(plainPlan("p", everything))}, nil, "is not known"},
	} {
		t.Run(name, func(t *testing.T) {
			u := plainUnit([]estate.Table{plainTable("orders", nil)}, c.plans...)
			got := unassignFirst(t, u, UnassignOptions{Plans: c.only})
			if len(got.Plan.Actions) > 0 || len(got.Plan.Refused) == 0 || !strings.Contains(got.Plan.Refused[0].Reason, c.want) || got.Plan.Refused[0].Next == "" {
				t.Errorf("actions %s, refused %+v, want %q", calls(got.Plan), got.Plan.Refused, c.want)
			}
		})
	}
}

func tagged(p estate.Plan, key, value string) estate.Plan {
	p.Tags = fact(map[string]string{key: value})
	return p
}

func ofNobody(p estate.Plan) estate.Plan {
	p.FromOrganization = estate.UnknownFact[bool](1)
	return p
}

func TestWhatCoverRemains(t *testing.T) {
	everything := plainSelection("all", remedy.Selection{Resources: []string{"arn:aws:dynamodb:*:*:table/*"}})
	u := plainUnit([]estate.Table{plainTable("orders", nil)}, plainPlan("p", everything), plainPlan("q", everything))
	if got := unassignFirst(t, u, UnassignOptions{}); !got.Bare || !slices.Equal(got.From, []string{"p", "q"}) {
		t.Errorf("out of both plans: bare %v, from %v", got.Bare, got.From)
	}
	if got := unassignFirst(t, u, UnassignOptions{Plans: []string{"p"}}); got.Bare || !slices.Equal(got.From, []string{"p"}) {
		t.Errorf("out of one plan: bare %v, from %v", got.Bare, got.From)
	}
	now, _ := u.Now.Get()
	table := &u.Tables.Items[0]
	table.PITRStatus, table.PITRPeriodDays, table.PITREarliest, table.PITRLatest = fact("ENABLED"), fact(int64(35)), fact(now.Add(-time.Hour)), fact(now.Add(-5*time.Minute))
	if got := unassignFirst(t, u, UnassignOptions{}); got.Bare {
		t.Error("point-in-time recovery is on, and the table is called bare")
	}
	table.PITRStatus = estate.UnknownFact[string](1)
	if got := unassignFirst(t, u, UnassignOptions{}); !got.Bare {
		t.Error("unknown point-in-time recovery is taken for cover")
	}
}

// selects asks every selection of a unit about a table.
func selects(u *estate.Unit, table *estate.Table) int {
	n := 0
	for i := range u.Plans.Items {
		for k := range u.Plans.Items[i].Selections.Items {
			if is, _ := protection.NewSelector(&u.Plans.Items[i].Selections.Items[k]).Decide(u, table, u.Settings.OptIn.Or(nil)["DynamoDB"]); is {
				n++
			}
		}
	}
	return n
}

// plans that select a table, by number.
func planSet(u *estate.Unit, table *estate.Table) string {
	var out []string
	for i := range u.Plans.Items {
		one := *u
		one.Plans = wholeList(u.Plans.Items[i])
		if selects(&one, table) > 0 {
			out = append(out, u.Plans.Items[i].Name.Or(""))
		}
	}
	return strings.Join(out, " ")
}

// carryOut does an action to a unit in memory, knowing nothing of how it was planned.
func carryOut(u *estate.Unit, c remedy.Change) {
	if c.TableTags != nil {
		for i := range u.Tables.Items {
			if t := &u.Tables.Items[i]; t.ARN.Or("") == c.TableTags.ARN {
				*t = untagged(t, c.TableTags.Remove)
			}
		}
		return
	}
	for i := range u.Plans.Items {
		p := &u.Plans.Items[i]
		if remedy.Ref(p.PlanID.Or("")) != c.Selection.Plan {
			continue
		}
		if c.Selection.Step == remedy.Create {
			p.Selections.Items = append(p.Selections.Items, unassignFacts(c.Selection))
			continue
		}
		p.Selections.Items = slices.DeleteFunc(p.Selections.Items, func(s estate.Selection) bool { return s.ID == string(c.Selection.ID) })
	}
}

func TestUnassigningConcernsOneTableAlone(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		u := drawnUnit(r)
		others := map[int]string{}
		for i := 1; i < len(u.Tables.Items); i++ {
			others[i] = planSet(u, &u.Tables.Items[i])
		}
		got := unassignFirst(t, u, UnassignOptions{})
		if len(got.Plan.Refused) > 0 {
			r.Fatalf("refused: %v", got.Plan.Refused)
		}
		for i := range got.Plan.Actions {
			carryOut(u, got.Plan.Actions[i].Change)
			for k := range others {
				if now := planSet(u, &u.Tables.Items[k]); now != others[k] {
					r.Fatalf("after %s, %s is in plans %q, was in %q", got.Plan.Actions[i].Summary, u.Tables.Items[k].Name, now, others[k])
				}
			}
		}
		if n := selects(u, &u.Tables.Items[0]); n > 0 {
			r.Fatalf("%s: %d selections still select the table", calls(got.Plan), n)
		}
		if is, known := got.After.Selected.Get(); is || !known {
			r.Fatalf("foretold as still selected: %s", got.After.Selected.Why)
		}
	})
}

func drawnUnit(r *rapid.T) *estate.Unit {
	tag := rapid.Custom(func(r *rapid.T) remedy.TagMatch {
		return remedy.TagMatch{Key: rapid.SampledFrom([]string{"a", "b"}).Draw(r, "key"), Value: rapid.SampledFrom([]string{"1", "2"}).Draw(r, "value")}
	})
	condition := rapid.Custom(func(r *rapid.T) remedy.TagMatch {
		m := tag.Draw(r, "tag")
		return remedy.TagMatch{Key: "aws:ResourceTag/" + m.Key, Value: m.Value}
	})
	pattern := rapid.SampledFrom([]string{"*", "arn:aws:dynamodb:*:*:table/*", "arn:aws:dynamodb:*", unassignARN + "ta*", unassignARN + "ta", unassignARN + "tb", unassignARN + "c"})
	tables := []estate.Table{}
	for _, name := range []string{"ta", "tb", "c"} {
		tags := map[string]string{}
		for _, m := range rapid.SliceOfN(tag, 0, 2).Draw(r, "tags of "+name) {
			tags[m.Key] = m.Value
		}
		tables = append(tables, plainTable(name, tags))
	}
	plans := []estate.Plan{}
	for i := range rapid.IntRange(1, 2).Draw(r, "plans") {
		p := plainPlan(fmt.Sprint("p", i))
		for k := range rapid.IntRange(1, 3).Draw(r, "selections") {
			s := remedy.Selection{
				Resources: rapid.SliceOfNDistinct(pattern, 0, 2, rapid.ID).Draw(r, "resources"), ListOfTags: rapid.SliceOfN(tag, 0, 2).Draw(r, "list of tags"),
				NotResources: rapid.SliceOfN(pattern, 0, 1).Draw(r, "not"), StringEquals: rapid.SliceOfN(condition, 0, 1).Draw(r, "equals"), StringNotEquals: rapid.SliceOfN(condition, 0, 1).Draw(r, "not equals"),
			}
			p.Selections.Items = append(p.Selections.Items, plainSelection(fmt.Sprint("s", i, k), s))
		}
		plans = append(plans, p)
	}
	u := plainUnit(tables, plans...)
	u.Settings.OptIn = fact(map[string]bool{"DynamoDB": rapid.Bool().Draw(r, "opt-in")})
	return u
}
