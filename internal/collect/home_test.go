package collect

import (
	"testing"

	"github.com/restorable/restorable/internal/awsapi"
)

func TestEachAccountHasOneHome(t *testing.T) {
	seen := homes{}
	for i, row := range []struct {
		account string
		want    bool
	}{{"1", true}, {"1", false}, {"2", true}, {"1", false}, {"", true}, {"", true}} {
		who := identity{Identity: awsapi.Identity{Account: row.account, Partition: "aws"}}
		if got := seen.first(who); got != row.want {
			t.Errorf("unit %d of account %q: home %v", i, row.account, got)
		}
	}
}
