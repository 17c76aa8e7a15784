package protection

import (
	"testing"

	"github.com/restorable/restorable/internal/estate"
)

func TestSymbolsOfDeclaredTables(t *testing.T) {
	const (
		arn     = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/"
		orders  = arn + "${!a.yaml#Orders}"
		users   = arn + "${!a.yaml#Users}"
		named   = arn + "orders"
		live    = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
		literal = "arn:aws:dynamodb:eu-west-1:111122223333:table/"
	)
	for _, row := range []struct {
		id, arn, name, pattern string
		want                   tri
	}{
		{"a#Orders", orders, "${!a.yaml#Orders}", orders, yes},
		{"a#Orders", orders, "${!a.yaml#Orders}", users, no},
		{"a#Orders", orders, "${!a.yaml#Orders}", arn + "*", yes},
		{"a#Orders", orders, "${!a.yaml#Orders}", arn + "*Orders*", maybe}, // the symbol's own text says nothing of the name
		{"a#Orders", orders, "${!a.yaml#Orders}", "${a.yaml#Parameter}", maybe},
		{"a#Orders", named, "orders", arn + "ord*", yes},
		{"a#Orders", named, "orders", arn + "use*", no},
		{"a#Orders", named, "orders", users, no},
		{"a#Orders", named, "orders", literal + "orders", maybe}, // of that account and Region, perhaps
		{"a#Orders", live, "orders", literal + "${!a.yaml#Users}", no},
		{live, live, "orders", literal + "${!a.yaml#Users}", maybe}, // deployed: it may be that table
	} {
		u := &estate.Unit{Partition: estate.KnownFact("aws", 0)}
		table := &estate.Table{ID: row.id, ARN: estate.KnownFact(row.arn, 0), Name: estate.KnownFact(row.name, 0)}
		x := newSubject(u, table)
		set := newPatternSet(estate.KnownFact([]string{row.pattern}, 0), nil)
		if got, _ := set.match(&x); got != row.want {
			t.Errorf("%s by %s: %v, want %v", row.arn, row.pattern, got, row.want)
		}
	}
}

func TestColonsWithinSymbolsPartNoFields(t *testing.T) {
	const arn = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${!a.yaml#Orders}"
	for n, want := range []string{"arn", "aws", "dynamodb", "${AWS::Region}", "${AWS::AccountId}", "table/${!a.yaml#Orders}"} {
		if got := arnField(arn, n); got != want {
			t.Errorf("field %d: %q, want %q", n, got, want)
		}
	}
	if scopeOf(arn) != tables || tableName(arn) != "${!a.yaml#Orders}" {
		t.Errorf("scope %v, name %q", scopeOf(arn), tableName(arn))
	}
}
