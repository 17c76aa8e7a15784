package protection

import "strings"

// Assumption is a reading that AWS does not document, on which a decision rests.
type Assumption struct {
	ID   string // stable, for example "negated-operator-on-missing-tag"
	Text string
}

// assumed lists the readings that a decision rests on; the numbers are those of semantics' list of what is UNCONFIRMED.
func (s *selectionIndex) assumed(x *subject, d *Detail) []Assumption {
	var out []Assumption
	add := func(id, text string) { out = append(out, Assumption{id, text}) }
	if d.Pattern == "" && d.Tag == nil {
		return nil
	}
	if d.Exclusion != "" && d.Pattern == "" { // number 2
		add("exclusion-of-tag-match", "NotResources also takes out tables that came in by tag")
	}
	if d.Pattern == "" && strings.HasPrefix(d.Tag.Key, tagPrefix) { // number 3
		add("prefixed-tag-key", "a key in ListOfTags may be written with "+tagPrefix)
	}
	if innerWildcard(d.Pattern) || innerWildcard(d.Exclusion) { // number 4
		add("wildcard-inside-name", "a wildcard inside a resource's name matches as one at its end does")
	}
	if d.Pattern == "" && d.OptIn.Needed && len(s.include.all) > 0 { // number 5
		add("opt-in-of-tag-match", "a match by tag in a selection that also names resources needs the opt-in")
	}
	for i := range s.conditions {
		c := &s.conditions[i]
		if _, has := x.tags[c.key]; c.known && c.op.negated() && (c.bare || x.tagged == yes && !has) { // number 1
			add("negated-operator-on-missing-tag", c.op.String()+" holds for a table without the tag")
			break
		}
	}
	for i := range s.conditions {
		if s.conditions[i].bare { // number 3
			add("bare-condition-key", "a key in Conditions without "+tagPrefix+" matches no tag")
			break
		}
	}
	return out
}

func innerWildcard(pattern string) bool {
	name := arnField(pattern, arnResource)
	at := strings.IndexByte(name, '*')
	return at >= 0 && at != len(name)-1
}
