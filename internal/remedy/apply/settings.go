package apply

import (
	"context"
	"maps"

	"github.com/aws/aws-sdk-go-v2/service/backup"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
)

// settingsKind sets what AWS Backup does with DynamoDB in a Region.
type settingsKind struct{}

// tables is the name of DynamoDB among AWS Backup's resource types.
const tables = "DynamoDB"

func (settingsKind) observe(ctx context.Context, j *job) (seen, error) {
	out, err := j.settings(ctx)
	if err != nil {
		return seen{}, err
	}
	return seen{state: remedy.SettingsState(out.ResourceTypeOptInPreference, out.ResourceTypeManagementPreference)}, nil
}

func (j *job) settings(ctx context.Context) (*backup.DescribeRegionSettingsOutput, error) {
	out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.DescribeRegionSettings, j.scope.Region), j.scope.Backup.DescribeRegionSettings, &backup.DescribeRegionSettingsInput{})
	if err != nil {
		return nil, err
	}
	if out.ResourceTypeOptInPreference == nil {
		return nil, awsapi.Missing(answer, "opt-in preference")
	}
	return out, nil
}

// call sends whole maps, since AWS does not say whether it merges or replaces; those of other services are as they are now, not as they
// were when the plan was made.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html
func (settingsKind) call(ctx context.Context, j *job) (made, error) {
	now, err := j.settings(ctx)
	if err != nil {
		return made{}, err
	}
	c := j.change.RegionSettings
	_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.UpdateRegionSettings, j.scope.Region), j.scope.Backup.UpdateRegionSettings, &backup.UpdateRegionSettingsInput{
		ResourceTypeOptInPreference:      withTables(now.ResourceTypeOptInPreference, c.OptIn),
		ResourceTypeManagementPreference: withTables(now.ResourceTypeManagementPreference, c.Management),
	})
	return made{answer: answer}, err
}

// withTables is now with the wanted value for DynamoDB; nil when that is not to be changed.
func withTables(now, want map[string]bool) map[string]bool {
	value, ok := want[tables]
	if !ok {
		return nil
	}
	whole := maps.Clone(now)
	if whole == nil {
		whole = map[string]bool{}
	}
	whole[tables] = value
	return whole
}
