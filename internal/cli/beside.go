package cli

import (
	"context"
	"maps"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac"
)

// besideGroups is what is read of live AWS for templates: all that protects tables, and nothing of the tables themselves.
func besideGroups() map[awsapi.Group]bool {
	groups := maps.Clone(awsapi.Planning())
	for _, g := range []awsapi.Group{awsapi.GroupPITR, awsapi.GroupTags, awsapi.GroupPoints, awsapi.GroupBackups, awsapi.GroupBackupJobs,
		awsapi.GroupCopyJobs, awsapi.GroupRestoreJobs, awsapi.GroupProtected} {
		delete(groups, g)
	}
	return groups
}

// beside reads what is deployed where templates will be. A template that names no Region is for the one that was read.
func (a *app) beside(ctx context.Context, p *paths, o sourceOptions, how *iac.Options) error {
	o.needs, o.match = besideGroups(), func(string) bool { return false }
	first := *how
	first.Note = nil // what is to be told is told when templates are read for good
	declared, _ := iac.Read(p.tree, p.Found, first)
	o.named = func(at collect.Place) collect.Named { return collect.Named(iac.NamedBy(declared, iac.Place(at))) }
	es, err := a.live(ctx, o)
	if err != nil {
		return err
	}
	place := map[string]map[string]bool{"AWS::AccountId": {}, "AWS::Region": {}}
	for _, u := range es.Units {
		place["AWS::AccountId"][u.Account.Or("")], place["AWS::Region"][u.Region.Or("")] = true, true
	}
	if len(place["AWS::AccountId"]) > 1 {
		return misuse("one account at a time: its profile, or its id in --accounts", "--with-live is for one account, and %d were read", len(place["AWS::AccountId"]))
	}
	for name, values := range place {
		for value := range values {
			if _, said := how.Parameters[name]; !said && len(values) == 1 && value != "" {
				how.Parameters[name] = value
			}
		}
	}
	how.Live = es.Units
	a.tellElsewhere(es.Units, how.Parameters)
	return nil
}

// tellElsewhere says that templates are for an account or a Region that was not read: nothing there is joined with them.
func (a *app) tellElsewhere(units []*estate.Unit, said map[string]string) {
	account, region := said["AWS::AccountId"], said["AWS::Region"]
	there := region == ""
	for _, u := range units {
		if read, ok := u.Account.Get(); ok && account != "" && read != account {
			a.note("The templates are for account %s, and live AWS was read in %s: nothing of it counts", account, read)
			return
		}
		there = there || u.Region.Or("") == region
	}
	if !there {
		a.note("The templates are for %s, and live AWS was read elsewhere: --region %s", region, region)
	}
}
