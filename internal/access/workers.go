package access

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
)

// Workers judge the roles that AWS Backup works under in one unit. What a role may do on a table is worked out once, however many plans
// use the role. Not safe for concurrent use.
type Workers struct {
	unit                     *estate.Unit
	trusts, policies, tables *library
	people                   map[*estate.Role]*person
	answers                  map[chore][]asked // by position of the table
}

// chore is an action that a role must do.
type chore struct {
	role   *estate.Role
	action string
}

// asked is an answer that may not have been asked for yet: 0, or one more than the answer.
type asked uint8

// WorkersOf prepares to judge the roles of a unit.
func WorkersOf(u *estate.Unit) *Workers {
	return &Workers{unit: u, trusts: newLibrary(iampolicy.Trust), policies: newLibrary(iampolicy.Identity), tables: newLibrary(iampolicy.Resource),
		people: map[*estate.Role]*person{}, answers: map[chore][]asked{}}
}

func (w *Workers) person(r *estate.Role) *person {
	p := w.people[r]
	if p == nil {
		p = worker(w.unit, r, w.policies)
		w.people[r] = p
	}
	return p
}

// answer says whether a role may do what a backup needs on a table, given by its position.
func (w *Workers) answer(r *estate.Role, n need, i int) iampolicy.Answer {
	c := chore{role: r, action: n.name}
	known, ok := w.answers[c]
	if !ok {
		known = make([]asked, len(w.unit.Tables.Items))
		w.answers[c] = known
	}
	if known[i] == 0 {
		known[i] = asked(w.decide(r, n, i).Answer) + 1
	}
	return iampolicy.Answer(known[i] - 1)
}

func (w *Workers) decide(r *estate.Role, n need, i int) iampolicy.Decision {
	t := &w.unit.Tables.Items[i]
	var policy *iampolicy.Named
	if !w.unasked(t) {
		policy = w.tables.tablePolicy(t)
	}
	n.class = t.ARN.Or(t.ID) + n.suffix
	return w.person(r).might(n, placeOf(w.unit), policy)
}

// unasked: a scan that asks nothing of tables' policies judges roles by their own.
func (w *Workers) unasked(t *estate.Table) bool {
	return t.ResourcePolicy.IsUnknown() && w.unit.Of(t.ResourcePolicy.Source()).Code == notCollected
}

// worker is a role as AWS Backup uses it: its calls come through nobody's endpoint.
func worker(u *estate.Unit, r *estate.Role, l *library) *person {
	at := placeOf(u)
	name := r.ID[strings.LastIndexByte(r.ID, '/')+1:]
	p := &person{arn: r.ARN.Or(r.ID), kind: "role", who: iampolicy.Principal{
		ARN: "arn:" + at.partition + ":sts::" + at.account + ":assumed-role/" + name + "/" + session, Account: at.account, RoleARN: r.ARN.Or(r.ID)}}
	p.policies = rolePolicies(r, l)
	p.context = requestContext("AssumedRole")
	p.context["aws:SourceVpce"], p.context["aws:SourceVpc"] = nil, nil
	if region, ok := u.Region.Get(); ok {
		p.context["aws:RequestedRegion"] = []string{region}
	}
	return p.checked()
}

func rolePolicies(r *estate.Role, l *library) iampolicy.Policies {
	var out iampolicy.Policies
	boundary, attached := r.Boundary.Or(""), r.Attached.Or(nil)
	for i := range r.Policies.Items {
		p := &r.Policies.Items[i]
		arn, managed := p.ARN.Get()
		named := iampolicy.Named{Name: Origin{Policy: p.Name.Or(arn), Inline: !managed}.pack(), Document: l.read(p.Text)}
		if managed && arn == boundary {
			out.Boundary = &named
		}
		if !managed || slices.Contains(attached, arn) {
			out.Identity = append(out.Identity, named)
		}
	}
	if !r.Policies.IsWhole() || r.Attached.IsUnknown() {
		out.Identity = append(out.Identity, iampolicy.Named{Name: Origin{}.pack()})
	}
	if out.Boundary == nil && !r.Boundary.IsAbsent() {
		out.Boundary = &iampolicy.Named{Name: Origin{Policy: boundary}.pack()}
	}
	return out
}
