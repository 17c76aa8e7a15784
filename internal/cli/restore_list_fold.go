package cli

import (
	"fmt"

	"github.com/restorable/restorable/internal/restore/ways"
	"github.com/restorable/restorable/internal/terminal"
)

// shownOfAKind is how many ways of one kind and place are shown in full: the newest. The others differ from them in their age alone.
const shownOfAKind = 3

// shelf is where ways of one kind lie.
type shelf struct {
	kind                   ways.Kind
	account, region, vault string
}

// fold parts the ways to one table in those that are shown and, by shelf, those that are only counted. A shelf is never folded for a
// single way, and a way that holds nothing from before an incident does not count among the newest.
func (v wayView) fold(all []ways.Way) (shown []*ways.Way, rest map[shelf][]*ways.Way, order []shelf) {
	rest = map[shelf][]*ways.Way{}
	kept := map[shelf]int{}
	for i := range all {
		w := &all[i]
		at := shelf{w.Kind, w.Account, w.Region, w.Vault}
		if v.verbose || kept[at] < shownOfAKind {
			shown = append(shown, w)
			if v.found.asOf.IsZero() || w.Good(v.found.asOf) != ways.No {
				kept[at]++
			}
			continue
		}
		if rest[at] == nil {
			order = append(order, at)
		}
		rest[at] = append(rest[at], w)
	}
	return shown, rest, order
}

// folded says in a line what is not shown of a shelf.
func (v wayView) folded(list []*ways.Way, several bool) {
	if len(list) == 1 {
		v.way(list[0], several)
		return
	}
	newest, oldest := list[0], list[len(list)-1]
	text := fmt.Sprintf("%d more like it", len(list))
	if !newest.At.IsZero() && !oldest.At.IsZero() {
		text += ", from " + moment(oldest.At) + " to " + moment(newest.At)
	}
	unusable, doubtful := 0, 0
	for _, w := range list {
		switch w.Usable {
		case ways.No:
			unusable++
		case ways.Maybe:
			doubtful++
		}
	}
	text += ": " + kindText(newest)
	if unusable > 0 {
		text += fmt.Sprintf("; %d not usable", unusable)
	}
	if doubtful > 0 {
		text += fmt.Sprintf("; of %d it is not known whether they are usable", doubtful)
	}
	v.toned("  ", terminal.Faint, text+" (-v shows each)")
}
