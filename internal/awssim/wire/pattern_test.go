package wire

import (
	"testing"

	"github.com/restorable/restorable/internal/awssim/model"
)

// TestPatternsCompile lists the models' Java patterns that Go cannot compile and that are therefore not enforced.
func TestPatternsCompile(t *testing.T) {
	known := map[string]string{
		"ScheduledActionName": "look-ahead", "accountAliasType": "look-ahead", "AccessPointName": "look-behind", "AccessPointArn": "look-behind",
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
