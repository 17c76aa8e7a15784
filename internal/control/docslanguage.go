package control

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const languageProse = `# Writing a control

A control is one YAML file. Every page in this folder describes one; the files themselves stand in internal/control/catalogue and are the best examples.

- ` + "`passes`, `applies`" + ` are [CEL](https://cel.dev) expressions that answer true or false. ` + "`applies`" + ` may be left out.
- A fact that could not be read is *unknown*: an expression that needs it has no answer, and the verdict is UNKNOWN, unless the rest decides it
  (` + "`false && unknown`" + ` is false, ` + "`exists()`" + ` is true as soon as one element is sure). There is no has(): it cannot tell unknown from absent.
- A fact that was looked for and is not there is ` + "`null`" + `; an absent list or map is empty.
- Records, lists and maps cannot be compared with ==, and a record cannot be looked for with in: use exists() and all().
- An expression that fails when it meets an estate (a missing key, a number compared with null, too many steps) answers UNKNOWN and is listed among the
  report's problems.
- ` + "`undecided`" + ` is a value that is always unknown, for the cases in which known facts decide nothing.
- Parameters are ` + "`params.NAME`" + `: a duration, a whole number (types days and int), a text or a list of texts. An objective may set them; ` + "`sets: {PROFILE: VALUE}`" + ` gives one another value where ` + "`--framework PROFILE`" + ` asks for that profile.
- Functions beside CEL's own: ` + "`days(35)`" + ` is a duration, ` + "`seconds(duration)`" + ` a whole number, ` + "`span(seconds)`" + ` and ` + "`date(time)`" + ` are texts,
  ` + "`list.join(\", \")`" + `, ` + "`list.outside(patterns)`" + ` is what of a list none of the patterns (with * and ?) covers, ` + "`coverage.outcome(scenario, rpo_seconds, retention_days)`" + ` says in words what a scenario would cost, and ` + "`forever`" + ` is the
  number that stands for "without bound" in seconds and days.
- Some records of coverage are worked out only when a control asks: ` + "`coverage.restores(seconds)`" + ` is what is known of restores within that time,
  ` + "`coverage.copies(region, account)`" + ` of copies in a Region, or in an account where the Region is "", ` + "`coverage.longest_gap(days)`" + ` is the longest time
  without a backup, ` + "`coverage.keys()`" + ` the keys of the table and its recovery points, ` + "`coverage.replicas()`" + ` its replicas, and ` + "`coverage.testing()`" + `
  the restore testing plans that reach it. ` + "`missing_tags(table.tags, list)`" + ` are those of the tags, as KEY or KEY=VALUE, that a table lacks.
- In ` + "`reasons`" + ` what stands in braces is an expression; a doubled brace is a brace. There, ` + "`missing`" + ` names the facts that were not known,
  ` + "`unread`" + ` says whether there are any, and ` + "`resource`" + ` is the resource's name. What is unknown shows as "unknown", what is absent as "none".
- Commands in ` + "`by_hand`" + ` may name the resource ({table.name}, {vault.arn}, {region}, {account}) and what it goes by: {plan.id}, {selection.id},
  {role.name}, {vault.name}, {key.arn}, {replica.region}, {replica.arn}, {copy.region}, {trail.arn}, {testing-plan.name}, {testing-selection.name}.
  A command is repeated for each, a few times at most, and left out where there is none.
- ` + "`examples`" + ` are estate units with the verdict that the control must give: a bare value is a known fact, null is absent, what is missing is unknown.
  An example may take the control's ` + "`base`" + ` and ` + "`change`" + ` or ` + "`forget`" + ` facts by their paths. PASS, FAIL and UNKNOWN each need one.
- ` + "`id`, `title`, `description`, `severity`, `level`, `kind`, `resource`, `passes`, `reasons`, `by_hand`, `references` and `examples`" + ` must be there.
  ` + "`remedy`" + ` names what a plan proposes for a FAIL; ` + "`follows`" + ` names controls whose FAIL explains this one's.
- Tables that are being created, and tables that a drill restored, are NOT_APPLICABLE unless ` + "`even: [creating, drill]`" + ` says otherwise.

`

// languagePage lists what expressions may name: the variables by type of resource, and the attributes of every record.
func (c *Catalogue) languagePage() string {
	var b strings.Builder
	b.WriteString(generated + languageProse + exampleProse + "## Variables\n\n| resource | variables |\n|---|---|\n")
	for _, t := range Types() {
		variables := c.language.variables(t)
		var names []string
		for _, name := range slices.Sorted(maps.Keys(variables)) {
			names = append(names, fmt.Sprintf("`%s` %s", name, recordName(typeName(variables[name]))))
		}
		fmt.Fprintf(&b, "| %s | %s |\n", t, strings.Join(names, ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(c.language.types.byName)) {
		o := c.language.types.byName[name]
		fmt.Fprintf(&b, "\n## %s\n\n| attribute | type |\n|---|---|\n", recordName(strings.ToLower(name)))
		for _, field := range o.names {
			fmt.Fprintf(&b, "| %s | %s |\n", field, recordName(typeName(o.fields[field].ft.Type)))
		}
	}
	return b.String()
}

// recordName takes the Go packages out of a type's name.
func recordName(s string) string {
	return strings.NewReplacer("estate.", "", "protection.", "", "control.", "", "access.", "").Replace(s)
}
