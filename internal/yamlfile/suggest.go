package yamlfile

import (
	"strings"

	"github.com/restorable/restorable/internal/suggest"
)

// DidYouMean is a hint that names the nearest of the candidates, or the empty string when none is near.
func DidYouMean(word string, candidates []string) string {
	if best := suggest.Nearest(word, candidates); best != "" {
		return "did you mean " + best + "?"
	}
	return ""
}

// OneOf lists the allowed values for a message.
func OneOf(values []string) string { return strings.Join(values, ", ") }
