package planning

import (
	"maps"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

// table previews what changes a table itself.
func (v *previewer) table(c remedy.Change) {
	switch {
	case c.TableTags != nil:
		v.tags(c.TableTags)
	case c.DeletionProtection != nil:
		if t := v.tableNamed(c.DeletionProtection.Table); t != nil {
			t.DeletionProtection = known(v, c.DeletionProtection.On)
		}
	case c.TableKey != nil:
		v.key(c.TableKey)
	}
}

func (v *previewer) tags(c *remedy.TableTags) {
	t := v.tableNamed(c.Table)
	if t == nil {
		return
	}
	tags := map[string]string{}
	maps.Copy(tags, t.Tags.Or(nil))
	maps.Copy(tags, c.Set)
	for _, k := range c.Remove {
		delete(tags, k)
	}
	t.Tags = known(v, tags)
}

func (v *previewer) key(c *remedy.TableKey) {
	t := v.tableNamed(c.Table)
	if t == nil {
		return
	}
	if c.Level == "aws-owned" {
		t.SSEType, t.SSEStatus, t.KeyARN = estate.AbsentFact[string](v.src), estate.AbsentFact[string](v.src), estate.AbsentFact[string](v.src)
		return
	}
	t.SSEType, t.SSEStatus = known(v, "KMS"), known(v, "ENABLED")
	arn := c.KeyARN
	if arn == "" {
		arn = v.managedKey()
	}
	t.KeyARN = known(v, arn)
}

// managedKey is the key that AWS manages for DynamoDB in the account, by its alias: which key that is shows only once a table is under it.
// It is always there and enabled.
func (v *previewer) managedKey() string {
	arn := "arn:" + v.unit.Partition.Or("aws") + ":kms:" + v.unit.Region.Or("") + ":" + v.unit.Account.Or("") + ":alias/aws/dynamodb"
	if find(v.unit.Keys.Items, func(k *estate.Key) estate.Fact[string] { return k.ARN }, arn) == nil {
		v.unit.Keys.Items = append(v.unit.Keys.Items, estate.Key{
			ID: arn, ARN: known(v, arn), State: known(v, "Enabled"), Manager: known(v, "AWS"),
			DeletionDate: estate.AbsentFact[estate.Instant](v.src), MultiRegion: known(v, false),
		})
	}
	return arn
}

// backup previews a backup that completes: a native one, or a recovery point in a vault.
func (v *previewer) backup(c *remedy.Backup) {
	now := v.unit.Now
	if c.Native != "" {
		t := v.tableNamed(c.Table)
		if t == nil {
			return
		}
		v.unit.Backups.Items = append(v.unit.Backups.Items, estate.NativeBackup{
			ID: planID(v.action), Name: known(v, c.Native), TableARN: known(v, c.ARN), TableName: known(v, c.Table), TableID: t.TableID,
			Status: known(v, "AVAILABLE"), Type: known(v, "USER"), CreatedAt: now, ExpiresAt: estate.AbsentFact[estate.Instant](v.src), SizeBytes: t.SizeBytes,
		})
		return
	}
	x := v.vaultNamed(c.Vault)
	if x == nil {
		return
	}
	p := estate.RecoveryPoint{
		ID: planID(v.action), ResourceARN: known(v, c.ARN), ResourceType: known(v, "DynamoDB"), Status: known(v, "COMPLETED"), Message: estate.AbsentFact[string](v.src),
		CreatedAt: now, CompletedAt: now, DeleteAt: estate.AbsentFact[estate.Instant](v.src), ColdAt: estate.AbsentFact[estate.Instant](v.src),
		DeleteAfter: orAbsent(v, c.DeleteAfterDays), LastRestoreAt: estate.AbsentFact[estate.Instant](v.src), Encrypted: known(v, true), KeyARN: x.KeyARN,
		RoleARN: known(v, c.RoleARN), PlanID: estate.AbsentFact[string](v.src), RuleID: estate.AbsentFact[string](v.src), SourceVault: estate.AbsentFact[string](v.src),
		StorageClass: known(v, "WARM"),
	}
	if c.DeleteAfterDays > 0 {
		p.DeleteAt = known(v, now.Or(0)+estate.Instant(c.DeleteAfterDays)*msPerDay)
	}
	points := x.RecoveryPoints.Items
	x.RecoveryPoints.Items = append(points[:len(points):len(points)], p) // the original's array is never written
}

func (v *previewer) testingPlan(c *remedy.TestingPlan) {
	list := &v.unit.RestoreTestingPlans
	if c.Step == remedy.Delete {
		for i := range list.Items {
			if list.Items[i].Name.Or("") == c.Name {
				list.Items = append(list.Items[:i], list.Items[i+1:]...)
				return
			}
		}
		return
	}
	list.Items = append(list.Items, estate.RestoreTestingPlan{
		ID: planID(v.action), Name: known(v, c.Name), Schedule: known(v, c.Schedule), Timezone: estate.AbsentFact[string](v.src),
		StartWindowHours: known(v, c.StartWindowHours), LastRun: estate.AbsentFact[estate.Instant](v.src), Algorithm: known(v, "LATEST_WITHIN_WINDOW"),
		PointTypes: known(v, []string{"SNAPSHOT"}), IncludeVaults: known(v, c.IncludeVaults), ExcludeVaults: estate.AbsentFact[[]string](v.src),
		WindowDays: known(v, c.WindowDays), Selections: estate.List[estate.RestoreTestingSelection]{Whole: known(v, true)},
	})
}

func (v *previewer) testingSelection(c *remedy.TestingSelection) {
	p := find(v.unit.RestoreTestingPlans.Items, func(p *estate.RestoreTestingPlan) estate.Fact[string] { return p.Name }, c.Plan)
	if p == nil {
		return
	}
	if c.Step == remedy.Delete {
		for i := range p.Selections.Items {
			if p.Selections.Items[i].Name.Or("") == c.Name {
				p.Selections.Items = append(p.Selections.Items[:i], p.Selections.Items[i+1:]...)
				return
			}
		}
		return
	}
	p.Selections.Items = append(p.Selections.Items, estate.RestoreTestingSelection{
		ID: planID(v.action), Name: known(v, c.Name), ResourceType: known(v, "DynamoDB"), RoleARN: known(v, c.RoleARN), Resources: known(v, c.Resources),
		StringEquals: estate.AbsentFact[[]estate.TagMatch](v.src), StringNotEquals: estate.AbsentFact[[]estate.TagMatch](v.src), ValidationHours: orAbsent(v, c.ValidationHours),
	})
}
