package backup

import (
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
)

const orgPolicyText = `{"plans":{"OrgPlan":{
	"regions":["eu-west-1","us-east-1"],
	"rules":{"Daily":{"schedule_expression":"cron(0 5 * * ? *)","start_backup_window_minutes":"60","complete_backup_window_minutes":"720",
		"target_backup_vault_name":"main","lifecycle":{"delete_after_days":"14"},
		"copy_actions":{"arn:aws:backup:us-east-1:$account:backup-vault:copies":{"target_backup_vault_arn":"arn:aws:backup:us-east-1:$account:backup-vault:copies","lifecycle":{"delete_after_days":"30"}}},
		"recovery_point_tags":{"o":{"tag_key":"owner","tag_value":"org"}}}},
	"selections":{"tags":{"sel":{"iam_role_arn":"arn:aws:iam::$account:role/backup","tag_key":"team","tag_value":["shop","people"]}}},
	"backup_plan_tags":{"x":{"tag_key":"by","tag_value":"policy"}}}}}`

func managed(t *testing.T, document string) *sim {
	t.Helper()
	x := newSim(t)
	x.org.members = []string{accountA, accountB}
	x.org.policies[accountA] = document
	x.vault(home(), "main")
	x.vault(away(), "copies")
	x.tables.put(home(), "orders", map[string]string{"team": "shop"})
	management := home()
	management.Account = accountB
	x.vault(management, "any") // opts the management account in
	return x
}

func TestAnOrganisationPolicyMakesReadOnlyPlansThatRun(t *testing.T) {
	x := managed(t, orgPolicyText)
	plans := must(x, x.s.listBackupPlans, &sdk.ListBackupPlansInput{}).BackupPlansList
	if len(plans) != 1 || !strings.HasPrefix(*plans[0].BackupPlanId, "orgs/") {
		t.Fatalf("plans: %+v", plans)
	}
	id := plans[0].BackupPlanId
	refused(x, x.s.deleteBackupPlan, &sdk.DeleteBackupPlanInput{BackupPlanId: id}, "InvalidRequestException", "organization")
	x.w.Advance(12 * time.Hour)
	p := x.points("orders")
	if len(p) != 1 {
		t.Fatalf("%d points: %+v", len(p), x.jobs())
	}
	if tags := must(x, x.s.listTags, &sdk.ListTagsInput{ResourceArn: p[0].RecoveryPointArn}).Tags; tags["owner"] != "org" {
		t.Errorf("tags of the point %v", tags)
	}
	if n := len(mustIn(x, away(), x.s.listPointsByVault, &sdk.ListRecoveryPointsByBackupVaultInput{BackupVaultName: always("copies")}).RecoveryPoints); n != 1 {
		t.Errorf("%d copies", n)
	}
	delete(x.org.policies, accountA)
	x.w.Advance(2 * day)
	if n := len(must(x, x.s.listBackupPlans, &sdk.ListBackupPlansInput{}).BackupPlansList); n != 0 {
		t.Errorf("%d plans though the policy is gone", n)
	}
	if n := len(x.points("orders")); n != 1 {
		t.Errorf("%d points though the policy is gone", n)
	}
}

// Organisation plans are judged by the management account's opt-in, local ones by the member's own.
func TestOptInOfOrganisationPlans(t *testing.T) {
	for name, r := range map[string]struct{ member, management, want bool }{
		"the member's is of no account": {false, true, true},
		"the management account's is":   {true, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			x := managed(t, orgPolicyText)
			management := home()
			management.Account = accountB
			must(x, x.s.updateRegionSettings, &sdk.UpdateRegionSettingsInput{ResourceTypeOptInPreference: map[string]bool{"DynamoDB": r.member}})
			mustIn(x, management, x.s.updateRegionSettings, &sdk.UpdateRegionSettingsInput{ResourceTypeOptInPreference: map[string]bool{"DynamoDB": r.management}})
			x.w.Advance(12 * time.Hour)
			if got := len(x.points("orders")) == 1; got != r.want {
				t.Errorf("backed up: %v", got)
			}
		})
	}
}

func TestAnInvalidPolicyAppliesNothing(t *testing.T) {
	for _, bad := range []string{`{`, strings.Replace(orgPolicyText, `"14"`, `"two weeks"`, 1), strings.Replace(orgPolicyText, "cron(0 5", "cron(x 5", 1)} {
		x := managed(t, bad)
		if n := len(must(x, x.s.listBackupPlans, &sdk.ListBackupPlansInput{}).BackupPlansList); n != 0 {
			t.Errorf("%d plans", n)
		}
	}
}

func TestAPolicyByResourceType(t *testing.T) {
	x := managed(t, strings.Replace(orgPolicyText, `"tags":{"sel":{"iam_role_arn":"arn:aws:iam::$account:role/backup","tag_key":"team","tag_value":["shop","people"]}}`,
		`"resources":{"sel":{"iam_role_arn":"arn:aws:iam::$account:role/backup","resource_types":["arn:aws:dynamodb:*:*:table/*"],
		"conditions":{"string_not_equals":{"c":{"condition_key":"aws:ResourceTag/team","condition_value":"people"}}}}}`, 1))
	x.tables.put(home(), "users", map[string]string{"team": "people"})
	x.w.Advance(12 * time.Hour)
	if a, b := len(x.points("orders")), len(x.points("users")); a != 1 || b != 0 {
		t.Errorf("orders has %d points, users %d", a, b)
	}
}
