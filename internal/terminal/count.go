package terminal

import (
	"fmt"
	"strings"
)

// Count writes a number with its noun: "1 table", "2 tables", "3 entries".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok && !strings.HasSuffix(stem, "a") { // policy, but day
		noun = stem + "ie"
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
