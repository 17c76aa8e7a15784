package needs

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/control"
)

func catalogue(t testing.TB) *control.Catalogue {
	t.Helper()
	c, err := control.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What is known of the controls' needs is what their examples show.
func TestNeedsAreMeasured(t *testing.T) {
	got, err := Measure(catalogue(t))
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE_NEEDS") != "" {
		write(t, got)
		return
	}
	want := map[string][]awsapi.Group{}
	if err := json.Unmarshal(measured, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("UPDATE_NEEDS=1 go test ./internal/needs writes needs.json anew (-known +measured):\n%s", diff)
	}
}

// write puts one control on a line.
func write(t *testing.T, needs map[string][]awsapi.Group) {
	t.Helper()
	var b bytes.Buffer
	ids := make([]string, 0, len(needs))
	for id := range needs {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	b.WriteString("{")
	for i, id := range ids {
		list, err := json.Marshal(slices.Concat([]awsapi.Group{}, needs[id]))
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n  \"" + id + "\": " + string(list))
	}
	b.WriteString("\n}\n")
	if err := os.WriteFile("needs.json", b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
