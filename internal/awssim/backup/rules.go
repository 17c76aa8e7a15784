package backup

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/backup/types"
)

const (
	defaultSchedule   = "cron(0 5 ? * * *)"
	defaultZone       = "Etc/UTC"
	defaultStart      = 480   // minutes
	defaultCompletion = 10080 // minutes
	maxWindow         = 52560000
	maxRules          = 10
	maxCopies         = 5
	coldMinimum       = 90 // days between the move to cold storage and the deletion
)

// rule is one rule of one version of a plan.
type rule struct {
	version  *version
	shown    types.BackupRule // as GetBackupPlan shows it, defaults filled in
	schedule Schedule
	creator  *types.RecoveryPointCreator
}

func (r *rule) startWindow() time.Duration {
	return time.Duration(*r.shown.StartWindowMinutes) * time.Minute
}
func (r *rule) completionWindow() time.Duration {
	return time.Duration(*r.shown.CompletionWindowMinutes) * time.Minute
}

// retention is the number of days that the rule keeps its backups, the greatest number when for ever.
func (r *rule) retention() int64 {
	if d := deleteAfter(r.shown.Lifecycle); d > 0 {
		return d
	}
	return math.MaxInt64
}

// deleteAfter and coldAfter read a lifecycle; 0 means never. AWS takes -1 for "none" as well.
func deleteAfter(l *types.Lifecycle) int64 {
	if l == nil {
		return 0
	}
	return max(0, deref(l.DeleteAfterDays))
}

func coldAfter(l *types.Lifecycle) int64 {
	if l == nil {
		return 0
	}
	return max(0, deref(l.MoveToColdStorageAfterDays))
}

func (s *Service) makeRule(v *version, in *types.BackupRuleInput) *rule {
	r := &rule{version: v, shown: types.BackupRule{
		RuleName: in.RuleName, TargetBackupVaultName: in.TargetBackupVaultName, CopyActions: in.CopyActions,
		EnableContinuousBackup: always(deref(in.EnableContinuousBackup)), Lifecycle: in.Lifecycle, RecoveryPointTags: maps.Clone(in.RecoveryPointTags),
		IndexActions: in.IndexActions, ScanActions: in.ScanActions, TargetLogicallyAirGappedBackupVaultArn: in.TargetLogicallyAirGappedBackupVaultArn,
		RuleId: always(s.w.UUID()), ScheduleExpression: always(orDefault(in.ScheduleExpression, defaultSchedule)),
		ScheduleExpressionTimezone: always(orDefault(in.ScheduleExpressionTimezone, defaultZone)),
		StartWindowMinutes:         always(orDefault(in.StartWindowMinutes, defaultStart)),
		CompletionWindowMinutes:    always(orDefault(in.CompletionWindowMinutes, defaultCompletion)),
	}}
	r.schedule, _ = s.o.Cron(*r.shown.ScheduleExpression, *r.shown.ScheduleExpressionTimezone) // checked by checkRule
	if v.plan != nil {
		r.creator = &types.RecoveryPointCreator{
			BackupPlanArn: &v.plan.arn, BackupPlanId: &v.plan.id, BackupPlanName: &v.name, BackupPlanVersion: &v.id,
			BackupRuleId: r.shown.RuleId, BackupRuleName: r.shown.RuleName, BackupRuleCron: r.shown.ScheduleExpression,
			BackupRuleTimezone: r.shown.ScheduleExpressionTimezone,
		}
	}
	return r
}

func orDefault[T comparable](p *T, d T) T {
	if v := deref(p); p != nil && v != *new(T) {
		return v
	}
	return d
}

var (
	namePattern  = regexp.MustCompile(`^[a-zA-Z0-9\-_.]{1,50}$`)
	vaultPattern = regexp.MustCompile(`^[a-zA-Z0-9\-_]{2,50}$`)
)

// checkPlan refuses the documents that AWS Backup refuses (semantics 1.5, 2.1, 2.4).
func (s *Service) checkPlan(in *types.BackupPlanInput) error {
	switch {
	case deref(in.BackupPlanName) == "":
		return missingParameter("BackupPlanName")
	case !namePattern.MatchString(*in.BackupPlanName):
		return invalid("Invalid backup plan name. It must contain 1 to 50 alphanumeric or '-_.' characters.")
	case len(in.Rules) == 0:
		return missingParameter("Rules")
	case len(in.Rules) > maxRules:
		return limitExceeded("A backup plan can have at most %d rules.", maxRules)
	}
	seen := map[string]bool{}
	for i := range in.Rules {
		name := deref(in.Rules[i].RuleName)
		if seen[name] {
			return invalidRule(name, "Duplicate rule name")
		}
		seen[name] = true
		if err := s.checkRule(&in.Rules[i]); err != nil {
			return err
		}
	}
	return checkAdvanced(in.AdvancedBackupSettings)
}

