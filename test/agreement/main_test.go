// Package agreement lets two independent readings of AWS judge each other: the evaluator (internal/protection), which computes from facts,
// and the simulated AWS (internal/awssim), which finds out by running events. See docs/agreement.md.
package agreement

import (
	"flag"
	"os"
	"testing"
	_ "time/tzdata"
)

// TestMain makes runs repeatable and short unless the command line says otherwise: -rapid.checks and -rapid.seed of the caller count.
func TestMain(m *testing.M) {
	flag.Parse()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for name, value := range map[string]string{"rapid.checks": "25", "rapid.seed": "20181115", "rapid.nofailfile": "true", "rapid.shrinktime": "20s"} {
		if given[name] {
			continue
		}
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
