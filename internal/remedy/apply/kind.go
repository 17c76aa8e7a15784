package apply

import (
	"context"
	"fmt"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
)

// kind knows one kind of change: how to look at what it changes, and how to change it. Both work on one job at a time.
type kind interface {
	// observe reads AWS and returns the state by the function of package remedy that the planner used. An error means that nobody
	// could look, and is a *awsapi.CallError.
	observe(ctx context.Context, j *job) (seen, error)
	// call makes the one mutating call. Made again with the same token it does no more than the first time, or fails.
	call(ctx context.Context, j *job) (made, error)
}

// guard is a kind that may not be undone although its own state is what the run left: others rest on it.
type guard interface {
	// keeps says why it has to stay; empty: it has not.
	keeps(ctx context.Context, j *job) (string, error)
}

// seen is what was observed.
type seen struct {
	state   remedy.State
	outputs map[string]string // what AWS named: "id", "arn"
	token   string            // of the request that made it, where AWS tells; empty: not known
}

// made is what the call answered.
type made struct {
	outputs map[string]string
	answer  awsapi.Answer
}

// job is one action on its way: its change with its references resolved.
type job struct {
	action     *remedy.Action
	change     remedy.Change
	before     remedy.State
	after      remedy.State
	scope      *awsapi.Scope
	token      string // by which AWS knows a repeated request again
	run        string // id of the run, for tags
	account    string
	outputs    map[string]string // of this action, once known
	since      time.Time         // AWS's time when the intent was written down; zero: it was not
	needs      bool              // it rests on what another action of this run makes: AWS may need a while to see that
	everywhere []*awsapi.Scope   // one for each Region of the plan
}

// kindOf chooses by the member of the change that is set.
func kindOf(c remedy.Change) (kind, error) {
	switch {
	case c.PITR != nil:
		return pitrKind{}, nil
	case c.Role != nil:
		return roleKind{}, nil
	case c.RolePolicy != nil:
		return rolePolicyKind{}, nil
	case c.Vault != nil:
		return vaultKind{}, nil
	case c.Plan != nil:
		return planKind{}, nil
	case c.Selection != nil:
		return selectionKind{}, nil
	case c.PlanRules != nil:
		return planRulesKind{}, nil
	}
	return kindOfMore(c)
}

func kindOfMore(c remedy.Change) (kind, error) {
	switch {
	case c.RegionSettings != nil:
		return settingsKind{}, nil
	case c.VaultPolicy != nil:
		return vaultPolicyKind{}, nil
	case c.VaultLock != nil:
		return vaultLockKind{}, nil
	case c.VaultNotifications != nil:
		return notificationsKind{}, nil
	case c.TableTags != nil:
		return tagsKind{}, nil
	case c.DeletionProtection != nil:
		return protectionKind{}, nil
	case c.TableKey != nil:
		return keyKind{}, nil
	case c.Backup != nil:
		return backupKind{}, nil
	case c.TestingPlan != nil:
		return testingPlanKind{}, nil
	case c.TestingSelection != nil:
		return testingSelectionKind{}, nil
	}
	return nil, fmt.Errorf("carry out change: this program does not know the kind of change")
}

// one is the outputs of a thing with an id.
func one(key, value string) map[string]string {
	if value == "" {
		return nil
	}
	return map[string]string{key: value}
}

// ask says what a call of the job is about.
func (j *job) ask(id awsapi.CallID, about string) awsapi.Ask {
	return awsapi.Ask{Scope: j.scope, Call: id, Resource: about}
}
