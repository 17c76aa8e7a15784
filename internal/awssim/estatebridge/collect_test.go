package estatebridge_test

import (
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/demo"
	"github.com/restorable/restorable/internal/estate"
)

// collected is what a scan sees of the simulated AWS, over HTTP, in both Regions of the demo.
func collected(t *testing.T, server *awssim.Server) *estate.Estate {
	t.Helper()
	h := httptest.NewServer(server)
	t.Cleanup(h.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", demo.Account)
	t.Setenv("AWS_SECRET_ACCESS_KEY", "any")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
	s, err := awsapi.Open(t.Context(), awsapi.Options{EndpointURL: h.URL, Rates: awsapi.RatesOff, Regions: []string{demo.Home, demo.Branch}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	es, err := collect.Collect(t.Context(), s, collect.Options{Full: true})
	if err != nil {
		t.Fatal(err)
	}
	return es
}

// valuesOf turns every fact into its state and value: where it comes from does not matter.
func valuesOf() cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool {
		_, isFact := reflect.New(p.Last().Type()).Interface().(estate.AnyFact)
		return isFact
	}, cmp.Transformer("fact", func(v any) any {
		f := reflect.New(reflect.TypeOf(v))
		f.Elem().Set(reflect.ValueOf(v))
		fact := f.Interface().(estate.AnyFact)
		return struct {
			State estate.State
			Value any
		}{fact.Ref().State(), fact.Any()}
	}))
}

// alike compares units but for where the facts come from. The listing of recovery points does not tell the storage class.
func alike(t *testing.T, want, got *estate.Estate) {
	t.Helper()
	if len(got.Units) != len(want.Units) {
		t.Fatalf("%d units, want %d", len(got.Units), len(want.Units))
	}
	for i := range want.Units {
		for _, u := range []*estate.Unit{want.Units[i], got.Units[i]} {
			u.Provenance = nil
			for j := range u.Vaults.Items {
				for k := range u.Vaults.Items[j].RecoveryPoints.Items {
					u.Vaults.Items[j].RecoveryPoints.Items[k].StorageClass = estate.Fact[string]{}
				}
			}
		}
		if diff := cmp.Diff(want.Units[i], got.Units[i], valuesOf()); diff != "" {
			t.Errorf("unit %d (-want +got):\n%s", i, diff)
		}
	}
}

func TestAScanOfTheLoadedEstateSeesTheEstate(t *testing.T) {
	file := write(t, still(t, demo.Start(), demo.Load))
	alike(t, parse(t, file), collected(t, reload(t, file)))
}

func TestAnEstateThatWasCollectedIsWhatIsCollectedAgain(t *testing.T) {
	first := collected(t, still(t, demo.Start(), demo.Load))
	alike(t, first, collected(t, reload(t, encode(t, first))))
}
