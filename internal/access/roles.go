package access

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
	"github.com/restorable/restorable/internal/protection"
)

// Roles are the roles that AWS Backup works under for a plan; controls of plans see them as "roles".
type Roles struct {
	Usable   protection.Answer[bool]     `json:"usable"`   // every selection's role can do its work, as far as policies say
	Problems protection.Answer[[]string] `json:"problems"` // what a role lacks
}

// verdicts gathers what is known of the roles of a plan.
type verdicts struct {
	*Workers
	problems []string
	unsure   bool
	basis    []estate.Reading
}

func (v *verdicts) rest(readings ...estate.Reading) {
	for _, r := range readings {
		if len(v.basis) < manyReadings {
			v.basis = append(v.basis, r)
		}
	}
}

// Of looks at the role of each selection of a plan.
func (w *Workers) Of(p *estate.Plan) *Roles {
	v := &verdicts{Workers: w, unsure: !p.Selections.IsWhole()}
	v.rest(estate.Read("plan.selections", p.ID, p.Selections.Whole))
	seen := map[string]bool{}
	for i := range p.Selections.Items {
		s := &p.Selections.Items[i]
		v.rest(estate.Read("selection.role_arn", s.ID, s.RoleARN))
		arn, ok := s.RoleARN.Get()
		if !ok {
			v.unsure = true
			continue
		}
		v.role(s, arn, seen)
	}
	out := &Roles{Usable: protection.Answer[bool]{Basis: v.basis}, Problems: protection.Answer[[]string]{Basis: v.basis}}
	if len(v.problems) > 0 || !v.unsure {
		out.Usable.Fact, out.Problems.Fact = estate.KnownFact(len(v.problems) == 0, 0), distinct(v.problems)
	}
	return out
}

func (v *verdicts) role(s *estate.Selection, arn string, seen map[string]bool) {
	u := v.unit
	i := slices.IndexFunc(u.Roles.Items, func(r estate.Role) bool { return r.ID == arn || r.ARN.Or("") == arn })
	if i < 0 {
		v.unsure = true
		v.rest(estate.Read("unit.roles", "", u.Roles.Whole))
		return
	}
	r := &u.Roles.Items[i]
	if !seen[arn] {
		seen[arn] = true
		v.rest(estate.Read("role.exists", r.ID, r.Exists), estate.Read("role.trust", r.ID, r.Trust))
		v.entry(r)
	}
	if r.Exists.Or(false) {
		v.rest(estate.Read("role.policies", r.ID, r.Policies.Whole))
		v.work(s, r)
	}
}

// entry: the role is there, and lets AWS Backup in.
func (v *verdicts) entry(r *estate.Role) {
	name := r.Name.Or(r.ID)
	switch answerOf(r.Exists) {
	case iampolicy.No:
		v.problems = append(v.problems, "role "+name+" does not exist")
		return
	case iampolicy.Maybe:
		v.unsure = true
		return
	default:
	}
	doc := v.trusts.read(r.Trust)
	if doc == nil {
		v.unsure = true
		return
	}
	request := iampolicy.Request{Resource: r.ID}
	if account, ok := v.unit.Account.Get(); ok {
		request.Context = iampolicy.Context{"aws:SourceAccount": {account}}
	}
	switch iampolicy.TrustsWith(doc, backupService, request).Answer {
	case iampolicy.No:
		v.problems = append(v.problems, "role "+name+" does not trust "+backupService)
	case iampolicy.Maybe:
		v.unsure = true
	default:
	}
}

// work: the role may do what a backup takes, on every table that the selection surely reaches; where that is none, on some table.
func (v *verdicts) work(s *estate.Selection, r *estate.Role) {
	u := v.unit
	if !located(u) {
		v.unsure = true
		v.rest(estate.Read("unit.account", "", u.Account), estate.Read("unit.partition", "", u.Partition))
		return
	}
	tables := v.reached(s)
	if !u.Settings.Management.IsKnown() {
		v.unsure = true
		v.rest(estate.Read("settings.management", "", u.Settings.Management))
	}
	for _, n := range needs(u, s) {
		if !n.perTable || len(tables) == 0 {
			v.judge(r, n.name, v.person(r).might(n, placeOf(u), nil))
			continue
		}
		for _, i := range tables {
			v.onTable(r, n, i)
		}
	}
}

