package price

import (
	"strings"
	"testing"
)

func TestAnOverrideReplacesWhatItNames(t *testing.T) {
	for name, text := range map[string]string{
		"YAML":             "# ours\ndate: 2026-11-01\nregion: eu-west-1\npitr_gb_month: 0.25\nrestore_test: 1.5\n",
		"JSON":             `{"date": "2026-11-01", "region": "eu-west-1", "pitr_gb_month": 0.25, "restore_test": 1.5}`,
		"quoted YAML":      "date: \"2026-11-01\"\nregion: \"eu-west-1\"\npitr_gb_month: \"0.25\"\nrestore_test: 1.5\n",
		"YAML, CRLF lines": "date: 2026-11-01\r\nregion: eu-west-1\r\npitr_gb_month: 0.25\r\nrestore_test: 1.5\r\n",
	} {
		l, err := Parse("prices.yaml", []byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := Default()
		want.Source, want.Date, want.Region, want.PITR, want.RestoreTest = "prices.yaml", "2026-11-01", "eu-west-1", confirmed(0.25), confirmed(1.5)
		if l != want {
			t.Errorf("%s: %+v, want %+v", name, l, want)
		}
	}
}

func TestMistakesInAnOverrideNameTheirPlace(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a misspelt price":        {"date: 2026-11-01\npitr_gb_moth: 1", `p:2:1: there is no price "pitr_gb_moth": did you mean pitr_gb_month?`},
		"a price nobody knows":    {"date: 2026-11-01\nbananas_by_the_dozen: 1", `p:2:1: there is no price "bananas_by_the_dozen"`},
		"a price that is a word":  {"date: 2026-11-01\nrestore_gb: cheap", `p:2:13: restore_gb: "cheap" is no price`},
		"a negative price":        {"date: 2026-11-01\nrestore_gb: -1", `p:2:`},
		"a price without a value": {"date: 2026-11-01\nrestore_gb:", "p:2:"},
		"infinity":                {"date: 2026-11-01\nrestore_gb: Inf", `"Inf" is no price`},
		"not a number":            {"date: 2026-11-01\nrestore_gb: NaN", `"NaN" is no price`},
		"no date":                 {"restore_gb: 1", "date: YYYY-MM-DD"},
		"nothing":                 {"", "date: YYYY-MM-DD"},
		"a date of another order": {"date: 01.11.2026", `p:1:7: date: "01.11.2026" is no date`},
		"a Region of two words":   {"date: 2026-11-01\nregion: our office", "is no Region"},
		"a price given twice":     {"date: 2026-11-01\nrestore_gb: 1\nrestore_gb: 2", "p:3:"},
		"a list":                  {"- 1\n- 2", "want prices"},
		"a list of prices":        {"date: 2026-11-01\nrestore_gb: [1]", "wants one value"},
		"broken JSON":             {`{"date": `, "p:"},
		"no text":                 {"\xff\xfe", "is not text"},
		"far too much":            {strings.Repeat("#", maxBytes+1), "more than"},
	} {
		if _, err := Parse("p", []byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestEveryPriceHasANameOfItsOwn(t *testing.T) {
	l, seen := Default(), map[string]bool{}
	for _, i := range l.Items() {
		if seen[i.Key] || i.What == "" {
			t.Errorf("%+v is named twice or says nothing", i)
		}
		seen[i.Key] = true
		if got, err := Parse("p", []byte("date: 2026-11-01\n"+i.Key+": 12.5")); err != nil || !contains(got, i.Key, 12.5) {
			t.Errorf("%s cannot be set: %v", i.Key, err)
		}
	}
}

func contains(l List, key string, usd float64) bool {
	for _, i := range l.Items() {
		if i.Key == key {
			return i.Price == confirmed(usd)
		}
	}
	return false
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("date: 2026-11-01\npitr_gb_month: 0.25\n"))
	f.Add([]byte(`{"date": "2026-11-01", "region": "eu-west-1"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := Parse("p", text)
		if err != nil {
			return
		}
		for _, i := range l.Items() {
			if !(i.Price.USD >= 0 && i.Price.USD <= maxPrice) {
				t.Errorf("%s costs %v", i.Key, i.Price.USD)
			}
		}
	})
}
