package config

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/protection/awscron"
	"github.com/restorable/restorable/internal/yamlfile"
)

const keyAssume = "assume"

// Assumed is what holds where templates are deployed, and what they do not declare: a person says so.
type Assumed struct {
	Place      yamlfile.Place // of the section; the zero Place: there is none
	Account    string         // empty: not said
	Region     string         // empty: not said
	OptIn      *bool          // DynamoDB is opted in to AWS Backup; nil: not said
	Advanced   *bool          // AWS Backup's advanced features for DynamoDB are on; nil: not said
	Roles      []string       // globs on the ARNs of roles that exist and let AWS Backup in
	Vaults     []string       // names of vaults that exist
	Plans      []AssumedPlan  // every plan that exists beside those of templates, when PlansSaid
	PlansSaid  bool
	Parameters map[string]string // of CloudFormation templates
}

// AssumedPlan is a backup plan that lives elsewhere.
type AssumedPlan struct {
	Place     yamlfile.Place
	Name      string
	Schedule  string            // cron(…)
	Retention int64             // days; 0: for ever
	Vault     string            // empty: Default
	Start     time.Duration     // within which backups begin; 0: AWS's default
	Complete  time.Duration     // within which they end; 0: AWS's default
	Tables    []string          // globs on names of tables; empty: any
	Tags      map[string]string // values may be globs; all must hold; empty: any
}

func (r *reader) assume(n ast.Node) {
	if _, none := n.(*ast.NullNode); none {
		return
	}
	in, ok := r.Mapping(n, keyAssume)
	if !ok {
		return
	}
	r.Only(in, "account", "region", "opt-in", "advanced-features", "roles", "vaults", "plans", "parameters")
	a := &r.out.Assumed
	a.Place = in.Place
	for _, key := range in.Order {
		v := in.Entries[key]
		switch key {
		case "account":
			a.Account = r.place(key, v)
		case "region":
			a.Region = r.place(key, v)
		case "opt-in":
			a.OptIn = r.truth(v, key)
		case "advanced-features":
			a.Advanced = r.truth(v, key)
		case "roles":
			a.Roles, _ = r.list(v, key)
		case "vaults":
			a.Vaults = r.vaults(v, key)
		case "plans":
			a.Plans, a.PlansSaid = r.plans(v)
		case "parameters":
			a.Parameters = r.values(v)
		}
	}
}

func (r *reader) truth(n ast.Node, key string) *bool {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		r.Add(yamlfile.At(n), "write "+key+": true", "%s must be true or false, found %s", key, yamlfile.Describe(n))
		return nil
	}
	return &b.Value
}

func (r *reader) vaults(n ast.Node, key string) []string {
	names, nodes := r.list(n, key)
	for i, name := range names {
		r.vault(name, nodes[i])
	}
	return names
}

func (r *reader) values(n ast.Node) map[string]string {
	out := map[string]string{}
	in, _ := r.Mapping(n, "parameters")
	for _, name := range in.Order {
		text, ok := yamlfile.Scalar(in.Entries[name])
		if !ok {
			r.Add(yamlfile.At(in.Entries[name]), "a list is written as text: a,b", "parameter %s must be text, found %s", name, yamlfile.Describe(in.Entries[name]))
		}
		out[name] = text
	}
	return out
}

func (r *reader) plans(n ast.Node) ([]AssumedPlan, bool) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.Add(yamlfile.At(n), "write plans: [] when there are none but those of the templates", "plans must be a list, found %s", yamlfile.Describe(n))
		return nil, false
	}
	var out []AssumedPlan
	for _, item := range list.Values {
		if in, ok := r.Mapping(item, "a plan"); ok {
			out = append(out, r.plan(in))
		}
	}
	return out, true
}

func (r *reader) plan(in yamlfile.Mapping) AssumedPlan {
	r.Only(in, "name", "schedule", "retention", "vault", "start-window", "completion-window", "table", "tag")
	p := AssumedPlan{Place: in.Place, Tags: map[string]string{}}
	for _, key := range []string{"name", "schedule"} {
		if in.Entries[key] == nil {
			r.Add(in.Place, "- {name: company-daily, schedule: \"cron(0 5 ? * * *)\", retention: 35d, tag: {backup: daily}}", "a plan needs %s", key)
		}
	}
	for _, key := range in.Order {
		v := in.Entries[key]
		switch key {
		case "name":
			p.Name, _ = r.text(v, key)
		case "schedule":
			p.Schedule = r.schedule(v, key)
		case "retention":
			p.Retention = r.days(v, key)
		case "vault":
			p.Vault = r.place(key, v)
		case "start-window":
			p.Start = r.window(v, key)
		case "completion-window":
			p.Complete = r.window(v, key)
		case "table":
			p.Tables = r.globs(v, key)
		case "tag":
			p.Tags = r.tags(v)
		}
	}
	r.starsAlone(in, append(slices.Collect(maps.Values(p.Tags)), p.Tables...))
	return p
}