func (v *verdicts) onTable(r *estate.Role, n need, i int) {
	t := &v.unit.Tables.Items[i]
	if !v.unasked(t) && !t.ResourcePolicy.IsAbsent() {
		v.rest(estate.Read("table.resource_policy", t.ID, t.ResourcePolicy))
	}
	switch v.answer(r, n, i) {
	case iampolicy.Yes:
	case iampolicy.Maybe:
		v.unsure = true
	default:
		v.judge(r, n.name+" on table "+t.Name.Or(t.ID), v.decide(r, n, i))
	}
}

func (v *verdicts) judge(r *estate.Role, what string, d iampolicy.Decision) {
	switch d.Answer {
	case iampolicy.Yes:
		return
	case iampolicy.Maybe:
		v.unsure = true
		return
	default:
	}
	_, name, _ := strings.Cut(v.person(r).arn, ":role/")
	problem := "role " + name + " may not do " + what
	if d.Reason == iampolicy.ExplicitDeny {
		problem += " (denied by " + denier(d) + ")"
	}
	v.problems = append(v.problems, problem)
}

func denier(d iampolicy.Decision) string {
	if d.InPolicy == iampolicy.FromResource {
		return "the table's resource policy, " + statementName(d.Index, d.Sid)
	}
	return d.InPolicy.String() + " " + unpack(d.Policy).Policy + ", " + statementName(d.Index, d.Sid)
}

// need is an action that a backup takes.
type need struct {
	name     string
	class    string
	suffix   string // after a table's ARN
	perTable bool
}

// needs: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/backuprestore_HowItWorksAWS.html. With the advanced features AWS Backup
// makes the backup itself; without them it asks DynamoDB for one.
func needs(u *estate.Unit, s *estate.Selection) []need {
	out := []need{{name: "dynamodb:DescribeTable", class: anyTable, perTable: true}}
	management, known := u.Settings.Management.Get()
	switch {
	case known && management["DynamoDB"]:
		out = append(out, need{name: "dynamodb:StartAwsBackupJob", class: anyTable, perTable: true}, need{name: "dynamodb:ListTagsOfResource", class: anyTable, perTable: true})
	case known:
		out = append(out, need{name: "dynamodb:CreateBackup", class: anyTable, perTable: true},
			need{name: "dynamodb:DescribeBackup", class: anyBackup, suffix: "/backup/any", perTable: true}, need{name: "dynamodb:DeleteBackup", class: anyBackup, suffix: "/backup/any", perTable: true})
	}
	if len(s.ListOfTags.Or(nil)) > 0 {
		out = append(out, need{name: "tag:GetResources", class: "*"})
	}
	return out
}

// reached are the positions of the tables that a selection surely matches, the opt-in aside. Where it may match more, more may be wrong.
func (v *verdicts) reached(s *estate.Selection) []int {
	u := v.unit
	if !u.Tables.IsWhole() && !u.Now.IsAbsent() { // templates answer for the tables that they declare
		v.unsure = true
		v.rest(estate.Read("unit.tables", "", u.Tables.Whole))
	}
	selector := protection.NewSelector(s)
	var out []int
	for i := range u.Tables.Items {
		t := &u.Tables.Items[i]
		matches, why := selector.Decide(u, t, true)
		switch {
		case matches && t.ARN.IsKnown():
			out = append(out, i)
		case matches || why == protection.Undecided:
			v.unsure = true
			v.rest(estate.Read("table.arn", t.ID, t.ARN), estate.Read("table.tags", t.ID, t.Tags), estate.Read("selection.resources", s.ID, s.Resources))
		}
	}
	return out
}

// notCollected marks facts that nobody asked for in a collection.
const notCollected = "NotCollected"

// tablePolicy is a table's resource policy; nil when there is none.
func (l *library) tablePolicy(t *estate.Table) *iampolicy.Named {
	if t.ResourcePolicy.IsAbsent() {
		return nil
	}
	return &iampolicy.Named{Name: t.Name.Or(t.ID), Document: l.read(t.ResourcePolicy)}
}

// might is the best answer over everything to which the role's policies may reach, with the table's own policy.
func (p *person) might(n need, at place, table *iampolicy.Named) iampolicy.Decision {
	d, ok := p.ask(question{action: n.name, classes: []string{n.class}}, at, guard{policy: table})
	if ok {
		return d
	}
	arn := at.fill(n.class)
	if filled, covered := iampolicy.Witness("*", arn); covered && n.class != "*" {
		arn = filled
	}
	policies := p.policies
	policies.Resource = table
	return iampolicy.Evaluate(iampolicy.Request{Action: n.name, Resource: arn, ResourceAccount: at.account, Principal: p.who, Context: p.context}, policies)
}
