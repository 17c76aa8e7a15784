package cfn

import (
	"testing"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// readText reads one template into units.
func readText(t *testing.T, text string, o Options) []*estate.Unit {
	t.Helper()
	b := build.New()
	if err := Read(b, []File{{"t", []byte(text)}}, o); err != nil {
		t.Fatal(err)
	}
	return b.Units()
}

func TestSpellingsOfYAML(t *testing.T) {
	units := readText(t, "%YAML 1.1\r\n---\r\nResources:\r\n  T:\r\n    Type: AWS::DynamoDB::Table\r\n    Properties:\r\n      DeletionProtectionEnabled: yes\r\n"+
		"      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: Off}\r\n      Tags: [{Key: a, Value: b}, {Key: c, Value: !Select [0, !GetAZs '']}]\r\n...\r\n", Options{})
	table := units[0].Tables.Items[0]
	if !table.DeletionProtection.Or(false) || table.PITRStatus.Or("") != "DISABLED" {
		t.Errorf("deletion protection %v, recovery %v", table.DeletionProtection, table.PITRStatus)
	}
	if tags := table.Tags.Or(nil); tags["a"] != "b" || tags["c"] != "${?t:9:50}" {
		t.Errorf("tags %v: one that is not known is that of another", table.Tags)
	}
}

// A replica in a Region that only deployment tells is of a unit whose Region is not known.
func TestReplicasInRegionsThatAreNotKnown(t *testing.T) {
	units := readText(t, "Parameters: {Second: {Type: String}}\nResources:\n  T:\n    Type: AWS::DynamoDB::GlobalTable\n    Properties:\n      TableName: t\n"+
		"      Replicas: [{Region: eu-west-1}, {Region: !Ref Second, DeletionProtectionEnabled: true}]\n", Options{Parameters: map[string]string{"AWS::Region": "eu-west-1", "AWS::AccountId": "111122223333"}})
	if len(units) != 2 || units[0].Region.Or("") != "eu-west-1" || !units[1].Region.IsUnknown() {
		t.Fatalf("%d units, the first of %v", len(units), units[0].Region)
	}
	if second := units[1].Tables.Items; len(second) != 1 || !second[0].DeletionProtection.Or(false) || units[1].Account.Or("") != "111122223333" {
		t.Errorf("the second replica: %+v, account %v", second, units[1].Account)
	}
}
