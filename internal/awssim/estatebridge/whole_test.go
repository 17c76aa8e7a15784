package estatebridge_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/restorable/restorable/internal/estate"
)

// knownFacts collects which facts of which records have a value, as "Table.PITRStatus", and which there are at all.
type knownFacts struct{ known, all map[string]bool }

func (k knownFacts) walk(v reflect.Value, record string) {
	switch v.Kind() {
	case reflect.Pointer:
		k.walk(v.Elem(), record)
	case reflect.Slice:
		for i := range v.Len() {
			k.walk(v.Index(i), record)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			field := v.Field(i)
			if !field.CanAddr() || !v.Type().Field(i).IsExported() {
				continue
			}
			if f, ok := field.Addr().Interface().(estate.AnyFact); ok {
				k.all[name] = true
				k.known[name] = k.known[name] || f.Ref().State() == estate.Known
				continue
			}
			k.walk(field, name)
		}
	}
}

// without: members that have no value in the account of these tests.
func without() []string {
	return []string{
		"Table.ArchivedAt", "Table.ArchivalReason", "Table.ArchivalBackup", // a key must be lost for a week
		"RecoveryPoint.Message", "CopyJob.Message", "RestoreJob.Message", // nothing goes wrong with them
		"RestoreJob.ValidationMessage", // nobody validates
		"Rule.AirGappedVault", "IAMRole.LastUsed",
		"List[github.com/restorable/restorable/internal/estate.Drill].Whole", // drills are of a machine
		"Trail.DeliveryError", "ReportPlan.LastAttempt", "ReportPlan.LastSuccess", "Unit.EffectivePlans", // nothing is delivered, no organisation is at hand
		"NativeBackup.TableCreatedAt", "NativeBackup.ItemCount", "NativeBackup.KeyARN", // read for one table at a time, never for a whole account
	}
}

func TestTheAccountOfTheseTestsHasEveryMember(t *testing.T) {
	k := knownFacts{map[string]bool{}, map[string]bool{}}
	k.walk(reflect.ValueOf(parse(t, write(t, everything(t)))), "")
	if len(k.all) < 150 {
		t.Fatalf("only %d members found", len(k.all))
	}
	for name := range k.all {
		if except := slices.Contains(without(), name); k.known[name] == except {
			t.Errorf("%s has a value: %v, want %v", name, k.known[name], !except)
		}
	}
}
