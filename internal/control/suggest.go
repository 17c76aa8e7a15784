package control

import (
	"strings"

	"github.com/restorable/restorable/internal/suggest"
)

// didYouMean is a hint that names the nearest of the candidates, or the empty string when none is near.
func didYouMean(word string, candidates []string) string {
	if best := suggest.Nearest(word, candidates); best != "" {
		return "did you mean " + best + "?"
	}
	return ""
}

// oneOf lists the allowed values for a message.
func oneOf(values []string) string { return strings.Join(values, ", ") }
