package wire

import (
	"testing"

	"github.com/restorable/restorable/internal/awssim/model"
)

// TestPatternsCompile lists the models' Java patterns that Go cannot compile and that are therefore not enforced.
func TestPatternsCompile(t *testing.T) {
	known := map[string]string{
		"ScheduledActionName": "look-ahead", "accountAliasType": "look-ahead", "PathParameter": "look-ahead", "CollectionName": "look-ahead", "AccessPointName": "look-behind", "AccessPointArn": "look-behind",
	}
	names, err := model.Names()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		m, err := model.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range m.Shapes {
			if s.Pattern == "" {
				continue
			}
			if _, err := compile(s.Pattern); err != nil && known[s.Name] == "" {
				t.Errorf("%s %s: %v", name, s.Name, err)
			}
		}
	}
}

// TestJavaClassesMeanWhatTheyMeanInJava holds the classes that Go writes differently, inside brackets and outside.
func TestJavaClassesMeanWhatTheyMeanInJava(t *testing.T) {
	for _, c := range []struct {
		pattern, value string
		want           bool
	}{
		{`\p{Print}+`, "reads: all", true},
		{`\p{Print}+`, "a\tb", false},
		{`[\p{Alpha}_]+`, "a_B", true},
		{`[\p{Alpha}_]+`, "a1", false},
		{`\[\p{Digit}\]`, "[7]", true},
		{`\p{ASCII}*`, "\x00~", true},
		{`\p{ASCII}*`, "é", false},
	} {
		re, err := compile(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got := re.MatchString(c.value); got != c.want {
			t.Errorf("%s matches %q: %v, want %v", c.pattern, c.value, got, c.want)
		}
	}
}
