package agreement

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/protection"
)

const vaults = "arn:aws:backup:" + simtest.Region + ":" + simtest.Account + ":backup-vault:"

// customerKey stands for a key of the customer's own.
const customerKey = "customer"

// company is a table under a plan with everything that the plan's jobs need.
type company struct {
	*stage
	role                string // name
	plan                string
	tableKey, vaultKeys string
	spoilt              map[string]bool
}

// keyOf makes the key that was drawn.
func (s *stage) keyOf(kind string) string {
	s.Helper()
	if kind == customerKey {
		return s.key()
	}
	return kind
}

func lifecycles() *rapid.Generator[*backuptypes.Lifecycle] {
	return rapid.Custom(func(t *rapid.T) *backuptypes.Lifecycle {
		switch days := rapid.SampledFrom([]int64{0, -1, 1, 2, 7, 30, 36500}).Draw(t, "days"); {
		case days == 0:
			return nil
		case rapid.IntRange(0, 4).Draw(t, "cold") == 0:
			return &backuptypes.Lifecycle{MoveToColdStorageAfterDays: aws.Int64(1), DeleteAfterDays: aws.Int64(max(days, 91))}
		default:
			return &backuptypes.Lifecycle{DeleteAfterDays: &days}
		}
	})
}

// found sets up a company in which everything works, but for what the draws make impossible from the start.
func (s *stage) found(tableKey, vaultKey string) *company {
	s.Helper()
	c := &company{stage: s, role: "backup", spoilt: map[string]bool{}, tableKey: s.keyOf(tableKey), vaultKeys: s.keyOf(vaultKey)}
	s.role(c.role)
	s.usesKeys(c.role)
	s.table("orders", c.tableKey, nil)
	s.vault("main", c.vaultKeys)
	s.vault("other", c.vaultKeys)
	if rapid.Bool().Draw(s.T, "air-gapped vault") {
		ok[backup.CreateLogicallyAirGappedBackupVaultOutput](s)(s.backups.CreateLogicallyAirGappedBackupVault(s.ctx, &backup.CreateLogicallyAirGappedBackupVaultInput{
			BackupVaultName: aws.String("gapped"), MinRetentionDays: aws.Int64(7), MaxRetentionDays: aws.Int64(30)}))
		s.tell("create air-gapped vault gapped, 7 to 30 days")
	}
	rules := []backuptypes.BackupRuleInput{rule("night", "main", "cron(0 2 ? * * *)", 60, 0), rule("noon", "other", "cron(0 12 ? * * *)", 60, 0)}
	rules = rules[:rapid.IntRange(1, 2).Draw(s.T, "rules")]
	for i := range rules {
		rules[i].Lifecycle = lifecycles().Draw(s.T, "lifecycle")
		if rapid.IntRange(0, 2).Draw(s.T, "targets air-gapped vault") == 0 {
			rules[i].TargetLogicallyAirGappedBackupVaultArn = aws.String(vaults + "gapped")
		}
	}
	c.plan = s.plan("plan", rules...)
	s.selection(c.plan, backuptypes.BackupSelection{SelectionName: aws.String("all"), IamRoleArn: aws.String("arn:aws:iam::" + simtest.Account + ":role/" + c.role),
		Resources: []string{"arn:aws:dynamodb:*:*:table/*"}})
	return c
}

// breakages are what may go wrong after a plan was made.
func breakages() map[string]func(*company) {
	return map[string]func(*company){
		"vault deleted": func(c *company) {
			ok[backup.DeleteBackupVaultOutput](c.stage)(c.backups.DeleteBackupVault(c.ctx, &backup.DeleteBackupVaultInput{BackupVaultName: aws.String("main")}))
		},
		"role deleted": func(c *company) { c.dropRole() },
		"role deleted and made again under a path": func(c *company) {
			c.dropRole()
			ok[iam.CreateRoleOutput](c.stage)(c.roles.CreateRole(c.ctx, &iam.CreateRoleInput{RoleName: &c.role, Path: aws.String("/service/"), AssumeRolePolicyDocument: aws.String(trust)}))
		},
		"trust changed": func(c *company) { c.changeTrust() },
		"vault's key":   func(c *company) { c.spoil(c.vaultKeys) },
		"table's key":   func(c *company) { c.spoil(c.tableKey) },
		"vault locked":  func(c *company) { c.lock() },
		"settings": func(c *company) {
			c.settings(rapid.Bool().Draw(c.T, "opt-in"), rapid.Bool().Draw(c.T, "advanced"))
		},
	}
}

