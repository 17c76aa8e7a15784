package cli

import (
	"maps"
	"slices"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/control"
	rests "github.com/restorable/restorable/internal/needs"
)

// plannable are the controls of which a plan speaks when the user names none: those that a change could turn, and those that planning reads
// anyway. What only a restore turns, or who may do what, is left to the scan.
func plannable(c *control.Catalogue, all []*control.Control) ([]*control.Control, error) {
	reads := awsapi.Planning()
	known, err := rests.Load(c)
	if err != nil {
		return nil, err
	}
	var out []*control.Control
	for _, k := range all {
		groups, err := known.Of([]*control.Control{k}, func(string) bool { return false })
		if err != nil {
			return nil, err
		}
		beyond := slices.ContainsFunc(slices.Collect(maps.Keys(groups)), func(g awsapi.Group) bool { return groups[g] && !reads[g] })
		if k.Remedy != "" || !beyond || !k.Builtin {
			out = append(out, k)
		}
	}
	return out, nil
}

// planReads are what planning reads, and what the controls that the user named rest on.
func planReads(c *control.Catalogue, controls []*control.Control, o controlOptions) (map[awsapi.Group]bool, error) {
	reads := awsapi.Planning()
	if !o.chosen() {
		return reads, nil
	}
	known, err := rests.Load(c)
	if err != nil {
		return nil, err
	}
	more, err := known.Of(controls, func(id string) bool { return slices.Contains(o.ids, id) })
	maps.Copy(reads, more)
	return reads, err
}

// chosen reports whether the user said which controls to ask.
func (o controlOptions) chosen() bool { return len(o.ids)+len(o.frameworks) > 0 }
