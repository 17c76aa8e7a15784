package terraform

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// attachment is a resource that says more of tables or vaults that other resources declare.
type attachment struct {
	d      *declaration
	sure   bool // that it exists, and of what it speaks
	tables []tableRef
	vaults []int // of the declaration's unit
	table  func(*declaration, *estate.Table)
	vault  func(*declaration, *estate.Vault)
}

const ofWhat = "of which resource it speaks is not known"

// toTable notes an attachment to a table that an attribute names, by name or ARN. Where that is not known it may be of any of the unit.
func (a *assembly) toTable(d *declaration, attribute string, apply func(*declaration, *estate.Table)) {
	a.attachments = append(a.attachments, attachment{d: d, table: apply, sure: d.Maybe == "", tables: nil})
	at := &a.attachments[len(a.attachments)-1]
	target := d.said.name(attribute)
	text, ok := target.Get()
	if at.tables = a.tablesOf(d.b, text); len(at.tables) > 0 || ok && !resource.Symbolic(text) || target.IsAbsent() {
		return
	}
	at.sure, at.d = false, d.unsure(ofWhat)
	for i := range d.b.Unit.Tables.Items {
		at.tables = append(at.tables, tableRef{d.b, i})
	}
}

// tablesOf finds tables by an ARN, or by a name within a unit.
func (a *assembly) tablesOf(b *build.Builder, text string) []tableRef {
	if found := a.byARN[text]; len(found) > 0 {
		return found
	}
	name, isARN := tableName(text)
	var out []tableRef
	for _, i := range a.byName[nameIn{b, name}] {
		if !isARN || mayEqual(text, b.Unit.Tables.Items[i].ARN.Or("")) {
			out = append(out, tableRef{b, i})
		}
	}
	return out
}

// tableName is the name in a table's ARN; a text that is no ARN is a name.
func tableName(text string) (name string, isARN bool) {
	if !strings.HasPrefix(text, "arn:") {
		return text, false
	}
	_, name, _ = strings.Cut(text, ":table/")
	return name, true
}

// mayEqual compares the fields of ARNs, of which either may hold symbols.
func mayEqual(a, b string) bool {
	x, y := arnFields(a), arnFields(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] != y[i] && !resource.Symbolic(x[i]) && !resource.Symbolic(y[i]) {
			return false
		}
	}
	return true
}

// arnFields takes an ARN apart at its colons, but for those within symbols.
func arnFields(arn string) []string {
	var out []string
	start, inside := 0, false
	for i := range len(arn) {
		switch {
		case strings.HasPrefix(arn[i:], "${"):
			inside = true
		case arn[i] == '}':
			inside = false
		case arn[i] == ':' && !inside:
			out = append(out, arn[start:i])
			start = i + 1
		}
	}
	return append(out, arn[start:])
}

// toVault notes an attachment to the vault that backup_vault_name names.
func (a *assembly) toVault(d *declaration, apply func(*declaration, *estate.Vault)) {
	at := attachment{d: d, vault: apply, sure: d.Maybe == ""}
	target := d.said.name("backup_vault_name")
	text, ok := target.Get()
	all := d.b.Unit.Vaults.Items
	for i := range all {
		if ok && all[i].Name.Or("") == text {
			at.vaults = append(at.vaults, i)
		}
	}
	if len(at.vaults) == 0 && !target.IsAbsent() && (!ok || resource.Symbolic(text)) {
		at.sure, at.d = false, d.unsure(ofWhat)
		for i := range all {
			at.vaults = append(at.vaults, i)
		}
	}
	a.attachments = append(a.attachments, at)
}

// attach applies what is said of resources elsewhere: first what is not sure, so that what is has the last word.
func (a *assembly) attach() {
	slices.SortStableFunc(a.attachments, func(x, y attachment) int { return rank(x) - rank(y) })
	for _, at := range a.attachments {
		for _, i := range at.vaults {
			at.vault(at.d, &at.d.b.Unit.Vaults.Items[i])
		}
		for _, ref := range at.tables {
			at.table(at.d.in(ref.b), ref.table())
		}
	}
}

func rank(a attachment) int {
	if a.sure {
		return 1
	}
	return 0
}
