package access

import (
	"maps"
	"slices"

	"github.com/restorable/restorable/internal/iampolicy"
)

// guard is what stands before a vault's recovery points besides identity policies.
type guard struct {
	name   string           // of the vault
	arn    string           // of the vault; empty: any
	policy *iampolicy.Named // nil: none set
	locked iampolicy.Answer // a lock is in force
}

// Grant is what makes an action possible for a principal.
type Grant struct {
	Action     string
	Kind       Kind
	Answer     iampolicy.Answer // Yes or Maybe
	Origin     Origin
	Resource   bool     // the statement stands in a vault's access policy, not in one of the principal's
	Statement  int      // its position in its policy, from 0; -1: none is known
	Sid        string   // may be empty
	On         []string // what the statement says that it is about, or the vaults
	Conditions []string // condition keys on which a Maybe hangs, sorted
}

// rank orders answers by how much they give.
func rank(a iampolicy.Answer) int {
	return map[iampolicy.Answer]int{iampolicy.No: 0, iampolicy.Maybe: 1, iampolicy.Yes: 2}[a]
}

func lesser(a, b iampolicy.Answer) iampolicy.Answer {
	if rank(a) < rank(b) {
		return a
	}
	return b
}

// may asks whether a person may do an action, on some resource at least. guards are the vaults in view; none: the vaults have no say.
func (p *person) may(a Action, at place, guards []guard) (Grant, bool) {
	best, ok := p.best(a, at, guards)
	if !ok {
		return Grant{}, false
	}
	for _, more := range a.also {
		rest, ok := p.ask(question{action: more.action, classes: []string{more.class}, context: more.context}, at, guard{})
		if !ok {
			return Grant{}, false
		}
		if rest.Answer == iampolicy.Maybe && best.Answer == iampolicy.Yes {
			best.Answer, best.Conditions = iampolicy.Maybe, rest.Undecided
		}
	}
	return best, true
}

func (p *person) best(a Action, at place, guards []guard) (Grant, bool) {
	own := p.touches(a.Name)
	q := question{action: a.Name, classes: a.classes}
	if !a.vaults || len(guards) == 0 {
		d, ok := p.ask(q, at, guard{})
		if !ok {
			return Grant{}, false
		}
		return p.grant(a, d, nil), true
	}
	var best Grant
	found := false
	for _, g := range guards {
		if !own && !g.opens(a.Name) {
			continue
		}
		d, ok := p.behind(a, at, g)
		switch {
		case !ok:
		case !found || rank(d.Answer) > rank(best.Answer):
			best, found = p.grant(a, d, []string{g.name}), true
		case d.Answer == best.Answer:
			best.On = append(best.On, g.name)
		}
	}
	return best, found
}

// touches says whether a policy of the person may allow the action on anything at all: of most people none does.
func (p *person) touches(action string) bool {
	return p.unread || slices.ContainsFunc(p.policies.Identity, func(n iampolicy.Named) bool { return n.Document != nil && n.Document.Touches(action) })
}

// opens says whether the vault's own policy may allow the action.
func (g guard) opens(action string) bool {
	return g.policy != nil && (g.policy.Document == nil || g.policy.Document.Touches(action))
}

// behind asks about what one vault holds.
func (p *person) behind(a Action, at place, g guard) (iampolicy.Decision, bool) {
	if a.locked && g.locked == iampolicy.Yes {
		return iampolicy.Decision{}, false
	}
	q := question{action: a.Name, classes: a.classes}
	if slices.Contains(a.classes, anyVault) && g.arn != "" {
		q.classes = []string{g.arn}
	}
	d, ok := p.ask(q, at, g)
	if ok && a.locked && g.locked == iampolicy.Maybe {
		d.Answer = iampolicy.Maybe
	}
	return d, ok
}

// question is one action on one of some classes of resources.
type question struct {
	action  string
	classes []string
	context iampolicy.Context // besides what is true of all requests
}

// ask finds the best answer over everything to which the person's policies may reach; ok is false when that is No.
func (p *person) ask(q question, at place, g guard) (best iampolicy.Decision, ok bool) {
	context := p.context
	if len(q.context) > 0 {
		context = maps.Clone(p.context)
		maps.Copy(context, q.context)
	}
	policies := p.policies
	policies.Resource = g.policy
	for _, arn := range p.reach(q, at, g) {
		d := iampolicy.Evaluate(iampolicy.Request{Action: q.action, Resource: arn, ResourceAccount: at.account, Principal: p.who, Context: context}, policies)
		if d.Answer != iampolicy.No && (!ok || rank(d.Answer) > rank(best.Answer)) {
			best, ok = d, true
		}
	}
	return best, ok
}

// reach lists ARNs, one at least for each thing that a statement may be about.
func (p *person) reach(q question, at place, g guard) []string {
	var out []string
	for _, class := range q.classes {
		if class == "*" { // the action knows no resource: only a statement about everything is about it
			out = append(out, class)
			continue
		}
		class = at.fill(class)
		open := p.unread || g.opens(q.action)
		if anything, ok := iampolicy.Witness("*", class); ok && open {
			out = append(out, anything)
		}
		for _, named := range p.policies.Identity {
			if named.Document != nil {
				out = append(out, named.Document.Reach(q.action, class)...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// grant tells what decided.
func (p *person) grant(a Action, d iampolicy.Decision, vaults []string) Grant {
	g := Grant{Action: a.Name, Kind: a.Kind, Answer: d.Answer, Origin: unpack(d.Policy), Resource: d.InPolicy == iampolicy.FromResource, Statement: d.Index, Sid: d.Sid, On: vaults, Conditions: d.Undecided}
	s := p.statement(d)
	if s == nil {
		g.Statement = -1
		return g
	}
	if len(vaults) == 0 {
		g.On = s.Resources
		if len(s.NotResources) > 0 {
			g.On = []string{"all but " + s.NotResources[0]}
		}
	}
	return g
}

func (p *person) statement(d iampolicy.Decision) *iampolicy.Statement {
	for _, named := range p.policies.Identity {
		if named.Name == d.Policy && named.Document != nil && d.InPolicy == iampolicy.FromIdentity && d.Index < len(named.Document.Statements) {
			return &named.Document.Statements[d.Index]
		}
	}
	return nil
}
