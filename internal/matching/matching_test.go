package matching

import (
	"testing"

	"github.com/restorable/restorable/internal/estate"
)

func TestOneOf(t *testing.T) {
	known := func(s string) estate.Fact[string] { return estate.KnownFact(s, 0) }
	for _, c := range []struct {
		name     string
		patterns []string
		value    estate.Fact[string]
		want     Answer
	}{
		{"no pattern asks for nothing", nil, estate.UnknownFact[string](0), Yes},
		{"one of two", []string{"users", "ord*"}, known("orders"), Yes},
		{"none", []string{"users"}, known("orders"), No},
		{"not known", []string{"orders"}, estate.UnknownFact[string](0), Maybe},
		{"not there before it is deployed", []string{"orders"}, estate.AbsentFact[string](0), Maybe},
		{"filled in when it is deployed", []string{"orders"}, known("${Name}"), Maybe},
		{"everything takes the unknown too", []string{"*"}, estate.UnknownFact[string](0), Yes},
		{"a star does not cross a slash", []string{"a*"}, known("a/b"), No},
	} {
		if got := OneOf(c.patterns, c.value, Glob); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if OneOf([]string{"1*"}, known("12"), Equal) != No || OneOf([]string{"12"}, known("12"), Equal) != Yes {
		t.Error("an id is taken at its word")
	}
}

func TestTagged(t *testing.T) {
	known := func(kv map[string]string) estate.Fact[map[string]string] { return estate.KnownFact(kv, 0) }
	wanted := map[string]string{"stage": "prod*"}
	for _, c := range []struct {
		name string
		tags estate.Fact[map[string]string]
		want Answer
	}{
		{"like the glob", known(map[string]string{"stage": "production"}), Yes},
		{"another value", known(map[string]string{"stage": "test"}), No},
		{"no such key", known(map[string]string{"other": "production"}), No},
		{"no tags", estate.AbsentFact[map[string]string](0), No},
		{"not known", estate.UnknownFact[map[string]string](0), Maybe},
		{"filled in when it is deployed", known(map[string]string{"stage": "${Stage}"}), Maybe},
	} {
		if got := Tagged(wanted, c.tags); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if Tagged(nil, estate.UnknownFact[map[string]string](0)) != Yes {
		t.Error("no tag is asked for")
	}
}
