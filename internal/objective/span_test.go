package objective

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSpans(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"5m": 5 * time.Minute, "24h": day, "1d": day, "365d": 365 * day, "2w": 14 * day, "1d12h": 36 * time.Hour, "90s": 90 * time.Second, "36500d": 36500 * day,
	} {
		if got, err := ParseSpan(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "5", "m", "5 m", "-5m", "1.5h", "1y", "5M", "99999999999d", "36501d", "36500d1s", "5m5", "٥m"} {
		if got, err := ParseSpan(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func TestSpansAreReadAsTheyAreWritten(t *testing.T) {
	pattern := regexp.MustCompile(SpanPattern)
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, int64(longestSpan/time.Second)).Draw(t, "seconds")) * time.Second
		text := Span(d)
		if got, err := ParseSpan(text); err != nil || got != d || !pattern.MatchString(text) {
			t.Fatalf("%v is written %q and read %v (%v)", d, text, got, err)
		}
	})
}

func FuzzParseSpan(f *testing.F) {
	f.Add("1d12h")
	pattern := regexp.MustCompile(SpanPattern)
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseSpan(text)
		if err == nil && (d < 0 || d > longestSpan || !pattern.MatchString(text)) {
			t.Errorf("%q is read as %v", text, d)
		}
	})
}

func TestParametersHaveTheNamesThatControlsUse(t *testing.T) {
	o := Objective{RPO: 5 * time.Minute, RTO: time.Hour, Interval: day, Retention: 365 * day, Scenarios: []string{KeyLost}, Encryption: Customer, Tags: []string{"Owner"},
		Copies: []Copy{{Region: "a", Account: "1"}, {Region: "b"}, {Region: "a", Account: "2"}, {Vault: "v"}}}
	want := map[string]any{
		"scenarios": []string{KeyLost}, "rpo": 5 * time.Minute, "rto": time.Hour, "interval": day, "retention": 365 * day, "window": 35 * day,
		"regions": []string{"a", "b"}, "accounts": []string{"1", "2"}, "level": "customer", "keys": []string{"Owner"},
	}
	if diff := cmp.Diff(want, o.Parameters()); diff != "" {
		t.Error(diff)
	}
	for _, absent := range []string{"rto", "regions", "accounts", "level", "keys"} {
		if _, there := Default().Parameters()[absent]; there {
			t.Errorf("%s is set although nothing is asked", absent)
		}
	}
}

func TestLimits(t *testing.T) {
	bad := map[string]error{
		"rpo": CheckRPO(time.Minute), "rto": CheckRTO(0), "interval": CheckInterval(time.Minute), "half a day": CheckRetention(12 * time.Hour),
		"nothing kept": CheckRetention(0), "too long": CheckRetention(36501 * day), "account": CheckAccount("12345678901x"), "short": CheckAccount("1"),
		"glob": CheckGlob("a["), "empty glob": CheckGlob(""),
	}
	for what, err := range bad {
		if err == nil {
			t.Errorf("%s is accepted", what)
		}
	}
	for _, err := range []error{CheckRPO(BestRPO), CheckRTO(time.Second), CheckInterval(BestInterval), CheckRetention(day), CheckRetention(36500 * day), CheckAccount("012345678901"), CheckGlob("a*")} {
		if err != nil {
			t.Error(err)
		}
	}
}
