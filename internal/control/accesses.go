package control

import (
	"reflect"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/restorable/restorable/internal/access"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
	"github.com/restorable/restorable/internal/protection"
)

// What expressions see of identities and policies, by the name of the variable.
const (
	accessName      = "access"      // of accounts
	exposureName    = "exposure"    // of tables and vaults
	confinementName = "confinement" // of tables
	denialName      = "denial"      // of vaults
	rolesName       = "roles"       // of plans
)

func accessRecords() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[access.Account](), reflect.TypeFor[access.Exposure](), reflect.TypeFor[access.Confinement](),
		reflect.TypeFor[access.Denial](), reflect.TypeFor[access.Roles]()}
}

func (l *language) accessVariables(t Type) map[string]*cel.Type {
	object := func(name string) *cel.Type { return l.types.byName[name].cel }
	switch t {
	case TypeAccount:
		return map[string]*cel.Type{accessName: object("access.Account")}
	case TypeTable:
		return map[string]*cel.Type{exposureName: object("access.Exposure"), confinementName: object("access.Confinement")}
	case TypeVault:
		return map[string]*cel.Type{exposureName: object("access.Exposure"), denialName: object("access.Denial")}
	case TypePlan:
		return map[string]*cel.Type{rolesName: object("access.Roles")}
	}
	return nil
}

// accesses are what identities and policies come to: of a unit once, of a resource when a control asks.
type accesses struct {
	account    *access.Account
	identities *access.Identities
	workers    *access.Workers
}

// access is the record of that name for a resource; nil when there is none of that name.
func (c *covers) access(name string, s *subject) any {
	switch name {
	case accessName:
		if c.account == nil {
			c.account = access.OfAccount(c.unit)
			c.account.Bare = bare(c.unit, c.ensureIndex())
		}
		return c.account
	case confinementName:
		if c.identities == nil {
			c.identities = access.IdentitiesOf(c.unit)
		}
		return c.identities.Of(c.unit, s.table)
	case exposureName:
		if s.table != nil {
			return access.OfTable(c.unit, s.table)
		}
		return access.OfVault(c.unit, s.pointers["vault"].(*estate.Vault))
	case denialName:
		return access.DenialOf(c.unit, s.pointers["vault"].(*estate.Vault))
	case rolesName:
		if c.workers == nil {
			c.workers = access.WorkersOf(c.unit)
		}
		return c.workers.Of(s.pointers["plan"].(*estate.Plan))
	}
	return nil
}

// bare: where something is there, or may be, that alone is the answer's basis.
func bare(u *estate.Unit, x *protection.Index) protection.Answer[bool] {
	out := protection.Answer[bool]{Fact: estate.KnownFact(x.Bare(), 0)}
	if x.Bare() {
		out.Basis = []estate.Reading{estate.Read("unit.tables", "", u.Tables.Whole), estate.Read("unit.vaults", "", u.Vaults.Whole), estate.Read("unit.backups", "", u.Backups.Whole)}
	}
	return out
}

// outside(["role/*"]) leaves out what a pattern covers: of principals ("user/alice"), accounts, organisations. * and ? are wildcards.
func outside(list, patterns ref.Val) ref.Val {
	var left []string
	for each := list.(traits.Lister).Iterator(); each.HasNext() == types.True; {
		text, ok := each.Next().(types.String)
		if !ok {
			return types.NewErr("outside: an element is no text")
		}
		if !covered(string(text), patterns.(traits.Lister)) {
			left = append(left, string(text))
		}
	}
	return types.DefaultTypeAdapter.NativeToValue(left)
}

func covered(text string, patterns traits.Lister) bool {
	for each := patterns.Iterator(); each.HasNext() == types.True; {
		pattern, ok := each.Next().(types.String)
		if ok && likened(string(pattern), text) {
			return true
		}
	}
	return false
}

// likened compares ARNs with ARNs as a whole, and otherwise without what all principals of an account share.
func likened(pattern, text string) bool {
	if strings.HasPrefix(pattern, "arn:") != strings.HasPrefix(text, "arn:") {
		pattern, text = access.Label(pattern), access.Label(text)
	}
	return iampolicy.Like(pattern, text)
}
