package estatebridge_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/estatebridge"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/estate"
)

// FuzzLoad: any file that is an estate either loads or gives an error; what was loaded can be written and read, and its clock can run.
func FuzzLoad(f *testing.F) {
	small, err := os.ReadFile("testdata/small.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(small)
	f.Fuzz(func(t *testing.T, file []byte) {
		es, err := estate.Load(bytes.NewReader(file))
		if err != nil {
			return
		}
		machine := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		as, err := awssim.Assemble(awssim.Options{World: world.Options{Start: machine, Real: func() time.Time { return machine }}})
		if err != nil {
			t.Fatal(err)
		}
		if estatebridge.Load(as, es) != nil {
			return
		}
		as.World.Advance(36 * time.Hour)
		var b bytes.Buffer
		if err := estatebridge.Write(as, &b, "test"); err != nil {
			t.Fatal(err)
		}
		if _, err := estate.Load(&b); err != nil {
			t.Fatal(err)
		}
	})
}
