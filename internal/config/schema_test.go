package config

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := Schema(some())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON is what an editor hands to a schema.
func asJSON(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestTheSchemaRefusesWhatTheReaderRefuses, but for what it cannot say.
func TestTheSchemaRefusesWhatTheReaderRefuses(t *testing.T) {
	s := compiled(t)
	for _, c := range mistakes() {
		if c.beyond {
			continue
		}
		if err := s.Validate(asJSON(t, c.text)); err == nil {
			t.Errorf("%s: the schema accepts\n%s", c.name, c.text)
		}
	}
}

// TestTheSchemaAcceptsWhatTheReaderAccepts: an editor that marks what works is worse than none.
func TestTheSchemaAcceptsWhatTheReaderAccepts(t *testing.T) {
	s := compiled(t)
	for _, text := range []string{
		everything, "# nothing\n", "quiet: false\n", "timeout: 0\n", "timeout: 1h30m\n", "region: eu-west-1\n", "region: [123456789012]\n", "concurrency: 8\n",
		"max-cost: 1.5\n", "max-cost: 2\n", "tiers: {1: {retention: 1w}}\ndefault-tier: 1\n", "tiers: {a: {survive: []}}\ndefault-tier: a\n",
		"tiers: {a: {copies: [us-gov-west-1, {vault: other}]}}\nmatch:\n- tag: {n: 1}\n  tier: a\n",
	} {
		if _, err := Parse("r.yaml", []byte(text), some()); err != nil {
			t.Errorf("the reader refuses %s: %v", text, err)
		}
		if err := s.Validate(asJSON(t, text)); err != nil {
			t.Errorf("the schema refuses %s: %v", text, err)
		}
	}
}

func TestEveryMemberIsDescribed(t *testing.T) {
	text, err := Schema(some())
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Properties map[string]struct{ Description string } `json:"properties"`
		Defs       map[string]struct {
			Properties map[string]struct{ Description string } `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	for name, p := range doc.Properties {
		if strings.TrimSpace(p.Description) == "" {
			t.Errorf("%s has no description", name)
		}
	}
	for _, kind := range []string{"tier", "match"} {
		if len(doc.Defs[kind].Properties) == 0 {
			t.Errorf("%s has no members", kind)
		}
		for name, p := range doc.Defs[kind].Properties {
			if strings.TrimSpace(p.Description) == "" {
				t.Errorf("%s of a %s has no description", name, kind)
			}
		}
	}
}
