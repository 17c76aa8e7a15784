package cfn

import (
	"fmt"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/iac/build"
)

// template has ten tables with what tables have, and a plan that selects by pattern.
func template(n int) string {
	var s strings.Builder
	fmt.Fprintf(&s, "Parameters: {Stage: {Type: String, Default: prod}}\nConditions: {Production: !Equals [!Ref Stage, prod]}\nResources:\n")
	for i := range 10 {
		fmt.Fprintf(&s, `  Table%d:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      TableName: !Sub "${Stage}-%d-%d"
      AttributeDefinitions:
        - {AttributeName: pk, AttributeType: S}
        - {AttributeName: sk, AttributeType: "N"}
      KeySchema:
        - AttributeName: pk
          KeyType: HASH
        - AttributeName: sk
          KeyType: RANGE
      BillingMode: PAY_PER_REQUEST
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: !If [Production, true, false]
      SSESpecification: {SSEEnabled: true, SSEType: KMS}
      Tags:
        - Key: stage
          Value: !Ref Stage
`, i, n, i)
	}
	fmt.Fprintf(&s, `  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: plan-%d
        BackupPlanRule: [{RuleName: nightly, TargetBackupVault: Default, ScheduleExpression: cron(0 3 ? * * *)}]
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: tables
        IamRoleArn: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/backup"
        Resources: [!GetAtt Table0.Arn, !GetAtt Table1.Arn]
`, n)
	return s.String()
}

// BenchmarkRead reads 1,000 templates with 10,000 tables. Target: with everything that follows, under 3 s on two cores.
func BenchmarkRead(b *testing.B) {
	var files []File
	for i := range 1000 {
		files = append(files, File{fmt.Sprintf("t%d.yaml", i), []byte(template(i))})
	}
	b.ReportAllocs()
	for b.Loop() {
		unit := build.New()
		if err := Read(unit, files, Options{}); err != nil {
			b.Fatal(err)
		}
		if n := len(unit.Unit.Tables.Items); n != 10_000 {
			b.Fatalf("%d tables", n)
		}
	}
}
