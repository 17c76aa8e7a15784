package protection

import (
	"testing"

	"github.com/restorable/restorable/internal/estate"
)

// bareUnit holds nothing: its lists were read whole.
func bareUnit(account, region string) *estate.Unit {
	whole := estate.KnownFact(true, 0)
	u := &estate.Unit{Account: estate.KnownFact(account, 0), Region: estate.KnownFact(region, 0), Now: estate.KnownFact(estate.Instant(1_795_000_000), 0)}
	u.Tables.Whole, u.Backups.Whole, u.Vaults.Whole = whole, whole, whole
	return u
}

func vaultOf(count estate.Fact[int64], whole bool, points int) estate.Vault {
	v := estate.Vault{ID: "v", Count: count}
	v.RecoveryPoints.Whole = estate.KnownFact(whole, 0)
	v.RecoveryPoints.Items = make([]estate.RecoveryPoint, points)
	return v
}

// An account holds nothing when every list of every unit of it that is at hand says so; units judged one by one know the same.
func TestBareAccounts(t *testing.T) {
	const mine, other = "111122223333", "444455556666"
	for _, test := range []struct {
		name   string
		change func(home, away, foreign *estate.Unit)
		want   bool
	}{
		{"nothing", func(_, _, _ *estate.Unit) {}, true},
		{"a table", func(home, _, _ *estate.Unit) { home.Tables.Items = []estate.Table{{ID: "orders"}} }, false},
		{"a table in another Region", func(_, away, _ *estate.Unit) { away.Tables.Items = []estate.Table{{ID: "orders"}} }, false},
		{"a table in another account", func(_, _, foreign *estate.Unit) { foreign.Tables.Items = []estate.Table{{ID: "orders"}} }, true},
		{"tables not listed", func(home, _, _ *estate.Unit) { home.Tables.Whole = estate.UnknownFact[bool](0) }, false},
		{"some tables listed", func(home, _, _ *estate.Unit) { home.Tables.Whole = estate.KnownFact(false, 0) }, false},
		{"a native backup in another Region", func(_, away, _ *estate.Unit) { away.Backups.Items = []estate.NativeBackup{{ID: "b"}} }, false},
		{"native backups not listed", func(home, _, _ *estate.Unit) { home.Backups.Whole = estate.UnknownFact[bool](0) }, false},
		{"vaults not listed", func(_, away, _ *estate.Unit) { away.Vaults.Whole = estate.UnknownFact[bool](0) }, false},
		{"an empty vault", func(home, _, _ *estate.Unit) {
			home.Vaults.Items = []estate.Vault{vaultOf(estate.UnknownFact[int64](0), true, 0)}
		}, true},
		{"a vault that counts none", func(home, _, _ *estate.Unit) {
			home.Vaults.Items = []estate.Vault{vaultOf(estate.KnownFact[int64](0, 0), false, 0)}
		}, true},
		{"a vault with other services' recovery points alone", func(home, _, _ *estate.Unit) {
			home.Vaults.Items = []estate.Vault{vaultOf(estate.KnownFact[int64](7, 0), true, 0)}
		}, true},
		{"a vault with a recovery point", func(_, away, _ *estate.Unit) {
			away.Vaults.Items = []estate.Vault{vaultOf(estate.KnownFact[int64](1, 0), true, 1)}
		}, false},
		{"a vault that was not looked into", func(home, _, _ *estate.Unit) {
			home.Vaults.Items = []estate.Vault{vaultOf(estate.UnknownFact[int64](0), false, 0)}
		}, false},
		{"an account that is not known", func(home, _, _ *estate.Unit) { home.Account = estate.UnknownFact[string](0) }, false},
		{"a unit of nobody knows which account", func(_, _, foreign *estate.Unit) { foreign.Account = estate.UnknownFact[string](0) }, false},
	} {
		home, away, foreign := bareUnit(mine, "eu-west-1"), bareUnit(mine, "us-east-1"), bareUnit(other, "eu-west-1")
		test.change(home, away, foreign)
		es := &estate.Estate{Units: []*estate.Unit{home, away, foreign}}
		if got := NewIndexes(es)[home].Bare(); got != test.want {
			t.Errorf("%s: got %t, want %t", test.name, got, test.want)
		}
		var briefs []Brief
		for _, u := range es.Units {
			brief, _ := Abridge(u)
			briefs = append(briefs, brief)
		}
		if got := NewNeighbours(briefs).Index(0, home, nil).Bare(); got != test.want {
			t.Errorf("%s, one by one: got %t, want %t", test.name, got, test.want)
		}
	}
	if alone := NewIndex(bareUnit(mine, "eu-west-1")); !alone.Bare() {
		t.Error("a unit alone holds something")
	}
}
