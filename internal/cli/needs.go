package cli

import (
	"maps"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/control"
	rests "github.com/restorable/restorable/internal/needs"
)

// needs are the groups of calls that the chosen controls rest on: what no control asks about is not read.
func (o controlOptions) needs(c *control.Catalogue, chosen []*control.Control) (map[awsapi.Group]bool, error) {
	named := map[string]bool{}
	if len(o.ids) > 0 {
		list, err := c.Select(control.Selection{Controls: o.ids})
		if err != nil {
			return nil, selectionMistake(err)
		}
		for _, k := range list {
			named[k.ID] = true
		}
	}
	known, err := rests.Load(c)
	if err != nil {
		return nil, err
	}
	return known.Of(chosen, func(id string) bool { return named[id] })
}

// scanned is what a scan reads: what its controls rest on, and the tags where tables are told apart by them.
func (a *app) scanned(o scanOptions, c *control.Catalogue, chosen []*control.Control, said *overlays) (map[awsapi.Group]bool, error) {
	groups, err := o.controls.needs(c, chosen)
	if err != nil {
		return nil, err
	}
	excepted := len(said.ignored.List) > 0 || a.file != nil && len(a.file.Attested.List) > 0
	if excepted || len(o.filter.tags) > 0 || a.policy != nil {
		groups[awsapi.GroupTags] = true
	}
	return groups, nil
}

// kept is what an estate file holds: what scan, explain and plan read, so that they say of the file what they say of AWS.
func (a *app) kept(full bool) (map[awsapi.Group]bool, error) {
	if full {
		return nil, nil // everything
	}
	c, err := control.Load()
	if err != nil {
		return nil, err
	}
	groups, err := everyScan(c)
	if err != nil {
		return nil, err
	}
	maps.Copy(groups, awsapi.Planning())
	return groups, nil
}

// everyScan is what explain reads, and a scan of the default profile.
func everyScan(c *control.Catalogue) (map[awsapi.Group]bool, error) {
	chosen, err := c.Select(control.Selection{})
	if err != nil {
		return nil, err
	}
	groups, err := controlOptions{}.needs(c, chosen)
	if err != nil {
		return nil, err
	}
	maps.Copy(groups, awsapi.Foundation())
	return groups, nil
}

// policyOfScan prints what a scan of the chosen controls needs; where none is chosen, what explain, doctor and every usual scan need.
func (a *app) policyOfScan(partition string, o controlOptions) error {
	c, chosen, err := a.selectControls(o)
	if err != nil {
		return err
	}
	groups, err := o.needs(c, chosen)
	if err == nil && len(o.ids)+len(o.skip)+len(o.frameworks) == 0 {
		groups, err = everyScan(c)
	}
	if err != nil {
		return err
	}
	return a.printPolicy(partition, awsapi.Permissions(awsapi.Select(groups)))
}
