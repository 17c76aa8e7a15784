package crash

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/inside"
)

// camera writes down everything in the account that the plan under test may touch, without what differs from run to run: identifiers
// that AWS gives, times, and the id of the run in tags.
type camera struct {
	t     testing.TB
	hand  *inside.Hand
	lines []string
}

// snapshot lets what is under way come to rest, then lists what there is, one thing a line, sorted.
func snapshot(t testing.TB, server *awssim.Server) string {
	t.Helper()
	server.Advance(time.Minute)
	as := server.Assembly()
	c := &camera{t: t, hand: inside.New(as)}
	as.World.Do(func() {
		c.tables()
		c.plans()
		c.vaults()
		c.roles()
		c.others()
	})
	slices.Sort(c.lines)
	text := regexp.MustCompile(`r-\d{8}T\d{6}Z-[0-9a-f]{6}`).ReplaceAllString(strings.Join(c.lines, "\n"), "RUN")
	return regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`).ReplaceAllString(text, "ID")
}

func (c *camera) put(what string, parts ...any) {
	raw, err := json.Marshal(parts)
	if err != nil {
		c.t.Error(err)
	}
	c.lines = append(c.lines, what+" "+string(raw))
}

// asked is inside.Ask with errors as test failures; missing lists what AWS says where there is none, which is no failure.
func asked[O any](c *camera, service string, in any) *O {
	out, err := inside.Ask[O](c.hand, scope(), service, in)
	if err != nil {
		if !strings.Contains(err.Error(), "NotFound") {
			c.t.Error(err)
		}
		return new(O)
	}
	return out
}

func (c *camera) tables() {
	for _, name := range asked[dynamodb.ListTablesOutput](c, "dynamodb", &dynamodb.ListTablesInput{}).TableNames {
		d := asked[dynamodb.DescribeTableOutput](c, "dynamodb", &dynamodb.DescribeTableInput{TableName: &name}).Table
		p := asked[dynamodb.DescribeContinuousBackupsOutput](c, "dynamodb", &dynamodb.DescribeContinuousBackupsInput{TableName: &name}).ContinuousBackupsDescription.PointInTimeRecoveryDescription
		tags := map[string]string{}
		for _, tag := range asked[dynamodb.ListTagsOfResourceOutput](c, "dynamodb", &dynamodb.ListTagsOfResourceInput{ResourceArn: d.TableArn}).Tags {
			tags[*tag.Key] = *tag.Value
		}
		c.put("table", name, d.TableStatus, aws.ToBool(d.DeletionProtectionEnabled), d.SSEDescription, p.PointInTimeRecoveryStatus, p.RecoveryPeriodInDays, tags)
	}
	for _, b := range asked[dynamodb.ListBackupsOutput](c, "dynamodb", &dynamodb.ListBackupsInput{}).BackupSummaries {
		c.put("native backup", b.BackupName, b.TableName)
	}
}

func (c *camera) plans() {
	for _, p := range asked[backup.ListBackupPlansOutput](c, "backup", &backup.ListBackupPlansInput{}).BackupPlansList {
		doc := asked[backup.GetBackupPlanOutput](c, "backup", &backup.GetBackupPlanInput{BackupPlanId: p.BackupPlanId}).BackupPlan
		for i := range doc.Rules {
			doc.Rules[i].RuleId = nil
		}
		c.put("plan", doc, c.tags(p.BackupPlanArn))
		for _, s := range asked[backup.ListBackupSelectionsOutput](c, "backup", &backup.ListBackupSelectionsInput{BackupPlanId: p.BackupPlanId}).BackupSelectionsList {
			sel := asked[backup.GetBackupSelectionOutput](c, "backup", &backup.GetBackupSelectionInput{BackupPlanId: p.BackupPlanId, SelectionId: s.SelectionId})
			c.put("selection", doc.BackupPlanName, sel.BackupSelection)
		}
	}
}

func (c *camera) tags(arn *string) map[string]string {
	return asked[backup.ListTagsOutput](c, "backup", &backup.ListTagsInput{ResourceArn: arn}).Tags
}

func (c *camera) vaults() {
	for _, v := range asked[backup.ListBackupVaultsOutput](c, "backup", &backup.ListBackupVaultsInput{}).BackupVaultList {
		name := v.BackupVaultName
		policy := asked[backup.GetBackupVaultAccessPolicyOutput](c, "backup", &backup.GetBackupVaultAccessPolicyInput{BackupVaultName: name}).Policy
		told := asked[backup.GetBackupVaultNotificationsOutput](c, "backup", &backup.GetBackupVaultNotificationsInput{BackupVaultName: name})
		c.put("vault", name, v.EncryptionKeyArn, v.Locked, v.MinRetentionDays, v.MaxRetentionDays, v.LockDate, policy, told.SNSTopicArn, told.BackupVaultEvents, c.tags(v.BackupVaultArn))
	}
	for _, j := range asked[backup.ListBackupJobsOutput](c, "backup", &backup.ListBackupJobsInput{}).BackupJobs {
		c.put("job", j.ResourceArn, j.BackupVaultName)
	}
}

func (c *camera) roles() {
	for _, r := range asked[iam.ListRolesOutput](c, "iam", &iam.ListRolesInput{}).Roles {
		if strings.HasPrefix(*r.Path, "/aws-service-role/") {
			continue // AWS makes these by itself and they stay
		}
		tags := map[string]string{}
		for _, tag := range asked[iam.ListRoleTagsOutput](c, "iam", &iam.ListRoleTagsInput{RoleName: r.RoleName}).Tags {
			tags[*tag.Key] = *tag.Value
		}
		var attached []string
		for _, p := range asked[iam.ListAttachedRolePoliciesOutput](c, "iam", &iam.ListAttachedRolePoliciesInput{RoleName: r.RoleName}).AttachedPolicies {
			attached = append(attached, *p.PolicyArn)
		}
		slices.Sort(attached)
		c.put("role", r.Path, r.RoleName, r.AssumeRolePolicyDocument, attached, tags)
	}
}

func (c *camera) others() {
	s := asked[backup.DescribeRegionSettingsOutput](c, "backup", &backup.DescribeRegionSettingsInput{})
	c.put("settings", s.ResourceTypeOptInPreference, s.ResourceTypeManagementPreference)
	for _, p := range asked[backup.ListRestoreTestingPlansOutput](c, "backup", &backup.ListRestoreTestingPlansInput{}).RestoreTestingPlans {
		c.put("restore testing plan", p.RestoreTestingPlanName, p.ScheduleExpression, p.StartWindowHours)
		for _, x := range asked[backup.ListRestoreTestingSelectionsOutput](c, "backup", &backup.ListRestoreTestingSelectionsInput{RestoreTestingPlanName: p.RestoreTestingPlanName}).RestoreTestingSelections {
			c.put("restore testing selection", p.RestoreTestingPlanName, x.RestoreTestingSelectionName, x.IamRoleArn)
		}
	}
}

// differs says which lines two snapshots do not share.
func differs(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	var out []string
	for _, line := range a {
		if i := slices.Index(b, line); i >= 0 {
			b = slices.Delete(b, i, i+1)
			continue
		}
		out = append(out, "- "+line)
	}
	for _, line := range b {
		out = append(out, "+ "+line)
	}
	if len(out) == 0 {
		return ""
	}
	return fmt.Sprintf("(- wanted, + found)\n%s", strings.Join(out, "\n"))
}
