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

// ends of ARNs that templates declare.
const (
	symbolicTables = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/"
	symbolicOrders = symbolicTables + "${!a.yaml#Orders}"
	symbolicUsers  = symbolicTables + "${!a.yaml#Users}"
)

func TestSymbolsInTrails(t *testing.T) {
	for _, row := range []struct {
		name, arn, value string
		basic, advanced  tri // as a value of a basic selector, and as the beginning of an ARN in an advanced one
	}{
		{"itself", symbolicOrders, symbolicOrders, yes, yes},
		{"another declared table", symbolicOrders, symbolicUsers, no, maybe},
		{"all tables of where it is deployed", symbolicOrders, symbolicTables, yes, yes},
		{"all tables of a Region that may be the one", symbolicOrders, "arn:aws:dynamodb:eu-west-1:111122223333:table/", maybe, maybe},
		{"a parameter", symbolicOrders, "${a.yaml#Logged}", maybe, maybe},
		{"another name", symbolicTables + "orders", symbolicTables + "users", no, no},
		{"the beginning of its name", symbolicTables + "orders", symbolicTables + "ord", no, yes},
		{"another service", symbolicOrders, "arn:aws:s3:::bucket/", no, no},
	} {
		basic := &estate.EventSelector{Data: estate.KnownFact([]estate.DataResource{{Type: tableType, Values: []string{row.value}}}, 0)}
		if got := basicRecords(basic, estate.KnownFact(row.arn, 0)); got != row.basic {
			t.Errorf("%s: a basic selector: %v, want %v", row.name, got, row.basic)
		}
		if got := fieldMatches(&estate.SelectorField{Field: "resources.ARN", StartsWith: []string{row.value}}, row.arn); got != row.advanced {
			t.Errorf("%s: an advanced selector: %v, want %v", row.name, got, row.advanced)
		}
		if got := fieldMatches(&estate.SelectorField{Field: "resources.ARN", NotStartsWith: []string{row.value}}, row.arn); got != row.advanced.not() {
			t.Errorf("%s: left out: %v, want %v", row.name, got, row.advanced.not())
		}
	}
}

func TestSymbolsOfStreams(t *testing.T) {
	const stream = "${!a.yaml#Orders.StreamArn}"
	for _, row := range []struct {
		name, read string
		want       tri
	}{
		{"its own", stream, yes},
		{"another table's", "${!a.yaml#Users.StreamArn}", no},
		{"a parameter's", "${a.yaml#Stream}", maybe},
		{"one that is deployed, and may be its own", "arn:aws:dynamodb:eu-west-1:111122223333:table/x/stream/2026", maybe},
		{"one of a table of another service", "arn:aws:other:eu-west-1:111122223333:table/x/stream/2026", no},
	} {
		u := &estate.Unit{}
		u.StreamReaders.Whole = estate.KnownFact(true, 0)
		u.StreamReaders.Items = []estate.StreamReader{{ID: "f", Stream: estate.KnownFact(row.read, 0), Function: estate.KnownFact("f", 0), State: estate.KnownFact("Enabled", 0)}}
		table := &estate.Table{ID: "t", ARN: estate.KnownFact(symbolicOrders, 0), StreamEnabled: estate.KnownFact(true, 0), StreamARN: estate.KnownFact(stream, 0)}
		if got := triOf(NewOversight(u).Table(table).Read); got != row.want {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
}

func TestSymbolsInRestoreTesting(t *testing.T) {
	for _, row := range []struct {
		name, resource string
		want           tri
	}{
		{"itself", symbolicOrders, yes},
		{"another declared table", symbolicUsers, no},
		{"every table", "arn:aws:dynamodb:*:*:table/*", yes},
		{"a parameter", "${a.yaml#Tested}", maybe},
		{"a table that is deployed", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders", maybe},
	} {
		u := &estate.Unit{Now: estate.AbsentFact[estate.Instant](0), Partition: estate.KnownFact("aws", 0)}
		u.Tables.Items = []estate.Table{{ID: "a.yaml#Orders", ARN: estate.KnownFact(symbolicOrders, 0), Name: estate.KnownFact("${!a.yaml#Orders}", 0)}}
		plan := estate.RestoreTestingPlan{ID: "p", Selections: estate.List[estate.RestoreTestingSelection]{Whole: estate.KnownFact(true, 0),
			Items: []estate.RestoreTestingSelection{{ID: "s", ResourceType: estate.KnownFact("DynamoDB", 0), Resources: estate.KnownFact([]string{row.resource}, 0),
				StringEquals: estate.AbsentFact[[]estate.TagMatch](0), StringNotEquals: estate.AbsentFact[[]estate.TagMatch](0)}}}}
		u.RestoreTestingPlans = estate.List[estate.RestoreTestingPlan]{Items: []estate.RestoreTestingPlan{plan}, Whole: estate.KnownFact(true, 0)}
		if got := triOf(coverFirst(u).Testing().Selected); got != row.want {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
}

func TestReplicasThatTemplatesDeclare(t *testing.T) {
	table := func(region, recovery string) *estate.Unit {
		u := &estate.Unit{Now: estate.AbsentFact[estate.Instant](0), Region: estate.KnownFact(region, 0)}
		u.Tables.Items = []estate.Table{{ID: "a.yaml#T/" + region, ARN: estate.KnownFact("arn:aws:dynamodb:"+region+":${AWS::AccountId}:table/${!a.yaml#T}", 0),
			Name: estate.KnownFact("${!a.yaml#T}", 0), PITRStatus: estate.KnownFact(recovery, 0), Status: estate.KnownFact("ACTIVE", 0),
			KeyARN: estate.AbsentFact[string](0), KeyInaccessibleAt: estate.AbsentFact[estate.Instant](0), PITRPeriodDays: estate.KnownFact(int64(35), 0),
			Replicas: estate.KnownFact([]estate.Replica{{Region: "eu-west-1"}, {Region: "us-east-1"}}, 0)}}
		return u
	}
	here, there := table("eu-west-1", "DISABLED"), table("us-east-1", "ENABLED")
	indexes := NewIndexes(&estate.Estate{Units: []*estate.Unit{here, there}})
	if s := Cover(here, &here.Tables.Items[0], indexes[here]).Replicas(); s.Others.Or(0) != 1 || s.Sure.Or(0) != 1 {
		t.Errorf("got %+v", s)
	}
	if s := Cover(there, &there.Tables.Items[0], indexes[there]).Replicas(); s.Sure.Or(1) != 0 || s.Most.Or(0) != 1 { // backups of it may be there
		t.Errorf("got %+v", s)
	}
	here.Now, there.Now = estate.KnownFact(estate.Instant(0), 0), estate.KnownFact(estate.Instant(0), 0)
	indexes = NewIndexes(&estate.Estate{Units: []*estate.Unit{here, there}})
	if s := Cover(here, &here.Tables.Items[0], indexes[here]).Replicas(); s.Sure.Or(1) != 0 {
		t.Errorf("units of AWS whose account is not known were taken for one account's: %+v", s)
	}
}
