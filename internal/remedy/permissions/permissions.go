// Package permissions says what AWS demands of whoever carries out a plan: each kind of change with the calls that apply and backout make
// for it, as package awsapi declares them, on the things that the plan names. Nothing is written down twice: what an action is on, and
// what it drags along, is in the declarations; which calls a change takes is here, and the tests hold it against a run in the simulated AWS.
package permissions

import (
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
)

// Plan returns what making a plan reads, and what an auditor needs.
func Plan() []awsapi.Permission { return awsapi.Permissions(awsapi.Select(awsapi.Planning())) }

// Apply returns what carrying out the plan needs; a nil plan stands for every plan that could be made.
// An error means that a call is not declared, which the tests rule out.
func Apply(p *remedy.Plan) ([]awsapi.Permission, error) {
	return collect(p, func(a *remedy.Action) []remedy.Change { return []remedy.Change{a.Change} }, makes)
}

// Backout returns what undoing a run of the plan needs, with every loss named; a nil plan stands for every plan that could be made.
func Backout(p *remedy.Plan) ([]awsapi.Permission, error) {
	return collect(p, func(a *remedy.Action) []remedy.Change {
		if a.Inverse.Change == nil {
			return nil
		}
		return []remedy.Change{*a.Inverse.Change}
	}, undoes)
}

// Prove returns what proving a run of the plan needs besides; a nil plan stands for every plan that could be made.
func Prove(p *remedy.Plan) ([]awsapi.Permission, error) {
	proofs, at := []remedy.Proof{{}}, place{}
	if p != nil {
		proofs, at = p.Proofs, place{partition: p.Partition, account: p.Account}
	}
	var all []awsapi.Permission
	for _, proof := range proofs {
		at.region = proof.Region
		for _, u := range []use{
			{call: awsapi.StartBackupJob, on: at.vault(proof.Vault), role: proof.RoleARN},
			{call: awsapi.ListBackupJobs}, {call: awsapi.DescribeBackupJob}, {call: awsapi.ListRecoveryPointsByResource},
		} {
			granted, err := u.permissions()
			if err != nil {
				return nil, err
			}
			all = append(all, granted...)
		}
	}
	return all, nil
}

// collect walks the changes of a plan. Errors are those of uses.
func collect(p *remedy.Plan, changes func(*remedy.Action) []remedy.Change, calls func(remedy.Change, place) []use) ([]awsapi.Permission, error) {
	var all []awsapi.Permission
	add := func(c remedy.Change, at place) error {
		for _, u := range calls(c, at) {
			granted, err := u.permissions()
			if err != nil {
				return err
			}
			all = append(all, granted...)
		}
		return nil
	}
	if p == nil {
		for _, c := range everyKind() {
			if err := add(c, place{}); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
	for i := range p.Actions {
		a := &p.Actions[i]
		for _, c := range changes(a) {
			if err := add(c, place{partition: p.Partition, account: p.Account, region: a.Region}); err != nil {
				return nil, fmt.Errorf("list permissions of action %s: %w", a.ID, err)
			}
		}
	}
	return all, nil
}

// place is where an action is. The zero place is nowhere in particular: every ARN is then left to the declarations.
type place struct{ partition, account, region string }

// arn is that of a thing of a service; empty where place or name are not given.
func (p place) arn(service, kind, name string) string {
	if name == "" {
		return ""
	}
	return p.pattern(service, kind, literally(name))
}

func (p place) pattern(service, kind, name string) string {
	if p.account == "" {
		return ""
	}
	return strings.Join([]string{"arn", p.partition, service, p.region, p.account, kind + name}, ":")
}

// literally keeps a name from being read as a pattern.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
func literally(name string) string {
	return strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}").Replace(name)
}

func (p place) table(name string) string { return p.arn("dynamodb", "table/", name) }

func (p place) vault(name string) string { return p.arn("backup", "backup-vault:", name) }

// plan is a backup plan, any of the Region's while its id is not known.
func (p place) plan(id remedy.Ref) string {
	if _, open := id.Action(); open || id == "" {
		return p.pattern("backup", "backup-plan:", "*")
	}
	return p.arn("backup", "backup-plan:", string(id))
}

// testingPlan: AWS adds to the name what is not known before (the form of the suffix is not documented).
func (p place) testingPlan(name string) string {
	return p.pattern("backup", "restore-testing-plan:", literally(name)+"*")
}

// use is one call that a change takes, and what it is about. Empty members are left to the call's declaration.
type use struct {
	call   awsapi.CallID
	on     string // ARN of what the call is about
	key    string // ARN of a customer's key that it names
	role   string // ARN of the role that it hands over
	policy string // ARN of the policy that it attaches or detaches
	keyed  bool   // it names a customer's key
	tagged bool   // it tags what it makes
}

// permissions are what AWS demands for the call: its own action, and the dependent ones.
func (u use) permissions() ([]awsapi.Permission, error) {
	c, err := awsapi.Find(u.call)
	if err != nil {
		return nil, err
	}
	if c.Free {
		return nil, nil
	}
	all := []awsapi.Permission{{Action: c.ID, Resource: orElse(u.on, c.Resource), Condition: u.condition(c)}}
	for _, g := range c.Dependent {
		if g.When == awsapi.WithKey && !u.keyed || g.When == awsapi.WithTags && !u.tagged {
			continue
		}
		all = append(all, awsapi.Permission{Action: g.Action, Resource: u.resource(c, g), Condition: g.Condition})
	}
	return all, nil
}

func (u use) resource(c awsapi.Call, g awsapi.Grant) string {
	switch g.On {
	case awsapi.OnOwn:
		return orElse(u.on, c.Resource)
	case awsapi.OnKey:
		return orElse(literally(u.key), g.Resource)
	case awsapi.OnRole:
		return orElse(literally(u.role), g.Resource)
	}
	return g.Resource
}

func (u use) condition(c awsapi.Call) awsapi.Condition {
	if u.policy == "" {
		return c.Condition
	}
	return awsapi.Condition{Operator: "ArnEquals", Key: "iam:PolicyARN", Value: literally(u.policy)}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// Tables replaces the tables by name with all of their Region and account, and reports how many it replaced: a policy has no room for many.
func Tables(all []awsapi.Permission) (wider []awsapi.Permission, replaced int) {
	seen := map[string]bool{}
	wider = slices.Clone(all)
	for i := range wider {
		head, name, ok := strings.Cut(wider[i].Resource, ":table/")
		if !ok || name == "*" || strings.Contains(name, "/") {
			continue
		}
		seen[wider[i].Resource] = true
		wider[i].Resource = head + ":table/*"
	}
	return wider, len(seen)
}
