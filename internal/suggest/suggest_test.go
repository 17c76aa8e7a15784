package suggest

import "testing"

func TestNearest(t *testing.T) {
	commands := []string{"scan", "explain", "collect", "sim", "doctor", "controls"}
	for word, want := range map[string]string{
		"scna": "scan", "explian": "explain", "colect": "collect", "control": "controls", "SCAN": "scan", "xyzzy": "", "": "",
	} {
		if got := Nearest(word, commands); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