// starsAlone: AWS Backup knows * alone.
func (r *reader) starsAlone(in yamlfile.Mapping, globs []string) {
	for _, glob := range globs {
		if strings.ContainsAny(glob, "?[\\") {
			r.Add(in.Place, "several names, or a * for any text", "%s: AWS Backup knows no sign but *", glob)
		}
	}
}

func (r *reader) schedule(n ast.Node, key string) string {
	text, ok := r.text(n, key)
	if !ok {
		return ""
	}
	if _, err := awscron.Parse(text); err != nil {
		r.Add(yamlfile.At(n), "for example cron(0 5 ? * * *)", "%v", err)
	}
	return text
}

func (r *reader) days(n ast.Node, key string) int64 {
	text, ok := r.text(n, key)
	if !ok {
		return 0
	}
	d, err := objective.ParseSpan(text)
	if err == nil {
		err = objective.CheckRetention(d)
	}
	if err != nil {
		r.Add(yamlfile.At(n), "for example 35d; leave it out when backups are kept for ever", "%s: %v", key, err)
	}
	return int64(d / (24 * time.Hour))
}

// window is a time of whole minutes.
func (r *reader) window(n ast.Node, key string) time.Duration {
	text, ok := r.text(n, key)
	if !ok {
		return 0
	}
	d, err := objective.ParseSpan(text)
	if err != nil || d < time.Hour || d%time.Minute != 0 {
		r.Add(yamlfile.At(n), "for example 1h", "%s %s: want an hour or more, in whole minutes", key, text)
	}
	return d
}

func assumeSchema() map[string]any {
	chosen := selectorSchemas()
	plan := yamlfile.Object(map[string]any{
		"name":              yamlfile.Described("of the plan", textSchema()),
		"schedule":          yamlfile.Described("cron(…) of its rule", map[string]any{"type": "string", "pattern": `^cron\(.*\)$`}),
		"retention":         yamlfile.Described("how long it keeps backups, in whole days (default: for ever)", spanSchema()),
		"vault":             yamlfile.Described("name of its vault (default: Default)", map[string]any{"type": "string", "pattern": vaultPattern}),
		"start-window":      yamlfile.Described("within which its backups begin (default: AWS's, 8h)", spanSchema()),
		"completion-window": yamlfile.Described("within which its backups end (default: AWS's, 7d)", spanSchema()),
		"table":             yamlfile.Described("glob on the names of the tables that it selects, or several (default: any)", chosen["table"].(map[string]any)),
		"tag":               yamlfile.Described("tags of the tables that it selects, KEY=VALUE, several, or a mapping; all must hold (default: any)", chosen["tag"].(map[string]any)),
	}, "name", "schedule")
	out := yamlfile.Object(map[string]any{
		"account":           yamlfile.Described("where templates are deployed", accountSchema()),
		"region":            yamlfile.Described("where templates are deployed", map[string]any{"type": "string", "pattern": regionPattern}),
		"opt-in":            yamlfile.Described("DynamoDB is opted in to AWS Backup there", boolSchema()),
		"advanced-features": yamlfile.Described("AWS Backup's advanced features for DynamoDB are on there", boolSchema()),
		"roles":             yamlfile.Described("globs on ARNs of roles that exist there and let AWS Backup in", map[string]any{"type": "array", "items": textSchema(), "uniqueItems": true}),
		"vaults":            yamlfile.Described("names of vaults that exist there", map[string]any{"type": "array", "items": map[string]any{"type": "string", "pattern": vaultPattern}, "uniqueItems": true}),
		"plans":             yamlfile.Described("every backup plan that lives elsewhere; an empty list: there is none", map[string]any{"type": "array", "items": plan}),
		"parameters":        yamlfile.Described("of CloudFormation templates, by name; --parameters wins", map[string]any{"type": "object", "additionalProperties": textSchema()}),
	})
	out["type"] = []string{"object", "null"}
	return out
}
