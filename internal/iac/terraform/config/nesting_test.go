package config

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"pgregory.net/rapid"
)

// TestShallowTextsNestNoDeeper: a text that is let through without a look at its tokens would be let through with one.
func TestShallowTextsNestNoDeeper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.SampledFrom([]string{"(", "[", "{", "\"", "${", "%{if ", "}", "]", ")", "!", "-", "a.b", "[0]", "==", "=>", "<<E\n", "? 1 :", "&&", "a", "=", "\n", ",", "#\n", "$", "@", "~", "é", "%", "#"})
		src, times := "", rapid.IntRange(1, 600).Draw(t, "times")
		unit := rapid.SliceOfN(part, 1, 5).Draw(t, "unit")
		for range times {
			for _, p := range unit {
				src += p
			}
		}
		tokens, _ := hclsyntax.LexConfig([]byte(src), "a.tf", hcl.InitialPos)
		if err := checkNesting(tokens); err != nil && shallow([]byte(src)) {
			t.Fatalf("%.200q: %v", src, err)
		}
	})
}

// Within templates, every quote opens one.
func TestQuotesWithinTemplatesNest(t *testing.T) {
	src := []byte(strings.Repeat(`%{if ("`, 220))
	tokens, _ := hclsyntax.LexConfig(src, "a.tf", hcl.InitialPos)
	if checkNesting(tokens) == nil || shallow(src) {
		t.Errorf("deep: %v, shallow: %v", checkNesting(tokens), shallow(src))
	}
}
