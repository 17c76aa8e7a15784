package collect

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/backup"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// collectSettings reads opt-in and advanced features of the Region and cross-account backup of the account.
func (u *unitRun) collectSettings(ctx context.Context) {
	if !u.needs(awsapi.GroupSettings) {
		src := u.notCollected(awsapi.DescribeRegionSettings)
		u.forgetRegionSettings(src)
		u.unit.Settings.CrossAccount = estate.UnknownFact[bool](u.notCollected(awsapi.DescribeGlobalSettings))
		return
	}
	together(func() { u.collectRegionSettings(ctx) }, func() { u.collectGlobalSettings(ctx) })
}

// collectRegionSettings: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeRegionSettings.html
func (u *unitRun) collectRegionSettings(ctx context.Context) {
	out, src, err := ask(ctx, question{u: u, call: awsapi.DescribeRegionSettings}, u.scope.Backup.DescribeRegionSettings, &backup.DescribeRegionSettingsInput{})
	if err == nil && out.ResourceTypeOptInPreference == nil {
		src, err = u.missing(src, "opt-in preference"), errMissing
	}
	if err != nil {
		u.forgetRegionSettings(src)
		return
	}
	u.unit.Settings.OptIn = estate.KnownFact(out.ResourceTypeOptInPreference, src)
	u.unit.Settings.Management = estate.AbsentFact[map[string]bool](src)
	if out.ResourceTypeManagementPreference != nil {
		u.unit.Settings.Management = estate.KnownFact(out.ResourceTypeManagementPreference, src)
	}
}

func (u *unitRun) forgetRegionSettings(src estate.Source) {
	u.unit.Settings.OptIn = estate.UnknownFact[map[string]bool](src)
	u.unit.Settings.Management = estate.UnknownFact[map[string]bool](src)
}

// collectGlobalSettings: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeGlobalSettings.html
func (u *unitRun) collectGlobalSettings(ctx context.Context) {
	out, src, err := ask(ctx, question{u: u, call: awsapi.DescribeGlobalSettings}, u.scope.Backup.DescribeGlobalSettings, &backup.DescribeGlobalSettingsInput{})
	if err != nil {
		u.unit.Settings.CrossAccount = estate.UnknownFact[bool](src)
		return
	}
	u.unit.Settings.CrossAccount = estate.AbsentFact[bool](src)
	if enabled, err := strconv.ParseBool(out.GlobalSettings["isCrossAccountBackupEnabled"]); err == nil {
		u.unit.Settings.CrossAccount = estate.KnownFact(enabled, src)
	}
}
