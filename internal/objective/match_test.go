package objective

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/estate"
)

func known(s string) estate.Fact[string] { return estate.KnownFact(s, 0) }

func somewhere() *estate.Unit {
	return &estate.Unit{Account: known("123456789012"), Region: known("eu-west-1")}
}

func table(name string, tags map[string]string) *estate.Table {
	return &estate.Table{ID: name, Name: known(name), Tags: estate.KnownFact(tags, 0)}
}

func named(tiers ...string) []Tier {
	var out []Tier
	for i, name := range tiers {
		o := Default()
		o.RPO = time.Duration(i+1) * time.Hour
		out = append(out, Tier{Name: name, Objective: o})
	}
	return out
}

func TestTheFirstMatchWins(t *testing.T) {
	p := &Policy{Tiers: named("gold", "silver", "bronze"), Default: "bronze", Matches: []Match{
		{Tables: []string{"orders*", "pay?"}, Regions: []string{"eu-*"}, Tier: "gold"},
		{Tags: map[string]string{"env": "prod*", "team": "*"}, Tier: "silver"},
		{Accounts: []string{"999999999999"}, Tier: "gold"},
		{Tables: []string{"orders-old"}, Tier: "silver"}, // never: the first one takes it
	}}
	for _, c := range []struct {
		name string
		tags map[string]string
		tier string
		by   int
	}{
		{"orders", nil, "gold", 0},
		{"orders-old", map[string]string{"env": "production", "team": "x"}, "gold", 0},
		{"pays", nil, "gold", 0},
		{"payments", nil, "bronze", -1},
		{"carts", map[string]string{"env": "production", "team": "x"}, "silver", 1},
		{"carts", map[string]string{"env": "production"}, "bronze", -1},
		{"carts", map[string]string{"Env": "production", "team": "x"}, "bronze", -1},
	} {
		a := p.For(somewhere(), table(c.name, c.tags))
		if a.Tier != c.tier || a.Match != c.by || !a.Known || a.Candidates != nil {
			t.Errorf("%s %v: %+v", c.name, c.tags, a)
		}
	}
	far := &estate.Unit{Account: known("999999999999"), Region: known("us-east-1")}
	if a := p.For(far, table("orders", nil)); a.Match != 2 {
		t.Errorf("in another Region and account: %+v", a)
	}
}

func TestWithoutTiersEverythingHasTheBuiltInObjective(t *testing.T) {
	a := (&Policy{}).For(somewhere(), table("orders", nil))
	if diff := cmp.Diff(Assignment{Objective: Default(), Match: -1, Known: true}, a); diff != "" {
		t.Error(diff)
	}
}

func TestATierInDoubtIsNotKnown(t *testing.T) {
	unread := table("orders", nil)
	unread.Tags = estate.UnknownFact[map[string]string](3)
	byTag := Match{Tags: map[string]string{"env": "prod"}, Tier: "gold"}
	for _, c := range []struct {
		name       string
		policy     Policy
		tier       string
		known      bool
		candidates []string
	}{
		{"it may match", Policy{Matches: []Match{byTag}}, "", false, []string{"gold", ""}},
		{"a later match that is sure does not end the doubt", Policy{Matches: []Match{byTag, {Tier: "silver"}}}, "silver", false, []string{"gold", "silver"}},
		{"an earlier one that is sure does", Policy{Matches: []Match{{Tier: "silver"}, byTag}}, "silver", true, nil},
		{"the same tier either way", Policy{Matches: []Match{byTag, {Tables: []string{"o*"}, Tier: "gold"}}}, "gold", true, nil},
		{"another condition rules the match out", Policy{Matches: []Match{{Tables: []string{"carts"}, Tags: byTag.Tags, Tier: "gold"}}, Default: "silver"}, "silver", true, nil},
		{"two doubts", Policy{Matches: []Match{byTag, {Tags: map[string]string{"a": "b"}, Tier: "bronze"}}, Default: "silver"}, "silver", false, []string{"gold", "bronze", "silver"}},
	} {
		c.policy.Tiers = named("gold", "silver", "bronze")
		a := c.policy.For(somewhere(), unread)
		var names []string
		for _, x := range a.Candidates {
			names = append(names, x.Name)
		}
		if a.Tier != c.tier || a.Known != c.known || !cmp.Equal(names, c.candidates) {
			t.Errorf("%s: %+v", c.name, a)
		}
		if !a.Known && (len(a.Doubt) != 1 || a.Doubt[0].Fact != "table.tags" || a.Doubt[0].Ref.Source() != 3) {
			t.Errorf("%s: doubt %+v", c.name, a.Doubt)
		}
	}
}

