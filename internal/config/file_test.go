package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSettingsKeepTheirPlaces(t *testing.T) {
	f, err := Parse("r.yaml", []byte("# ours\nregion: [eu-west-1, us-east-1]\n\nfail-on: high\nquiet: true\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{
		{Key: "region", Values: []string{"eu-west-1", "us-east-1"}, Line: 2, Column: 1},
		{Key: "fail-on", Values: []string{"high"}, Line: 4, Column: 1},
		{Key: "quiet", Values: []string{"true"}, Line: 5, Column: 1},
	}
	if diff := cmp.Diff(want, f.Entries); diff != "" {
		t.Error(diff)
	}
}

func TestAnEmptyFileSetsNothing(t *testing.T) {
	for _, text := range []string{"", "# nothing yet\n", "\n\n"} {
		if f, err := Parse("r.yaml", []byte(text)); err != nil || len(f.Entries) != 0 {
			t.Errorf("%q: %v, %v", text, f, err)
		}
	}
}

func TestMistakesNameTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"region: [a":          "r.yaml:1:",
		"- a\n- b":            "want settings",
		"region: {a: b}":      "r.yaml:1:",
		"a: 1\nregion: [[b]]": "r.yaml:2:",
	} {
		_, err := Parse("r.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("region: [eu-west-1]\nquiet: true\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse("r.yaml", text)
		if err != nil {
			return
		}
		for _, e := range file.Entries {
			if e.Line < 1 {
				t.Errorf("%q stands nowhere", e.Key)
			}
		}
	})
}
