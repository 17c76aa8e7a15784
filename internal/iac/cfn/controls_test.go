package cfn

import (
	"strings"
	"sync"
	"testing"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// controls is the built-in catalogue, read once: it may be shared.
var controls = sync.OnceValues(control.Load)

func catalogue(t *testing.T) *control.Catalogue {
	t.Helper()
	c, err := controls()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// judged is the finding of a control on the table with an address.
func judged(t *testing.T, c *control.Catalogue, u *estate.Unit, id, address string) control.Finding {
	t.Helper()
	chosen, err := c.Select(control.Selection{Controls: []string{id}})
	if err != nil {
		t.Fatal(err)
	}
	for f := range c.Evaluate(u, control.Options{Controls: chosen}).Findings() {
		if f.Resource.ID == address {
			return f
		}
	}
	t.Fatalf("no finding of %s on %s", id, address)
	return control.Finding{}
}

// unit reads templates, named a.yaml, b.yaml, … , of a Region that is opted in.
func unit(t *testing.T, o Options, texts ...string) *estate.Unit {
	t.Helper()
	b := build.New()
	var files []File
	for i, text := range texts {
		files = append(files, File{string(rune('a'+i)) + ".yaml", []byte(text)})
	}
	if err := Read(b, files, o); err != nil {
		t.Fatal(err)
	}
	b.Unit.Settings.OptIn = build.Known(b, map[string]bool{"DynamoDB": true}, build.Pos{})
	return b.Unit
}

const tables = `Parameters:
  Recoverable: {Type: String}
  Class: {Type: String, Default: gold}
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: orders
      Tags: [{Key: backup, Value: !Ref Class}]
  Users:
    Type: AWS::DynamoDB::Table
    Properties:
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: true
  Carts:
    Type: AWS::DynamoDB::Table
    Properties:
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: !Ref Recoverable
Outputs:
  Users: {Value: !GetAtt Users.Arn, Export: {Name: users-arn}}
`

func TestPointInTimeRecoveryOfTemplates(t *testing.T) {
	c := catalogue(t)
	u := unit(t, Options{}, tables)
	given := unit(t, Options{Parameters: map[string]string{"Recoverable": "false"}}, tables)
	for _, row := range []struct {
		unit    *estate.Unit
		table   string
		verdict control.Verdict
		line    int // of the attribute, or of the block that lacks it
	}{
		{u, "a.yaml#Orders", control.Fail, 5},
		{u, "a.yaml#Users", control.Pass, 14},
		{u, "a.yaml#Carts", control.Unknown, 19},
		{given, "a.yaml#Carts", control.Fail, 19},
	} {
		f := judged(t, c, row.unit, "point-in-time-recovery", row.table)
		if f.Verdict != row.verdict {
			t.Errorf("%s: %s, want %s: %s", row.table, f.Verdict, row.verdict, f.Reason)
		}
		found := false
		for _, e := range f.Evidence {
			found = found || e.Fact == "table.pitr_status" && e.Location != nil && e.Location.File == "a.yaml" && e.Location.Line == row.line
		}
		if !found {
			t.Errorf("%s: no evidence of line %d: %+v", row.table, row.line, f.Evidence)
		}
	}
}

// planOf is a template with a plan and a selection with the given lines.
func planOf(selection string) string {
	return `Conditions:
  Never: !Equals [a, b]
  Perhaps: !Equals [!Ref AWS::AccountId, "111122223333"]
Parameters:
  Other: {Type: String}
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: main}
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: daily
        BackupPlanRule:
          - RuleName: nightly
            TargetBackupVault: !Ref Vault
            ScheduleExpression: cron(0 5 ? * * *)
            Lifecycle: {DeleteAfterDays: 35}
  Selection:
    Type: AWS::Backup::BackupSelection
` + selection
}

const inPlan = "    Properties:\n      BackupPlanId: !Ref Plan\n      BackupSelection:\n        SelectionName: s\n        IamRoleArn: role\n"

func TestPlansOfTemplatesSelect(t *testing.T) {
	c := catalogue(t)
	const orders, users = "a.yaml#Orders", "a.yaml#Users"
	for _, row := range []struct {
		name, selection, table string
		want                   control.Verdict
	}{
		{"by tag, in another template", inPlan + "        ListOfTags: [{ConditionType: STRINGEQUALS, ConditionKey: backup, ConditionValue: gold}]\n", orders, control.Pass},
		{"by a tag that the table lacks: other plans may select it", inPlan + "        ListOfTags: [{ConditionType: STRINGEQUALS, ConditionKey: backup, ConditionValue: lead}]\n", orders, control.Unknown},
		{"by an exported ARN", inPlan + "        Resources: [!ImportValue users-arn]\n", users, control.Pass},
		{"by the ARN of another table", inPlan + "        Resources: [!ImportValue users-arn]\n", orders, control.Unknown},
		{"by a pattern", inPlan + "        Resources: ['arn:aws:dynamodb:*:*:table/ord*']\n", orders, control.Pass},
		{"by a pattern with pseudo parameters", inPlan + "        Resources: [!Sub 'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/ord*']\n", orders, control.Pass},
		{"by everything", inPlan + "        Resources: ['*']\n", users, control.Pass},
		{"excluded", inPlan + "        Resources: ['*']\n        NotResources: [!ImportValue users-arn]\n", users, control.Unknown},
		{"another is excluded", inPlan + "        Resources: ['*']\n        NotResources: [!ImportValue users-arn]\n", orders, control.Pass},
		{"by what nobody knows", inPlan + "        Resources: [!Ref Other]\n", orders, control.Unknown},
		{"under a condition that does not hold", "    Condition: Never\n" + inPlan + "        Resources: ['*']\n", orders, control.Unknown},
		{"under a condition that may hold", "    Condition: Perhaps\n" + inPlan + "        Resources: ['*']\n", orders, control.Unknown},
		{"of a plan elsewhere", "    Properties:\n      BackupPlanId: !Ref Other\n      BackupSelection: {SelectionName: s, IamRoleArn: r, Resources: ['*']}\n", orders, control.Pass},
	} {
		u := unit(t, Options{}, tables, planOf(row.selection))
		if f := judged(t, c, u, "backup-plan-membership", row.table); f.Verdict != row.want {
			t.Errorf("%s: %s, want %s: %s", row.name, f.Verdict, row.want, f.Reason)
		}
		// With the word that no plan is elsewhere, what is known not to select fails.
		whole := wholeUnit(u)
		want := row.want
		switch row.name {
		case "by a tag that the table lacks: other plans may select it", "by the ARN of another table", "excluded", "under a condition that does not hold":
			want = control.Fail
		}
		if f := judged(t, c, whole, "backup-plan-membership", row.table); f.Verdict != want {
			t.Errorf("%s, with no plans elsewhere: %s, want %s: %s", row.name, f.Verdict, want, f.Reason)
		}
	}
}

// wholeUnit says that there are no plans and selections but those that templates declare.
func wholeUnit(u *estate.Unit) *estate.Unit {
	u.Plans.Whole = estate.KnownFact(true, 0)
	for i := range u.Plans.Items {
		u.Plans.Items[i].Selections.Whole = estate.KnownFact(true, 0)
	}
	return u
}

func TestSelectionInOneTemplate(t *testing.T) {
	c := catalogue(t)
	text := tables[:len(tables)-len("Outputs:\n  Users: {Value: !GetAtt Users.Arn, Export: {Name: users-arn}}\n")] + `  Plan:
    Type: AWS::Backup::BackupPlan
    Properties: {BackupPlan: {BackupPlanName: p, BackupPlanRule: []}}
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !GetAtt Plan.BackupPlanId
      BackupSelection: {SelectionName: s, IamRoleArn: r, Resources: [!GetAtt Users.Arn]}
`
	for _, o := range []Options{{}, {Parameters: map[string]string{"AWS::Region": "eu-west-1", "AWS::AccountId": "111122223333"}}} {
		u := wholeUnit(unit(t, o, text))
		for table, want := range map[string]control.Verdict{"a.yaml#Orders": control.Fail, "a.yaml#Users": control.Pass, "a.yaml#Carts": control.Fail} {
			if f := judged(t, c, u, "backup-plan-membership", table); f.Verdict != want {
				t.Errorf("%s: %s, want %s: %s", table, f.Verdict, want, f.Reason)
			}
		}
	}
}

// Without the Region's opt-in, which no template declares, a selection by tag is not known to select.
func TestTheOptInIsNotInATemplate(t *testing.T) {
	u := unit(t, Options{}, tables, planOf(inPlan+"        ListOfTags: [{ConditionKey: backup, ConditionValue: gold}]\n"))
	u.Settings.OptIn.Forget()
	if f := judged(t, catalogue(t), u, "backup-plan-membership", "a.yaml#Orders"); f.Verdict != control.Unknown {
		t.Errorf("%s: %s", f.Verdict, f.Reason)
	}
}

// What one declaration is called, no other one is; and a name that begins otherwise is no restore test's, whatever its parameters are.
func TestNamesTellDeclaredTablesApart(t *testing.T) {
	const template = `
Parameters: {Stage: {Type: String}}
Resources:
  Orders: {Type: "AWS::DynamoDB::Table", Properties: {TableName: !Sub "orders-${Stage}"}}
  Users: {Type: "AWS::DynamoDB::Table", Properties: {TableName: users}}
  Other: {Type: "AWS::DynamoDB::Table"}
  Odd: {Type: "AWS::DynamoDB::Table", Properties: {TableName: !Ref Stage}}
  Plan: {Type: "AWS::Backup::BackupPlan", Properties: {BackupPlan: {BackupPlanName: p, BackupPlanRule: [{RuleName: r, TargetBackupVault: v}]}}}
  Some:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection: {SelectionName: s, IamRoleArn: r, Resources: [!GetAtt Orders.Arn, !GetAtt Users.Arn, !GetAtt Odd.Arn]}
`
	c := catalogue(t)
	u := unit(t, Options{}, template)
	u.Plans.Whole = estate.KnownFact(true, 0)
	for i := range u.Plans.Items {
		u.Plans.Items[i].Selections.Whole = estate.KnownFact(true, 0)
	}
	for address, want := range map[string]control.Verdict{
		"a.yaml#Orders": control.Pass, "a.yaml#Users": control.Pass, "a.yaml#Other": control.Fail,
		"a.yaml#Odd": control.Unknown, // its name may be a restore test's
	} {
		if f := judged(t, c, u, "backup-plan-membership", address); f.Verdict != want {
			t.Errorf("%s: %s: %s", address, f.Verdict, f.Reason)
		}
	}
	placed := unit(t, Options{Parameters: map[string]string{"AWS::Region": "eu-west-1", "AWS::AccountId": "111122223333"}}, template)
	if f := judged(t, c, placed, "backup-plan-membership", "a.yaml#Odd"); !strings.Contains(f.Reason, "what only deployment puts into table.arn") {
		t.Errorf("%s", f.Reason)
	}
	if f := judged(t, c, u, "backup-plan-membership", "a.yaml#Other"); !strings.Contains(f.Reason, "in a Region that is not known selects") {
		t.Errorf("%s", f.Reason)
	}
}
