package estatebridge_test

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/estatebridge"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/estate"
)

// forget turns facts unknown, each with the given chance, but those without which nothing can be loaded.
func forget(v reflect.Value, rng *rand.Rand, chance float64) {
	switch v.Kind() {
	case reflect.Pointer:
		forget(v.Elem(), rng, chance)
	case reflect.Slice:
		for i := range v.Len() {
			forget(v.Index(i), rng, chance)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue
			}
			f, isFact := v.Field(i).Addr().Interface().(estate.AnyFact)
			switch {
			case !isFact:
				forget(v.Field(i), rng, chance)
			case !slices.Contains(needed(), v.Type().Name()+"."+v.Type().Field(i).Name) && rng.Float64() < chance:
				f.Forget()
			}
		}
	}
}

func needed() []string {
	return []string{"Unit.Account", "Unit.Region", "Unit.Now", "Table.Name", "Vault.Name"}
}

// TestWhateverIsForgottenTheRestIsStable: an estate with holes loads, and what is written of it then comes back as it was written.
func TestWhateverIsForgottenTheRestIsStable(t *testing.T) {
	file := write(t, everything(t))
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		chance := rapid.Float64Range(0, 1).Draw(t, "chance")
		es, err := estate.Load(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range es.Units {
			forget(reflect.ValueOf(u), rng, chance)
		}
		first := again(t, es)
		settled, err := estate.Load(bytes.NewReader(first))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(first), string(again(t, settled))); diff != "" {
			t.Errorf("the second time it differs:\n%s", diff)
		}
	})
}

// again loads an estate and writes it.
func again(t *rapid.T, es *estate.Estate) []byte {
	now := es.Units[0].Now.Or(0).Time()
	as, err := awssim.Assemble(awssim.Options{World: world.Options{Start: now, Real: func() (machine time.Time) { return machine }, Seed: 3}})
	if err != nil {
		t.Fatal(err)
	}
	if err := estatebridge.Load(as, es); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := estatebridge.Write(as, &b, "test"); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