func checkAdvanced(settings []types.AdvancedBackupSetting) error {
	for _, a := range settings {
		if t := deref(a.ResourceType); t != "EC2" && t != "S3" && t != "EKS" {
			return invalid("Unsupported resource type in AdvancedBackupSettings: %s", t)
		}
	}
	return nil
}

func (s *Service) checkRule(r *types.BackupRuleInput) error {
	name := deref(r.RuleName)
	switch {
	case !namePattern.MatchString(name):
		return invalidRule(name, "Invalid rule name. It must contain 1 to 50 alphanumeric or '-_.' characters.")
	case !vaultPattern.MatchString(deref(r.TargetBackupVaultName)):
		return invalidRule(name, "Invalid backup vault name")
	case len(r.CopyActions) > maxCopies:
		return invalidRule(name, "A rule can have at most %d copy actions", maxCopies)
	case len(r.RecoveryPointTags) > 10:
		return invalidRule(name, "A rule can add at most 10 tags to a recovery point")
	}
	// The exact texts for bad schedules and windows are not known (UNCONFIRMED 7).
	if _, err := s.o.Cron(orDefault(r.ScheduleExpression, defaultSchedule), orDefault(r.ScheduleExpressionTimezone, defaultZone)); err != nil {
		return invalidRule(name, "Invalid schedule expression: %s", err)
	}
	if err := checkWindows(name, r.StartWindowMinutes, r.CompletionWindowMinutes); err != nil {
		return err
	}
	if err := checkLifecycle(name, r.Lifecycle, deref(r.EnableContinuousBackup)); err != nil {
		return err
	}
	return checkCopyActions(name, r)
}

func checkWindows(name string, start, completion *int64) error {
	from, to := orDefault(start, defaultStart), orDefault(completion, defaultCompletion)
	switch {
	case start != nil && *start < 60:
		return invalidRule(name, "Invalid start window. StartWindowMinutes cannot be less than 60 minutes")
	case from > maxWindow || to > maxWindow:
		return invalidRule(name, "Invalid window. A window cannot be more than %d minutes", maxWindow)
	case to < from:
		return invalidRule(name, "Invalid completion window. CompletionWindowMinutes cannot be less than StartWindowMinutes")
	}
	return nil
}

func checkLifecycle(name string, l *types.Lifecycle, continuous bool) error {
	if l == nil {
		return nil
	}
	days, cold := deleteAfter(l), coldAfter(l)
	switch {
	case l.DeleteAfterDays != nil && *l.DeleteAfterDays != -1 && (*l.DeleteAfterDays < 1 || *l.DeleteAfterDays > maxRetention):
		return invalidRule(name, "Invalid lifecycle. DeleteAfterDays cannot be less than 1 or more than %d days", maxRetention)
	case continuous && (days < 1 || days > 35):
		return invalidRule(name, "Invalid lifecycle. DeleteAfterDays cannot be less than 1 or more than 35 days")
	case continuous && cold > 0:
		return invalidRule(name, "Invalid lifecycle. MoveToColdStorageAfterDays is unavailable")
	case cold > 0 && days > 0 && days < cold+coldMinimum:
		return invalidRule(name, "Invalid lifecycle. DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays")
	}
	return nil
}

func checkCopyActions(name string, r *types.BackupRuleInput) error {
	var seen []string
	for _, a := range r.CopyActions {
		to := deref(a.DestinationBackupVaultArn)
		if _, _, ok := vaultOf(to); !ok {
			return invalidRule(name, "Invalid destination backup vault ARN")
		}
		if slices.Contains(seen, to) {
			return invalidRule(name, "Duplicate destination backup vault ARN")
		}
		seen = append(seen, to)
		if err := checkLifecycle(name, a.Lifecycle, false); err != nil {
			return err
		}
	}
	if lag := deref(r.TargetLogicallyAirGappedBackupVaultArn); lag != "" {
		if _, _, ok := vaultOf(lag); !ok {
			return invalidRule(name, "Invalid logically air-gapped backup vault ARN")
		}
	}
	return nil
}
