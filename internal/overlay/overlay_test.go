package overlay

import (
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/matching"
	"pgregory.net/rapid"
)

func at(text string) estate.Instant {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return estate.At(t)
}

func until(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t
}

func TestAnExceptionHoldsToTheEndOfItsLastDayInUTC(t *testing.T) {
	e := Exception{Until: until("2026-12-31")}
	for _, row := range []struct {
		now         string
		holds, soon bool
	}{
		{"2026-01-01T00:00:00Z", true, false},
		{"2026-12-16T23:59:59Z", true, false},
		{"2026-12-17T00:00:00Z", true, true}, // 14 days before
		{"2026-12-31T00:00:00Z", true, true},
		{"2026-12-31T23:59:59Z", true, true},
		{"2027-01-01T00:00:00Z", false, false},
		{"2026-12-31T23:30:00-02:00", false, false}, // it is the next day in UTC
	} {
		if got := e.Holds(at(row.now)); got != row.holds {
			t.Errorf("at %s holds %t, want %t", row.now, got, row.holds)
		}
		if got := e.EndsSoon(at(row.now)); got != row.soon {
			t.Errorf("at %s ends soon %t, want %t", row.now, got, row.soon)
		}
	}
}

func TestAYearAheadIsAsFarAsItGoes(t *testing.T) {
	for _, row := range []struct {
		day, now string
		far      bool
	}{
		{"2027-11-21", "2026-11-21T00:00:00Z", false}, {"2027-11-21", "2026-11-21T23:59:59Z", false}, {"2027-11-22", "2026-11-21T23:59:59Z", true},
		{"2025-02-28", "2024-02-29T12:00:00Z", false}, {"2025-03-01", "2024-02-29T12:00:00Z", false}, {"2025-03-02", "2024-02-29T12:00:00Z", true},
		{"1999-01-01", "2026-11-21T00:00:00Z", false},
	} {
		e := Exception{Until: until(row.day)}
		if got := e.TooFar(at(row.now)); got != row.far {
			t.Errorf("%s at %s: too far %t, want %t", row.day, row.now, got, row.far)
		}
	}
}

func finding(verdict control.Verdict) *control.Finding {
	return &control.Finding{Control: "pitr-window", Severity: control.Medium, Verdict: verdict,
		Resource: control.Resource{Type: control.TypeTable, ID: "orders-id", Name: "orders", Account: "111122223333", Region: "eu-west-1"}}
}

func tags(pairs map[string]string) estate.Fact[map[string]string] { return estate.KnownFact(pairs, 0) }

func unit(t estate.Fact[map[string]string]) *estate.Unit {
	u := &estate.Unit{Account: estate.KnownFact("111122223333", 0), Region: estate.KnownFact("eu-west-1", 0), Now: estate.KnownFact(at("2026-11-21T12:00:00Z"), 0)}
	u.Tables.Items = []estate.Table{{ID: "orders-id", Name: estate.KnownFact("orders", 0), Tags: t}}
	return u
}

func TestWhatAnExceptionCovers(t *testing.T) {
	prod := tags(map[string]string{"Environment": "prod"})
	for _, row := range []struct {
		name  string
		e     Exception
		tags  estate.Fact[map[string]string]
		state State
	}{
		{"nothing asked for covers all", Exception{}, prod, Applied},
		{"its control", Exception{Controls: []string{"a", "pitr-window"}}, prod, Applied},
		{"another control", Exception{Controls: []string{"a"}}, prod, Unasked},
		{"the table by a glob", Exception{Tables: []string{"x", "ord*"}}, prod, Applied},
		{"another table", Exception{Tables: []string{"users"}}, prod, Unused},
		{"the resource", Exception{Resources: []string{"orders"}}, prod, Applied},
		{"its tag", Exception{Tags: map[string]string{"Environment": "pr*"}}, prod, Applied},
		{"another value", Exception{Tags: map[string]string{"Environment": "dev"}}, prod, Unused},
		{"another key", Exception{Tags: map[string]string{"Owner": "*"}}, prod, Unused},
		{"all tags must hold", Exception{Tags: map[string]string{"Environment": "prod", "Owner": "*"}}, prod, Unused},
		{"tags that could not be read", Exception{Tags: map[string]string{"Environment": "prod"}}, estate.Fact[map[string]string]{}, Unsure},
		{"no tags at all", Exception{Tags: map[string]string{"Environment": "prod"}}, estate.AbsentFact[map[string]string](0), Unused},
		{"a tag that a template fills in", Exception{Tags: map[string]string{"Environment": "prod"}}, tags(map[string]string{"Environment": "${Env}"}), Unsure},
		{"its account", Exception{Accounts: []string{"111122223333"}}, prod, Applied},
		{"another account, which is not in scope", Exception{Accounts: []string{"444455556666"}}, prod, Unasked},
		{"its Region by a glob", Exception{Regions: []string{"eu-*"}}, prod, Applied},
		{"another Region", Exception{Regions: []string{"us-*"}}, prod, Unasked},
		{"expired", Exception{Until: until("2026-11-20")}, prod, Expired},
		{"on its last day", Exception{Until: until("2026-11-21")}, prod, Applied},
	} {
		if row.e.Until.IsZero() {
			row.e.Until = until("2027-01-31")
		}
		row.e.Kind = Mute
		set := NewSet([]Exception{row.e})
		mute, attested := set.Unit(unit(row.tags), 0, true).Of(finding(control.Fail))
		if got := set.Uses([]string{"pitr-window"})[0].State; got != row.state || (mute != nil) != (row.state == Applied) || attested != nil {
			t.Errorf("%s: %s, covered %t; want %s", row.name, got, mute != nil, row.state)
		}
	}
}

