package estatebridge

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/estate"
)

// scopes says where each unit lies, or which unit cannot be loaded and why.
func scopes(es *estate.Estate) ([]world.Scope, error) {
	var out []world.Scope
	seen := map[world.Scope]bool{}
	for i, u := range es.Units {
		sc, err := scopeOf(u)
		if err != nil {
			return nil, fmt.Errorf("load unit %d of the estate: %w", i, err)
		}
		if seen[sc] {
			return nil, fmt.Errorf("load unit %d of the estate: account %s in %s was there before: give each account and Region once", i, sc.Account, sc.Region)
		}
		seen[sc] = true
		if err := names(u); err != nil {
			return nil, fmt.Errorf("load account %s in %s: %w", sc.Account, sc.Region, err)
		}
		out = append(out, sc)
	}
	return out, nil
}

func scopeOf(u *estate.Unit) (world.Scope, error) {
	sc := world.Scope{Partition: u.Partition.Or("aws"), Account: u.Account.Or(""), Region: u.Region.Or("")}
	switch {
	case sc.Account == "" && sc.Region == "":
		return sc, fmt.Errorf("it has neither account nor Region: a template is no running account; deploy it and collect")
	case sc.Account == "":
		return sc, fmt.Errorf("its account is not known")
	case sc.Region == "":
		return sc, fmt.Errorf("its Region is not known")
	case !only(sc.Partition, lower+"-"):
		return sc, fmt.Errorf("%q is no partition", sc.Partition)
	case len(sc.Account) != 12 || !only(sc.Account, digits):
		return sc, fmt.Errorf("%q is no account: want 12 digits", sc.Account)
	case !only(sc.Region, lower+digits+"-"):
		return sc, fmt.Errorf("%q is no Region", sc.Region)
	}
	return sc, nil
}

const (
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits = "0123456789"
)

// only reports whether a text consists of the given characters: names become parts of ARNs, where others would have a meaning.
func only(text, allowed string) bool { return strings.Trim(text, allowed) == "" }

// names refuses what could not exist side by side.
func names(u *estate.Unit) error {
	tables := map[string]bool{}
	for i := range u.Tables.Items {
		t := &u.Tables.Items[i]
		name, ok := t.Name.Get()
		if !ok {
			return fmt.Errorf("table %s has no known name", t.ID)
		}
		if !only(name, lower+upper+digits+"_.-") {
			return fmt.Errorf("table %s: %q is no name of a table", t.ID, name)
		}
		if tables[name] {
			return fmt.Errorf("there are two tables %s: an account has one of a name in a Region", name)
		}
		tables[name] = true
	}
	vaults := map[string]bool{}
	for i := range u.Vaults.Items {
		v := &u.Vaults.Items[i]
		name, ok := v.Name.Get()
		if !ok {
			return fmt.Errorf("vault %s has no known name", v.ID)
		}
		if !only(name, lower+upper+digits+"_-") {
			return fmt.Errorf("vault %s: %q is no name of a vault", v.ID, name)
		}
		if vaults[name] {
			return fmt.Errorf("there are two vaults %s: an account has one of a name in a Region", name)
		}
		vaults[name] = true
	}
	return nil
}
