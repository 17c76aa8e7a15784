package drill_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets more drills run side by side than there are processors: they mostly wait for the simulated AWS.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f != nil && f.Value.String() == f.DefValue {
		_ = flag.Set("test.parallel", "8") // it takes any number
	}
	os.Exit(m.Run())
}