func TestOnlyWhatIsOpenIsCovered(t *testing.T) {
	for _, v := range control.Verdicts() {
		set := NewSet([]Exception{{Kind: Mute, Until: until("2027-01-31")}, {Kind: Attest, Until: until("2027-01-31")}})
		mute, attested := set.Unit(unit(tags(nil)), 0, true).Of(finding(v))
		open := v == control.Fail || v == control.Unknown
		if (mute != nil) != open || (attested != nil) != open {
			t.Errorf("%s: %v %v", v, mute, attested)
		}
		if state := set.Uses([]string{"pitr-window"})[0].State; !open && state != Settled {
			t.Errorf("%s: %s", v, state)
		}
	}
}

func TestATemplateIsJudgedByTheReportsTime(t *testing.T) {
	u := unit(tags(nil))
	u.Now, u.Account, u.Region = estate.AbsentFact[estate.Instant](0), estate.Fact[string]{}, estate.Fact[string]{}
	f := finding(control.Fail)
	f.Resource.Account = ""
	set := NewSet([]Exception{{Kind: Mute, Tables: []string{"orders"}, Until: until("2026-11-21")}, {Kind: Mute, Accounts: []string{"111122223333"}, Until: until("2026-11-22")}})
	if mute, _ := set.Unit(u, at("2026-11-21T23:00:00Z"), true).Of(f); mute == nil || mute.Day() != "2026-11-21" {
		t.Errorf("got %v", mute)
	}
	if got := set.Uses([]string{"pitr-window"})[1]; got.State != Unsure || !strings.Contains(got.Remark(), "whether it covers 1 more is not known") {
		t.Errorf("an account that a template does not know: %s, %s", got.State, got.Remark())
	}
	if mute, _ := set.Unit(u, at("2026-11-22T00:00:00Z"), true).Of(f); mute != nil {
		t.Errorf("got %v after its last day", mute)
	}
}

func TestTheFirstThatHoldsWins(t *testing.T) {
	set := NewSet([]Exception{
		{Kind: Mute, Controls: []string{"pitr-window", "b"}, Until: until("2026-11-20"), File: "i", Line: 1},
		{Kind: Mute, Controls: []string{"b", "pitr-window"}, Until: until("2026-12-20"), File: "i", Line: 2},
		{Kind: Mute, Tables: []string{"orders"}, Until: until("2026-12-01"), File: "i", Line: 3},
	})
	mute, _ := set.Unit(unit(tags(nil)), 0, true).Of(finding(control.Fail))
	uses := set.Uses([]string{"pitr-window"})
	if mute == nil || mute.Line != 2 || uses[0].State != Expired || uses[1].Duplicate != uses[0].Exception || uses[2].State != Shadowed || !uses[2].EndsSoon {
		t.Errorf("%v %+v", mute, uses)
	}
	for i, want := range []string{
		"i:1: mute of pitr-window, b of everything (): expired on 2026-11-20, not applied",
		"i:2: mute of b, pitr-window of everything (): says the same as i:1: remove one of them",
		"i:3: mute of every control of table orders (): covers nothing that earlier ones do not: remove it; ends on 2026-12-01",
	} {
		if got := uses[i].Remark(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// TestWhatWasNotLookedAtIsNotCalledUnused: neither what a filter left out, nor what could not be listed.
func TestWhatWasNotLookedAtIsNotCalledUnused(t *testing.T) {
	set := NewSet([]Exception{{Kind: Mute, Tables: []string{"users"}, Until: until("2026-12-31")}})
	set.Unit(unit(tags(nil)), 0, false).Of(finding(control.Fail))
	if got := set.Uses([]string{"pitr-window"})[0].State; got != Unasked {
		t.Errorf("got %s", got)
	}
}

// TestForgettingAFactNeverCovers: what covers a finding when less is known covers it when more is known, too.
func TestForgettingAFactNeverCovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"a", "b", "ab", "*", "a*"})
		maybeList := rapid.SliceOfN(word, 0, 2)
		e := Exception{Kind: Mute, Tables: maybeList.Draw(t, "tables"), Resources: maybeList.Draw(t, "resources"), Accounts: maybeList.Draw(t, "accounts"),
			Regions: maybeList.Draw(t, "regions"), Tags: rapid.MapOfN(word, word, 0, 2).Draw(t, "tags"), Until: until("2026-12-31")}
		f := finding(control.Fail)
		f.Resource.Name, f.Resource.Account, f.Resource.Region = word.Draw(t, "name"), word.Draw(t, "account"), word.Draw(t, "region")
		known := tags(rapid.MapOfN(word, word, 0, 2).Draw(t, "has"))
		full := e.describes(f, known)
		less, lessTags := *f, known
		switch rapid.IntRange(0, 2).Draw(t, "forget") {
		case 0:
			less.Resource.Account = ""
		case 1:
			less.Resource.Region = ""
		default:
			lessTags = estate.Fact[map[string]string]{}
		}
		if got := e.describes(&less, lessTags); got == matching.Yes && full != matching.Yes || got == matching.No && full != matching.No {
			t.Fatalf("%v knows more than %v: %+v", got, full, e)
		}
	})
}
