package awssim

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestGlobIsWhatARegexpSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab*.]{0,8}`).Draw(t, "pattern")
		s := rapid.StringMatching(`[ab.]{0,8}`).Draw(t, "s")
		re := regexp.MustCompile(`^` + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `.*`) + `$`)
		if got := glob(pattern, s); got != re.MatchString(s) {
			t.Fatalf("glob(%q, %q) is %v", pattern, s, got)
		}
	})
}

func TestDuration(t *testing.T) {
	for s, want := range map[string]time.Duration{"35d": 840 * time.Hour, "1d12h": 36 * time.Hour, "90m": 90 * time.Minute, "0s": 0, "-1h": -time.Hour} {
		if got, err := Duration(s); err != nil || got != want {
			t.Errorf("%s: %s %v", s, got, err)
		}
	}
	for _, s := range []string{"", "d", "1w", "35", "1.5d", "999999d", "1d1d"} {
		if got, err := Duration(s); err == nil {
			t.Errorf("%s: %s", s, got)
		}
	}
}
