package planning

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/remedy"
)

// planTableTags sets the tags that tables must have. Values come from people alone.
func planTableTags(d *draft) error {
	for _, t := range d.choice(TagTables, func(o objective.Objective) bool { return len(o.Tags) > 0 }) {
		if len(d.Options.tags)+len(d.keysOf(t)) == 0 {
			d.refuse(TagTables, t.arn, "which tags it is to have was not said", "--require-tag KEY=VALUE, or an objective with tags")
			continue
		}
		d.tagTable(t)
	}
	return nil
}

func (d *draft) tagTable(t *target) {
	table := d.table(t)
	tags, known := table.Tags.Get()
	if table.Tags.IsAbsent() {
		known = true
	}
	if !known {
		d.refuse(TagTables, t.arn, "the table's tags are not known", readMore)
		return
	}
	missing, wanted := d.missingTags(t)
	if len(missing) > 0 {
		d.refuse(TagTables, t.arn, "no value was given for "+strings.Join(missing, ", ")+": values are never made up", d.tagsNext(t, missing))
	}
	if len(wanted) == 0 || d.declaredElsewhere(TagTables, t) {
		return
	}
	keys := sortedKeys(wanted)
	if over := differs(tags, wanted); over != "" && !d.Options.Replace {
		d.refuse(TagTables, t.arn, "the table has another value: "+over, "--replace")
		return
	}
	id := table.TableID.Or("")
	d.add(remedy.Action{
		Remedy: TagTables, Resource: tableResource(t),
		Summary: "tag " + t.name + ": " + tagText(wanted),
		Call:    "dynamodb:TagResource",
		Change:  remedy.Change{TableTags: &remedy.TableTags{Table: t.name, ARN: t.arn, Set: wanted}},
		Before:  remedy.TableTagsState(id, tags, keys), After: remedy.TableTagsState(id, wanted, keys),
		Risk:    "what goes by tags may find the table anew: backup plans of other hands, IAM policies, cost reports",
		Inverse: untag(t, tags, wanted),
	}, t)
	d.tagEffects(t)
}

// keysOf are the tags that a table must have, as KEY or KEY=VALUE: those of its objective, or else those that the control asks for.
func (d *draft) keysOf(t *target) []string {
	if keys := t.needs.Objective.Tags; len(keys) > 0 {
		return keys
	}
	c, _ := d.Catalogue.Control(requiredTags)
	if c == nil || !slices.Contains(d.Controls, c) {
		return nil
	}
	for i := range c.Parameters {
		p := &c.Parameters[i]
		if p.Name != requiredKeys {
			continue
		}
		for _, given := range []any{d.Parameters[control.ParameterKey(c.ID, p.Name)], d.Parameters[p.Name], p.In(d.Sets)} {
			if keys := texts(given); given != nil {
				return slices.DeleteFunc(keys, func(k string) bool { return strings.HasPrefix(k, "aws:") })
			}
		}
	}
	return nil
}

// The control that asks for tags, and its parameter that names them.
const requiredTags, requiredKeys = "required-tags", "keys"

// texts are the texts of a parameter's value.
func texts(value any) []string {
	switch list := value.(type) {
	case []string:
		return slices.Clone(list)
	case []any:
		var out []string
		for _, x := range list {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// missingTags are the keys that a table lacks and of which nobody said a value, and the tags that it lacks with theirs. Without --require-tag
// and a value in the demand there is none: values are never made up.
func (d *draft) missingTags(t *target) (missing []string, wanted map[string]string) {
	tags, _ := d.table(t).Tags.Get()
	wanted = map[string]string{}
	for k, v := range d.Options.tags {
		if have, ok := tags[k]; !ok || have != v {
			wanted[k] = v
		}
	}
	for _, text := range d.keysOf(t) {
		k, v, valued := strings.Cut(text, "=")
		_, there := tags[text]
		switch {
		case there || d.Options.tags[text] != "" || valued && (tags[k] == v || d.Options.tags[k] != ""):
		case valued && v != "":
			wanted[k] = v
		default:
			missing = append(missing, text)
		}
	}
	return missing, wanted
}

// tagsNext is what gives a table the tags that are missing: by a plan, and by hand.
func (d *draft) tagsNext(t *target, missing []string) string {
	var flags, pairs []string
	for _, k := range missing {
		flags = append(flags, "--require-tag "+word(k+"=VALUE"))
		pairs = append(pairs, word("Key="+k+",Value=VALUE"))
	}
	return strings.Join(flags, " ") + "; by hand: aws dynamodb tag-resource --resource-arn " + t.arn + " --region " + d.region + " --tags " + strings.Join(pairs, " ")
}

// word is a text as one word of a shell.
func word(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("=,.:/@+-_%", r)
	}
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// untag takes tags away again, or gives back the values that were there. One call can do one of the two: overwritten values come first.
func untag(t *target, before, set map[string]string) remedy.Inverse {
	back := map[string]string{}
	var remove []string
	for _, k := range sortedKeys(set) {
		if v, had := before[k]; had {
			back[k] = v
		} else {
			remove = append(remove, k)
		}
	}
	if len(back) > 0 {
		loses := ""
		if len(remove) > 0 {
			loses = "the tags " + strings.Join(remove, ", ") + " stay: one call sets or removes"
		}
		return remedy.Inverse{Change: &remedy.Change{TableTags: &remedy.TableTags{Table: t.name, ARN: t.arn, Set: back}}, Loses: loses}
	}
	return remedy.Inverse{Change: &remedy.Change{TableTags: &remedy.TableTags{Table: t.name, ARN: t.arn, Remove: remove}}}
}

// tagEffects points out the plans that begin to back the table up by its new tags.
func (d *draft) tagEffects(t *target) {
	before, after := d.found.Tables.Items[t.index], d.table(t)
	for i := range d.unit.Plans.Items {
		p := &d.unit.Plans.Items[i]
		was := takes(d.unit, p, &before)
		optIn, known := d.unit.Settings.OptIn.Get()
		is, unsure := selectsUnder(d.unit, p, after, optIn[dynamoDB] || !known)
		unsure = unsure || is && !known && !takes(d.unit, p, after)
		c := remedy.Check{About: "tags", Resource: planLabel(p), Verdict: "ok", Actions: []string{d.last()},
			Detail: "plan " + planLabel(p) + " selects " + t.name + " by its new tags, which makes backups and their cost"}
		if unsure {
			c.Verdict, c.Detail = "unknown", "whether plan "+planLabel(p)+" selects "+t.name+" by its new tags is not known"
		}
		if is && !was || unsure {
			d.check(c)
		}
	}
}

func differs(have, want map[string]string) string {
	for _, k := range sortedKeys(want) {
		if v, ok := have[k]; ok && v != want[k] {
			return k + "=" + v
		}
	}
	return ""
}

func tagText(tags map[string]string) string {
	var parts []string
	for _, k := range sortedKeys(tags) {
		parts = append(parts, k+"="+tags[k])
	}
	return strings.Join(parts, ", ")
}

// takes says whether a plan is known to select a table under the unit's opt-in.
func takes(u *estate.Unit, p *estate.Plan, t *estate.Table) bool {
	optIn, _ := u.Settings.OptIn.Get()
	yes, _ := selectsUnder(u, p, t, optIn[dynamoDB])
	return yes
}
