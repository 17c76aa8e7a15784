package interop

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/restorable/restorable/internal/iac/terraform/config"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

const configFixtures = "../../internal/iac/terraform/config/testdata"

// TestConfigurationAsTerraformReadsIt holds what configuration comes to against the plan that Terraform makes of it: every attribute of every
// resource that both know is the same, and what Terraform knows before it is deployed is known here too.
func TestConfigurationAsTerraformReadsIt(t *testing.T) {
	for name, least := range map[string]int{"expressions": 100, "shop": 75, "json": 40} {
		t.Run(name, func(t *testing.T) {
			tf, plugins := newTerraform(t, "")
			if err := os.RemoveAll(tf.dir); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(tf.dir, os.DirFS(filepath.Join(configFixtures, name))); err != nil {
				t.Fatal(err)
			}
			tf.must("fmt", "-check", "-recursive")
			tf.must("init", "-no-color", "-input=false", "-plugin-dir="+plugins)
			tf.must("validate", "-no-color")
			planned := plannedValues(t, tf.plan())
			read, err := config.Read(os.DirFS(tf.dir), ".", config.Options{})
			if err != nil {
				t.Fatal(err)
			}
			c := &comparison{t: t}
			c.resources(planned, read)
			if t.Logf("%d values are the same", c.same); c.same < least {
				t.Errorf("%d values alone are the same", c.same)
			}
		})
	}
}

// plannedValues are the values of managed resources in a plan, by address.
func plannedValues(t *testing.T, file string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var plan tfjson.Plan
	if err := json.Unmarshal(text, &plan); err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	for _, change := range plan.ResourceChanges {
		if change.Mode == tfjson.ManagedResourceMode {
			out[change.Address] = change.Change.After
		}
	}
	return out
}

// comparison counts values that are the same.
type comparison struct {
	t    *testing.T
	same int
}

func (c *comparison) resources(planned map[string]any, read []resource.Resource) {
	if len(planned) != len(read) {
		c.t.Errorf("%d resources are planned, %d are read", len(planned), len(read))
	}
	for i := range read {
		r := &read[i]
		after, ok := planned[r.Address].(map[string]any)
		if !ok || r.Maybe != "" {
			c.t.Errorf("%s is not planned, or may not be: %s", r.Address, r.Maybe)
			continue
		}
		fields, _ := r.Body.Fields()
		for name, v := range fields {
			c.value(r.Address+"."+name, v, after[name])
		}
	}
}

// value compares what is read with what is planned. What deployment alone tells is a symbol here, and not there at all in a plan.
func (c *comparison) value(path string, v cty.Value, planned any) {
	switch {
	case !v.IsWhollyKnown():
		if planned != nil {
			c.t.Errorf("%s is not known, but planned as %v", path, planned)
		}
		return
	case v.IsNull():
		return // what AWS or the provider sets by default
	}
	raw, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		c.t.Fatal(err)
	}
	if strings.Contains(string(raw), "${!") || strings.Contains(string(raw), "${AWS::") {
		if s, whole := planned.(string); whole {
			c.t.Errorf("%s: a symbol, %s, but planned as %s", path, raw, s)
		}
		return
	}
	var read any
	if err := json.Unmarshal(raw, &read); err != nil {
		c.t.Fatal(err)
	}
	c.plain(path, read, planned)
}

func (c *comparison) plain(path string, read, planned any) {
	switch r := read.(type) {
	case map[string]any:
		if list, is := planned.([]any); is && len(list) == 1 {
			planned = list[0] // JSON writes one block as an object
		}
		p, ok := planned.(map[string]any)
		if !ok && len(r) > 0 { // the provider takes an empty map for none
			c.t.Errorf("%s: %v, but planned as %v", path, read, planned)
			return
		}
		for name, v := range r {
			c.plain(path+"."+name, v, p[name])
		}
		return
	case []any:
		p, ok := planned.([]any)
		if !ok || len(p) != len(r) {
			c.t.Errorf("%s: %v, but planned as %v", path, read, planned)
			return
		}
		r, p = ordered(r), ordered(p)
		for i, v := range r {
			c.plain(fmt.Sprintf("%s.%d", path, i), v, p[i])
		}
		return
	case nil:
		return
	}
	if read, planned := canonicalText(read), canonicalText(planned); read != planned {
		c.t.Errorf("%s: %s, but planned as %s", path, read, planned)
		return
	}
	c.same++
}

// ordered is a list in an order of its own where it may be a set of blocks: by the first text that names each.
func ordered(list []any) []any {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b any) int { return strings.Compare(naming(a), naming(b)) })
	return out
}

func naming(v any) string {
	if fields, is := v.(map[string]any); is {
		for _, name := range []string{"rule_name", "name", "value", "destination_vault_arn"} {
			if s, is := fields[name].(string); is {
				return s
			}
		}
	}
	return ""
}

// canonicalText is a value as text; texts that are JSON, as policies are, without regard to order and white space.
func canonicalText(v any) string {
	s, is := v.(string)
	if !is {
		return fmt.Sprint(v)
	}
	var document any
	if !strings.HasPrefix(s, "{") || json.Unmarshal([]byte(s), &document) != nil {
		return s
	}
	out, err := json.Marshal(sortedTexts(document))
	if err != nil {
		return s
	}
	return string(out)
}

// sortedTexts is a document in which lists of texts are sorted, for that is what they are in policies: sets.
func sortedTexts(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			v[name] = sortedTexts(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = sortedTexts(inner)
		}
		slices.SortFunc(v, func(a, b any) int {
			x, _ := a.(string)
			y, _ := b.(string)
			return strings.Compare(x, y)
		})
	}
	return v
}
