package backup

import (
	"fmt"
	"strconv"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
)

// regions is what a request rests on in each Region, looked at once.
type regions struct {
	mu  sync.Mutex
	all map[string]*region
}

// region is a Region as AWS Backup sees it.
type region struct {
	look  sync.Once
	err   error
	vault *types.BackupVaultListMember // nil: there is none of the name
	// Whether advanced features of DynamoDB are on; only looked at when the request needs them.
	advanced bool
}

// of looks at the Region of a task.
func (r *regions) of(t *task) (*region, error) {
	r.mu.Lock()
	if r.all == nil {
		r.all = map[string]*region{}
	}
	found, ok := r.all[t.scope.Region]
	if !ok {
		found = &region{}
		r.all[t.scope.Region] = found
	}
	r.mu.Unlock()
	found.look.Do(func() {
		found.err = t.patient(func() (err error) { found.vault, err = t.findVault(); return err })
		if found.err == nil && t.o.advanced() {
			found.err = t.patient(func() (err error) { found.advanced, err = t.isAdvanced(); return err })
		}
	})
	return found, found.err
}

// refuse says why the request would not do in the Region of a task. What could not be read does not lead to a call.
func (r *regions) refuse(t *task) error {
	found, err := r.of(t)
	if err != nil {
		if ends(err) || callError(err) == nil || callError(err).Kind == awsapi.KindCancelled {
			return err
		}
		t.refuse(callError(err).Code, fmt.Sprintf("what the backup rests on could not be read: %s", callError(err).Message), "allow "+string(callError(err).Answer.Call)+": "+t.advice().Policy)
		return nil
	}
	switch v := found.vault; {
	case v == nil:
		t.refuse("NoVault", "there is no vault "+t.o.Vault+" in "+t.scope.Region, "restorable plan --only create-vault makes one; --vault takes another")
	case aws.ToBool(v.Locked) && !withinLock(v, t.o.RetainDays):
		t.refuse("VaultLock", fmt.Sprintf("the lock of vault %s takes backups kept %s, and this one would be kept %s", t.o.Vault, lockText(v), daysText(t.o.RetainDays)), "--retain with days that fit")
	case t.o.advanced() && !found.advanced:
		t.refuse("NoAdvancedFeatures", "tags and cold storage need AWS Backup's advanced features for DynamoDB, which are off in "+t.scope.Region+": without them AWS would leave both out",
			"restorable plan --only advanced-features; or leave out --tag and --cold-after")
	}
	return nil
}

// findVault lists the vaults: to ask for one that does not exist looks like denied access.
func (t *task) findVault() (*types.BackupVaultListMember, error) {
	in := &backup.ListBackupVaultsInput{MaxResults: aws.Int32(1000)}
	for {
		out, answer, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.ListBackupVaults}, t.scope.Backup.ListBackupVaults, in)
		if err != nil {
			return nil, err
		}
		if out.BackupVaultList == nil {
			return nil, awsapi.Missing(answer, "list of vaults")
		}
		for i, v := range out.BackupVaultList {
			if aws.ToString(v.BackupVaultName) == t.o.Vault {
				return &out.BackupVaultList[i], nil
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return nil, nil
		}
		in.NextToken = out.NextToken
	}
}

// isAdvanced: both preferences have to be on.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/advanced-ddb-backup.html
func (t *task) isAdvanced() (bool, error) {
	out, answer, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.DescribeRegionSettings}, t.scope.Backup.DescribeRegionSettings, &backup.DescribeRegionSettingsInput{})
	if err != nil {
		return false, err
	}
	if out.ResourceTypeManagementPreference == nil || out.ResourceTypeOptInPreference == nil {
		return false, awsapi.Missing(answer, "settings of the Region")
	}
	return out.ResourceTypeManagementPreference["DynamoDB"] && out.ResourceTypeOptInPreference["DynamoDB"], nil
}

// withinLock reports whether a lock takes a retention. That one without end is longer than any maximum is a reading of the rule; AWS does
// not say it (assumed).
func withinLock(v *types.BackupVaultListMember, days int64) bool {
	if v.MaxRetentionDays != nil && (days == 0 || days > *v.MaxRetentionDays) {
		return false
	}
	return v.MinRetentionDays == nil || days == 0 || days >= *v.MinRetentionDays
}

func lockText(v *types.BackupVaultListMember) string {
	switch {
	case v.MaxRetentionDays == nil:
		return strconv.FormatInt(aws.ToInt64(v.MinRetentionDays), 10) + " days or more"
	case v.MinRetentionDays == nil:
		return "at most " + strconv.FormatInt(*v.MaxRetentionDays, 10) + " days"
	}
	return fmt.Sprintf("%d to %d days", *v.MinRetentionDays, *v.MaxRetentionDays)
}

func daysText(days int64) string {
	switch days {
	case 0:
		return "for ever"
	case 1:
		return "1 day"
	}
	return strconv.FormatInt(days, 10) + " days"
}
