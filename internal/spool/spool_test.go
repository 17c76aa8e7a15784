package spool

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// unit has some tables, and a vault with points of the tables of the next Region.
func unit(i, tables int) *estate.Unit {
	u := &estate.Unit{}
	src := u.Record(estate.Provenance{Operation: "test:Made"})
	known := func(s string) estate.Fact[string] { return estate.KnownFact(s, src) }
	region := func(i int) string { return fmt.Sprintf("eu-west-%d", i) }
	u.Account, u.Region = known("111122223333"), known(region(i))
	v := estate.Vault{ID: "v", ARN: known("v"), Name: known("v")}
	for k := range tables {
		arn := func(i int) string { return fmt.Sprintf("arn:aws:dynamodb:%s:111122223333:table/t%d", region(i), k) }
		u.Tables.Items = append(u.Tables.Items, estate.Table{ID: arn(i), ARN: known(arn(i)), Name: known(fmt.Sprint("t", k)), CreatedAt: estate.KnownFact(estate.Instant(1), src)})
		v.RecoveryPoints.Items = append(v.RecoveryPoints.Items, estate.RecoveryPoint{ID: fmt.Sprint(i, "/", k), ResourceARN: known(arn(i + 1)), Status: known("COMPLETED"), CreatedAt: estate.KnownFact(estate.Instant(2), src),
			DeleteAt: estate.AbsentFact[estate.Instant](src), KeyARN: estate.AbsentFact[string](src)})
	}
	u.Vaults.Items = []estate.Vault{v}
	return u
}

// Units come back in the order of the estate, whatever the order in which they came and wherever they waited.
func TestUnitsComeBackInTheirOrder(t *testing.T) {
	for _, room := range []int{1, 100, 1_000_000} {
		t.Setenv("TMPDIR", t.TempDir())
		s := New(room)
		const n = 6
		want := &estate.Estate{Tool: "t", Units: make([]*estate.Unit, n)}
		for _, place := range []int{3, 0, 5, 1, 4, 2} {
			want.Units[place] = unit(place, 10*(place+1))
			if err := s.Put(place, unit(place, 10*(place+1))); err != nil {
				t.Fatal(err)
			}
		}
		if spooled := s.file != nil; spooled != (room < 1_000_000) {
			t.Errorf("room for %d: on disk is %v", room, spooled)
		}
		if left, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "*")); len(left) > 0 {
			t.Errorf("the file has a name, %v, which stays when the program is killed", left)
		}
		var whole, exported bytes.Buffer
		w := estate.NewWriter(&exported, "t", 0)
		i := 0
		err := s.Each(func(u *estate.Unit, x *protection.Index) error {
			if u.Region.Or("") != want.Units[i].Region.Or("") || len(u.Tables.Items) != len(want.Units[i].Tables.Items) {
				t.Errorf("room for %d: place %d is %s with %d tables", room, i, u.Region, len(u.Tables.Items))
			}
			c := protection.Cover(u, &u.Tables.Items[0], x)
			if got := c.CopiesIn(fmt.Sprintf("eu-west-%d", i-1), "").Arrived; got.Or(false) != (i > 0) {
				t.Errorf("room for %d: copies of unit %d in the Region before it: %v", room, i, got)
			}
			i++
			return w.Unit(u)
		})
		if err := errors.Join(err, w.Close(), estate.Write(&whole, want)); err != nil || i != n {
			t.Fatal(i, err)
		}
		if !bytes.Equal(whole.Bytes(), exported.Bytes()) {
			t.Errorf("room for %d: what comes back is not what was put away", room)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Exported, the units make the file that they make all at hand.
func TestExportIsTheWholeFile(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s, want := New(1), &estate.Estate{Tool: "t"}
	for i := range 4 {
		want.Units = append(want.Units, unit(i, 5))
		if err := s.Put(i, unit(i, 5)); err != nil {
			t.Fatal(err)
		}
	}
	var whole, got bytes.Buffer
	w := estate.NewWriter(&got, "t", 0)
	if err := errors.Join(s.Export(w), w.Close(), s.Close(), estate.Write(&whole, want)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(whole.Bytes(), got.Bytes()) {
		t.Errorf("exported %d bytes, want %d", got.Len(), whole.Len())
	}
}

// A folder that cannot be written is an error that names the way out, and one unit needs no folder.
func TestAFullFolderIsAnError(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "gone"))
	s := New(1)
	if err := s.Put(0, unit(0, 5)); err != nil {
		t.Fatalf("one unit alone: %v", err)
	}
	if err := s.Put(1, unit(1, 5)); err == nil {
		t.Error("no folder to write to is no error")
	}
}