func (c *company) dropRole() {
	c.Helper()
	for _, p := range []string{backupPolicy, restorePolicy} {
		ok[iam.DetachRolePolicyOutput](c.stage)(c.roles.DetachRolePolicy(c.ctx, &iam.DetachRolePolicyInput{RoleName: &c.role, PolicyArn: aws.String(p)}))
	}
	ok[iam.DeleteRolePolicyOutput](c.stage)(c.roles.DeleteRolePolicy(c.ctx, &iam.DeleteRolePolicyInput{RoleName: &c.role, PolicyName: aws.String("keys")}))
	ok[iam.DeleteRoleOutput](c.stage)(c.roles.DeleteRole(c.ctx, &iam.DeleteRoleInput{RoleName: &c.role}))
}

func (c *company) changeTrust() {
	c.Helper()
	statement := rapid.SampledFrom([]string{
		`{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`,
		`{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com","backup.amazonaws.com"]},"Action":["sts:AssumeRole"]}`,
		`{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:TagSession"}`,
		`{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:*"}`,
		`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}`,
		`{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"` + simtest.Account + `"}}}`,
		`{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"999999999999"}}}`,
		`{"Effect":"Allow","Principal":{"AWS":"` + simtest.Account + `"},"Action":"sts:AssumeRole"}`,
	}).Draw(c.T, "statement")
	ok[iam.UpdateAssumeRolePolicyOutput](c.stage)(c.roles.UpdateAssumeRolePolicy(c.ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: &c.role,
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[` + statement + `]}`)}))
	c.tell("  trust: %s", statement)
}

// spoil makes a customer's key unusable for good, for now, or not at all.
func (c *company) spoil(key string) {
	c.Helper()
	if len(key) < 20 || c.spoilt[key] { // a key that AWS keeps, or one that had its turn
		return
	}
	c.spoilt[key] = true
	how := rapid.SampledFrom([]string{"disabled", "disabled and enabled", "pending deletion", "deletion cancelled", "gone"}).Draw(c.T, "key")
	c.tell("  %s: key %s", how, key)
	switch how {
	case "disabled", "disabled and enabled":
		ok[kms.DisableKeyOutput](c.stage)(c.keys.DisableKey(c.ctx, &kms.DisableKeyInput{KeyId: &key}))
		if how != "disabled" {
			ok[kms.EnableKeyOutput](c.stage)(c.keys.EnableKey(c.ctx, &kms.EnableKeyInput{KeyId: &key}))
		}
	default:
		ok[kms.ScheduleKeyDeletionOutput](c.stage)(c.keys.ScheduleKeyDeletion(c.ctx, &kms.ScheduleKeyDeletionInput{KeyId: &key, PendingWindowInDays: aws.Int32(7)}))
		switch how {
		case "gone":
			c.wait(8 * day)
		case "deletion cancelled": // leaves the key disabled
			ok[kms.CancelKeyDeletionOutput](c.stage)(c.keys.CancelKeyDeletion(c.ctx, &kms.CancelKeyDeletionInput{KeyId: &key}))
		}
	}
}

func (c *company) lock() {
	c.Helper()
	in := &backup.PutBackupVaultLockConfigurationInput{BackupVaultName: aws.String(rapid.SampledFrom([]string{"main", "other"}).Draw(c.T, "locked"))}
	days := rapid.SampledFrom([]int64{0, 1, 2, 7, 30, 36500})
	least, most := days.Draw(c.T, "at least"), days.Draw(c.T, "at most")
	if least > 0 {
		in.MinRetentionDays = &least
	}
	if most > 0 {
		most = max(most, least)
		in.MaxRetentionDays = &most
	}
	if rapid.Bool().Draw(c.T, "compliance") {
		in.ChangeableForDays = aws.Int64(3)
	}
	c.tell("  lock %s: %s to %s days", *in.BackupVaultName, number(in.MinRetentionDays), number(in.MaxRetentionDays))
	ok[backup.PutBackupVaultLockConfigurationOutput](c.stage)(c.backups.PutBackupVaultLockConfiguration(c.ctx, in))
}

// TestEffective: a rule of which a prerequisite fails completes no job, and one of which all hold completes some, and a recovery point is there.
// What a role may do is left out: the evaluator does not judge permissions (docs/agreement.md).
func TestEffective(t *testing.T) {
	h := open(t)
	says := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		s := h.begin(t)
		tableKey := rapid.SampledFrom([]string{"", customerKey, "alias/aws/dynamodb"}).Draw(t, "table's key")
		c := s.found(tableKey, rapid.SampledFrom([]string{"", customerKey}).Draw(t, "vault's key"))
		c.damage()
		cover, from := s.look().cover["orders"], s.sim.Now()
		s.wait(26 * time.Hour)
		jobs, points := s.jobs(), s.points("orders")
		for i := range cover.Plans.Items {
			for k := range cover.Plans.Items[i].Rules {
				r := &cover.Plans.Items[i].Rules[k]
				effective := s.decided("rule "+r.Rule, r.Effective)
				says[effective]++
				s.compareEffective(r, effective, from, jobs, points)
			}
		}
	})
	if twoSided() && (says[true] == 0 || says[false] == 0) {
		t.Errorf("one-sided: %d rules were effective, %d were not", says[true], says[false])
	}
}

// damage breaks up to three things, as far as one leaves the next possible.
func (c *company) damage() {
	c.Helper()
	all := breakages()
	done := map[string]bool{}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(sorted(all)), 0, 3, rapid.ID[string]).Draw(c.T, "broken") {
		roleGone := done["role deleted"] || done["role deleted and made again under a path"]
		switch {
		case roleGone && (strings.HasPrefix(name, "role") || name == "trust changed"), done["vault deleted"] && name == "vault locked":
			continue
		case name == "vault deleted" && len(c.points("orders")) > 0: // a key's end took days
			continue
		}
		done[name] = true
		c.tell("break: %s", name)
		all[name](c)
	}
}

func (s *stage) compareEffective(r *protection.RuleCover, effective bool, from time.Time, jobs []backuptypes.BackupJob, points []backuptypes.RecoveryPointByResource) {
	s.Helper()
	ended, completed, point := "", false, false
	for i := range jobs {
		j := &jobs[i]
		if j.CreationDate.Before(from) || aws.ToString(j.CreatedBy.BackupRuleId) != r.ID {
			continue
		}
		ended += fmt.Sprintf("%s %s; ", j.State, aws.ToString(j.StatusMessage))
		completed = completed || j.State == backuptypes.BackupJobStateCompleted
		point = point || slices.ContainsFunc(points, func(p backuptypes.RecoveryPointByResource) bool {
			return *p.RecoveryPointArn == aws.ToString(j.RecoveryPointArn) && p.Status == backuptypes.RecoveryPointStatusCompleted
		})
	}
	switch {
	case ended == "":
		s.disagree("rule %s: the evaluator says %v (%s), and there was no job at all", r.Rule, effective, r.Effective.Why)
	case effective != completed:
		s.disagree("rule %s: the evaluator says effective %v (%s), its jobs: %s", r.Rule, effective, r.Effective.Why, ended)
	case effective && !point:
		s.disagree("rule %s: the evaluator says effective, its jobs: %s, and no recovery point is there", r.Rule, ended)
	}
}
