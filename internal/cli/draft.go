package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/terminal"
)

// The tiers that a draft may have, in the order in which they are matched.
const (
	tierCritical    = "critical"
	tierDevelopment = "development"
	tierProduction  = "production"
	tierStandard    = "standard" // where no tag tells production apart
)

// draft is what a first configuration is written from.
type draft struct {
	regions []string
	now     estate.Instant
	tables  int
	unread  int               // tables whose tags are not known
	tags    []guess           // in the order in which they are matched
	groups  map[string]cohort // by tier
}

// guess is a tag that tells what a table needs.
type guess struct {
	key, value, tier string
	tables           int
}

// cohort is what a tier's tables have today.
type cohort struct {
	names     []string
	pitr      int
	planned   int
	kept      map[int64]int // days of retention to number of tables
	worstPlan int64         // seconds that the plan with the widest gap may lose
	unknown   int           // tables of which something could not be read
}

func newDraft(es *estate.Estate) *draft {
	d := &draft{groups: map[string]cohort{}}
	seen := map[guess]int{}
	indexes := protection.NewIndexes(es)
	for _, u := range es.Units {
		if region, ok := u.Region.Get(); ok && !slices.Contains(d.regions, region) {
			d.regions = append(d.regions, region)
		}
		d.now = max(d.now, u.Now.Or(0))
		for i := range u.Tables.Items {
			t := &u.Tables.Items[i]
			d.tables++
			if t.Tags.IsUnknown() {
				d.unread++
			}
			for key, value := range t.Tags.Or(nil) {
				if tier := tierOf(key, value); tier != "" {
					seen[guess{key: key, value: value, tier: tier}]++
				}
			}
		}
	}
	d.order(seen)
	for _, u := range es.Units {
		for i := range u.Tables.Items {
			d.look(&u.Tables.Items[i], protection.Cover(u, &u.Tables.Items[i], indexes[u]))
		}
	}
	slices.Sort(d.regions)
	return d
}

func (d *draft) order(seen map[guess]int) {
	for g, n := range seen {
		g.tables = n
		d.tags = append(d.tags, g)
	}
	rank := []string{tierCritical, tierDevelopment, tierProduction}
	slices.SortFunc(d.tags, func(a, b guess) int {
		return cmp.Or(cmp.Compare(slices.Index(rank, a.tier), slices.Index(rank, b.tier)), cmp.Compare(a.key, b.key), cmp.Compare(a.value, b.value))
	})
}

// tierOf reads a tag as people write it.
func tierOf(key, value string) string {
	plain := func(s string) string {
		return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(s))
	}
	value = plain(value)
	switch plain(key) {
	case "env", "environment", "stage":
		switch value {
		case "prod", "production", "prd", "live":
			return tierProduction
		case "dev", "development", "test", "testing", "qa", "staging", "stg", "uat", "sandbox", "preprod", "nonprod":
			return tierDevelopment
		}
	case "criticality", "critical", "dataclass", "dataclassification", "tier", "servicetier", "importance", "priority", "sla":
		switch value {
		case "critical", "missioncritical", "businesscritical", "veryhigh", "high", "gold", "platinum", "tier0", "tier1", "p0", "p1", "true":
			return tierCritical
		case "low", "bronze", "tier3", "p3", "p4":
			return tierDevelopment
		}
	}
	return ""
}

// fallback is the tier of tables whose tags tell nothing: the safe side.
func (d *draft) fallback() string {
	for _, g := range d.tags {
		if g.tier == tierProduction {
			return tierProduction
		}
	}
	return tierStandard
}

func (d *draft) look(t *estate.Table, c *protection.Coverage) {
	name := d.fallback()
	tags := t.Tags.Or(nil)
	for _, g := range d.tags {
		if value, has := tags[g.key]; has && value == g.value {
			name = g.tier
			break
		}
	}
	g := d.groups[name]
	g.names = append(g.names, t.Name.Or(t.ID))
	if word(c.PITR.On) == "yes" {
		g.pitr++
	}
	if word(c.Effective) == "yes" {
		g.planned++
		g.worstPlan = max(g.worstPlan, c.WorstGap.Or(0))
	}
	if days, ok := c.RetentionDays.Get(); ok && days < protection.Forever {
		if g.kept == nil {
			g.kept = map[int64]int{}
		}
		g.kept[days]++
	}
	if c.PITR.On.IsUnknown() || c.Effective.IsUnknown() {
		g.unknown++
	}
	d.groups[name] = g
}

// retention is the one that most of the tables have today, the longest of equals; that of the built-in objective where none has any.
func (g cohort) retention() int64 {
	best, most := int64(objective.Default().Retention.Hours()/24), 0
	for _, days := range slices.Backward(slices.Sorted(maps.Keys(g.kept))) {
		if n := g.kept[days]; n > most && days >= 1 && days <= 36500 {
			best, most = days, n
		}
	}
	return best
}

