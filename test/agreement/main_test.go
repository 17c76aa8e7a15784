// Package agreement lets two independent readings of AWS judge each other: the evaluator (internal/protection), which computes from facts,
// and the simulated AWS (internal/awssim), which finds out by running events. See docs/agreement.md.
package agreement

import (
	"flag"
	"os"
	"strconv"
	"testing"
	_ "time/tzdata"
)

// TestMain makes runs repeatable and short unless the command line says otherwise: -rapid.checks and -rapid.seed of the caller count.
func TestMain(m *testing.M) {
	flag.Parse()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	checks := "80"
	if testing.Short() { // of which rapid makes a fifth
		checks = strconv.Itoa(5 * few)
	}
	for name, value := range map[string]string{"rapid.checks": checks, "rapid.seed": "20181115", "rapid.nofailfile": "true", "rapid.shrinktime": "20s"} {
		if given[name] {
			continue
		}
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// few is how many checks it takes at least for each side of a claim to come up.
const few = 25

// twoSided reports whether a run was long enough to expect that each side of a claim came up: what never did was never tested.
func twoSided() bool {
	n, err := strconv.Atoi(flag.Lookup("rapid.checks").Value.String())
	if testing.Short() {
		n /= 5
	}
	return err == nil && n >= few
}
