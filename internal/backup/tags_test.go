package backup

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTagsThatAreNotAsAsked are named; those of the table, which AWS Backup copies, are nobody's business.
func TestTagsThatAreNotAsAsked(t *testing.T) {
	asked := map[string]string{"Purpose": "audit", "Team": "shop", "Until": ""}
	got := otherTags(asked, map[string]string{"Purpose": "audit", "Team": "Shop", "table": "orders"})
	want := []string{"its tag Team is Shop, and not shop as was asked", "its tag Until is missing, and was asked to be "}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := otherTags(asked, asked); got != nil {
		t.Error(got)
	}
}