// text is the file.
func (d *draft) text() []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# yaml-language-server: $schema=%s", schemaFile)
	line("#")
	line("# What each table needs, and settings of restorable. Written by restorable init from %s%s.", terminal.Count(d.tables, "table"), d.when())
	line("# The tiers are guessed from tags and from how tables are protected today: read them and change them.")
	line("# restorable objectives holds every table against them; restorable config show says where each value comes from.")
	if d.unread > 0 {
		line("# The tags of %s could not be read, so that nothing was guessed from them.", terminal.Count(d.unread, "table"))
	}
	line("")
	line("# Settings are named as flags are; a flag, or RESTORABLE_… in the environment, beats them.")
	if len(d.regions) > 0 {
		line("region: [%s]", strings.Join(quoted(d.regions), ", "))
	}
	line("# fail-on: medium   # findings below this severity leave the exit code 0")
	line("")
	line("tiers:")
	for _, name := range d.names() {
		d.tier(line, name, d.groups[name])
	}
	line("# The first match wins. A match takes table, tag, account and region; all that it names must hold.")
	if len(d.tags) == 0 {
		line("# No table has a tag that says how much it matters, such as Environment or criticality. For example:")
		line("# match:")
		line("#   - {table: 'orders*', tier: critical}")
		line("#   - {tag: Environment=production, tier: critical}")
	} else {
		line("match:")
		for _, g := range d.tags {
			line("  - {tag: {%s: %s}, tier: %s}   # %s", quoteYAML(g.key), quoteYAML(escapeGlob(g.value)), g.tier, terminal.Count(g.tables, "table"))
		}
	}
	line("")
	line("# Tables that nothing matches. Without it they are judged by the built-in objective, and reported.")
	line("default-tier: %s", d.fallback())
	line("")
	line("# What is met by other means, and shown as attested. Findings to look away from for a while stand in restorable.ignore.yaml.")
	line("# attestations:")
	line("#   - {control: client-side-encryption, table: payments, what: …, evidence: …, owner: …, until: 2027-06-30}")
	return b.Bytes()
}

func (d *draft) when() string {
	if d.now == 0 {
		return ""
	}
	return ", as of " + minute(d.now)
}

// names are the tiers that are needed, the most demanding first.
func (d *draft) names() []string {
	used := map[string]bool{d.fallback(): true}
	for _, g := range d.tags {
		used[g.tier] = true
	}
	var out []string
	for _, name := range []string{tierCritical, tierProduction, tierStandard, tierDevelopment} {
		if used[name] {
			out = append(out, name)
		}
	}
	return out
}

func (d *draft) tier(line func(string, ...any), name string, g cohort) {
	line("  # %s: %s", terminal.Count(len(g.names), "table"), comment(few(g.names)))
	line("  # Today: point-in-time recovery of %d is on, a working backup plan covers %d%s%s.", g.pitr, g.planned, g.gap(), g.doubt())
	line("  %s:", name)
	rpo, why := "24h", "a plan counts with its interval and both windows"
	switch {
	case name == tierCritical && g.pitr > 0:
		rpo, why = "5m", "needs point-in-time recovery"
	case name == tierCritical:
		why = "5m needs point-in-time recovery, which none of them has today"
	case name == tierDevelopment:
		rpo, why = "7d", "a weekly backup would do"
	}
	line("    rpo: %-14s # how much may be lost: %s", rpo, why)
	if name == tierDevelopment {
		line("    interval: 6d        # the longest time between two scheduled backups; with its windows a plan stays within the rpo")
	} else {
		line("    interval: 24h       # the longest time between two scheduled backups")
	}
	line("    retention: %-8s # how far back one must be able to go", fmt.Sprintf("%dd", d.keep(name, g)))
	line("    survive: [%s]   # also: %s", strings.Join(objective.Default().Scenarios, ", "), strings.Join(objective.Scenarios()[2:], ", "))
	line("    # rto: 4h           # how long a restore may take, by the last one that was measured")
	if name != tierDevelopment {
		line("    # copies: [eu-central-1]   # Regions, Region:vault, or {region: …, account: …, vault: …}")
		line("    # encryption: customer     # aws-owned, aws-managed or customer")
		line("    # deletion-protection: true")
	}
	line("")
}

func (d *draft) keep(name string, g cohort) int64 {
	if name == tierDevelopment && len(g.kept) == 0 {
		return 7
	}
	return g.retention()
}

func (g cohort) gap() string {
	if g.worstPlan == 0 || g.worstPlan >= protection.Forever {
		return ""
	}
	return " and may lose up to " + seconds(g.worstPlan)
}

func (g cohort) doubt() string {
	if g.unknown == 0 {
		return ""
	}
	return fmt.Sprintf(", of %d it could not be read", g.unknown)
}

func quoted(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = v
		if strings.Trim(v, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			out[i] = quoteYAML(v)
		}
	}
	return out
}

// quoteYAML writes a text of others in YAML: JSON's form, with all that could act on a terminal escaped.
func quoteYAML(s string) string {
	raw, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(terminal.JSON(raw))
}

// escapeGlob makes a pattern that matches the text and nothing else.
func escapeGlob(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(s)
}

// comment keeps a text of others on its line.
func comment(s string) string { return strings.Join(strings.Fields(terminal.Clean(s)), " ") }
