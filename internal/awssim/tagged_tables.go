package awssim

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/backup"

	"github.com/restorable/restorable/internal/awssim/dynamodb"
	"github.com/restorable/restorable/internal/awssim/tagging"
	"github.com/restorable/restorable/internal/awssim/world"
)

// taggedTables are DynamoDB's tables.
type taggedTables struct{ *dynamodb.Service }

func (t taggedTables) TaggedResources(sc world.Scope) []tagging.Resource {
	var out []tagging.Resource
	for _, v := range t.Tables(sc) {
		if len(v.Tags) > 0 {
			out = append(out, tagging.Resource{ARN: v.ARN, Type: "dynamodb:table", Tags: v.Tags, EverTagged: true})
		}
	}
	return out
}

func (t taggedTables) SetTags(sc world.Scope, arn string, set map[string]string, remove []string) (bool, error) {
	if !owns(sc, "dynamodb", "table/", arn) {
		return false, nil
	}
	return true, t.Tag(arn, set, remove)
}

// taggedBackups are the vaults and plans of AWS Backup.
type taggedBackups struct {
	world *world.World
	ops   operations
}

func (t taggedBackups) TaggedResources(sc world.Scope) []tagging.Resource {
	var out []tagging.Resource
	for _, kind := range []struct {
		name string
		list func(world.Scope) []string
	}{{"backup:backup-vault", t.vaults}, {"backup:backup-plan", t.plans}} {
		for _, arn := range kind.list(sc) {
			if tags := t.tags(sc, arn); len(tags) > 0 {
				out = append(out, tagging.Resource{ARN: arn, Type: kind.name, Tags: tags, EverTagged: true})
			}
		}
	}
	return out
}

// The listings below have no filter and no token of a stranger: they have no error.

func (t taggedBackups) vaults(sc world.Scope) (arns []string) {
	in := &backup.ListBackupVaultsInput{}
	for {
		page, err := invoke[backup.ListBackupVaultsOutput](t.ops, t.world, sc, "ListBackupVaults", in)
		if err != nil {
			return arns
		}
		for _, v := range page.BackupVaultList {
			arns = append(arns, *v.BackupVaultArn)
		}
		if in.NextToken = page.NextToken; in.NextToken == nil {
			return arns
		}
	}
}

func (t taggedBackups) plans(sc world.Scope) (arns []string) {
	in := &backup.ListBackupPlansInput{}
	for {
		page, err := invoke[backup.ListBackupPlansOutput](t.ops, t.world, sc, "ListBackupPlans", in)
		if err != nil {
			return arns
		}
		for _, p := range page.BackupPlansList {
			arns = append(arns, *p.BackupPlanArn)
		}
		if in.NextToken = page.NextToken; in.NextToken == nil {
			return arns
		}
	}
}

func (t taggedBackups) tags(sc world.Scope, arn string) map[string]string {
	out := map[string]string{}
	in := &backup.ListTagsInput{ResourceArn: &arn}
	for {
		page, err := invoke[backup.ListTagsOutput](t.ops, t.world, sc, "ListTags", in)
		if err != nil {
			return out
		}
		maps.Copy(out, page.Tags)
		if in.NextToken = page.NextToken; in.NextToken == nil {
			return out
		}
	}
}

func (t taggedBackups) SetTags(sc world.Scope, arn string, set map[string]string, remove []string) (bool, error) {
	if !owns(sc, "backup", "", arn) {
		return false, nil
	}
	if len(set) > 0 {
		if _, err := invoke[backup.TagResourceOutput](t.ops, t.world, sc, "TagResource", &backup.TagResourceInput{ResourceArn: &arn, Tags: maps.Clone(set)}); err != nil {
			return true, err
		}
	}
	if len(remove) == 0 {
		return true, nil
	}
	_, err := invoke[backup.UntagResourceOutput](t.ops, t.world, sc, "UntagResource", &backup.UntagResourceInput{ResourceArn: &arn, TagKeyList: slices.Clone(remove)})
	return true, err
}