func TestATemplateDoesNotKnowItsAccount(t *testing.T) {
	p := &Policy{Tiers: named("gold"), Matches: []Match{{Accounts: []string{"123456789012"}, Tier: "gold"}}}
	u := &estate.Unit{Account: estate.AbsentFact[string](0), Region: known("eu-west-1")}
	if a := p.For(u, table("orders", nil)); a.Known || a.Doubt[0].Fact != "unit.account" {
		t.Errorf("%+v", a)
	}
	untagged := table("orders", nil)
	untagged.Tags = estate.AbsentFact[map[string]string](0)
	p.Matches = []Match{{Tags: map[string]string{"a": "*"}, Tier: "gold"}}
	if a := p.For(u, untagged); !a.Known || a.Tier != "" {
		t.Errorf("a table that has no tags: %+v", a)
	}
	p.Matches = []Match{{Tables: []string{"orders*"}, Tier: "gold"}}
	if a := p.For(u, table("${Stage}-orders", nil)); a.Known {
		t.Errorf("a name that deployment fills in: %+v", a)
	}
}

// TestForgettingAFactOnlyWidensWhatATableMayNeed: the tier that the table really has stays among the candidates.
func TestForgettingAFactOnlyWidensWhatATableMayNeed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"a", "b", "a*", "*"})
		p := &Policy{Tiers: named("gold", "silver"), Default: rapid.SampledFrom([]string{"", "gold", "silver"}).Draw(t, "default")}
		for range rapid.IntRange(0, 4).Draw(t, "matches") {
			m := Match{Tier: rapid.SampledFrom([]string{"gold", "silver"}).Draw(t, "tier")}
			m.Tables = rapid.SliceOfN(word, 0, 2).Draw(t, "tables")
			m.Regions = rapid.SliceOfN(word, 0, 1).Draw(t, "regions")
			m.Tags = rapid.MapOfN(rapid.SampledFrom([]string{"k", "l"}), word, 0, 2).Draw(t, "tags")
			p.Matches = append(p.Matches, m)
		}
		letters := rapid.SampledFrom([]string{"a", "b", "ab"})
		u := &estate.Unit{Account: known("1"), Region: known(letters.Draw(t, "region"))}
		tb := table(letters.Draw(t, "name"), rapid.MapOfN(rapid.SampledFrom([]string{"k", "l"}), letters, 0, 2).Draw(t, "has"))
		before := p.For(u, tb)
		if !before.Known {
			t.Fatalf("all facts are known, and the tier is not: %+v", before)
		}
		forget(t, u, tb)
		after := p.For(u, tb)
		if after.Known && after.Tier != before.Tier {
			t.Fatalf("%s becomes %s", before.Tier, after.Tier)
		}
		for _, c := range after.Candidates {
			if c.Name == before.Tier {
				return
			}
		}
		if !after.Known {
			t.Fatalf("%s is not among %+v", before.Tier, after.Candidates)
		}
	})
}

func forget(t *rapid.T, u *estate.Unit, tb *estate.Table) {
	facts := []estate.AnyFact{&u.Region, &tb.Name, &tb.Tags}
	for i, f := range facts {
		if rapid.Bool().Draw(t, []string{"region", "name", "tags"}[i]) {
			f.Forget()
		}
	}
}

func TestCovers(t *testing.T) {
	tags := func(pairs ...string) Match {
		m := Match{Tags: map[string]string{}}
		for i := 0; i < len(pairs); i += 2 {
			m.Tags[pairs[i]] = pairs[i+1]
		}
		return m
	}
	for _, c := range []struct {
		a, b Match
		want bool
	}{
		{Match{}, Match{Tables: []string{"a"}}, true},
		{Match{Tables: []string{"a"}}, Match{}, false},
		{Match{Tables: []string{"*"}}, Match{}, true},
		{Match{Tables: []string{"a", "b"}}, Match{Tables: []string{"b"}, Regions: []string{"x"}}, true},
		{Match{Tables: []string{"a*"}}, Match{Tables: []string{"ab"}}, false}, // true, and not by its words: better silent than wrong
		{tags("k", "v"), tags("k", "v", "l", "w"), true},
		{tags("k", "v"), tags("l", "w"), false},
		{tags("k", "*"), tags("k", "v"), true},
		{tags("k", "*"), Match{}, false},
	} {
		if got := c.a.Covers(c.b); got != c.want {
			t.Errorf("%s covers %s: %t", c.a.Text(), c.b.Text(), got)
		}
	}
}

func BenchmarkFor10000Tables(b *testing.B) {
	p := &Policy{Tiers: named("gold", "silver"), Default: "silver"}
	for range 20 {
		p.Matches = append(p.Matches, Match{Tables: []string{"none-*"}, Regions: []string{"eu-*"}, Tags: map[string]string{"env": "prod*"}, Tier: "gold"})
	}
	u, tb := somewhere(), table("orders", map[string]string{"env": "production"})
	for b.Loop() {
		for range 10_000 {
			if a := p.For(u, tb); a.Tier != "silver" {
				b.Fatal(a)
			}
		}
	}
}
