package awssim_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/sign"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
)

// The fixture is a handful of operations with fixed behaviour, one or more for each protocol, so that the tests here judge the server alone.

var start = time.Date(2026, 3, 1, 12, 0, 0, 123e6, time.UTC)

type fixture struct {
	items map[string]map[string]types.AttributeValue
	order []string
	seen  struct {
		selection *backup.CreateBackupSelectionInput
		jobs      *backup.ListBackupJobsInput
		alarm     *cloudwatch.PutMetricAlarmInput
		role      *iam.CreateRoleInput
		call      api.Call
	}
}

// setup is what a test changes about the server.
type setup struct {
	awssim.Options
	keys       []sign.Keys
	authorizer awssim.Authorizer
}

func startFixture(t *testing.T, u setup) (*simtest.Sim, *fixture) {
	t.Helper()
	f := &fixture{}
	u.World.Start = start
	u.Assemble = func(o awssim.Options) (*awssim.Assembly, error) {
		f.items, f.order = map[string]map[string]types.AttributeValue{}, nil
		return &awssim.Assembly{World: world.New(o.World), Services: f.services(), Keys: u.keys, Authorizer: u.authorizer}, nil
	}
	return simtest.Start(t, u.Options), f
}

func (f *fixture) services() []api.Service {
	return []api.Service{f.dynamodb(), f.backup(), f.sts(), f.iam(), f.cloudwatch(), f.ec2()}
}

func tableAccess(c *api.Call, table *string) []api.Access {
	return []api.Access{{Action: "dynamodb:" + c.Operation, Resource: c.ARN("dynamodb", "table/"+aws.ToString(table))}}
}

func (f *fixture) dynamodb() api.Service {
	return api.Service{Name: "dynamodb", Model: "dynamodb", Rates: map[string]api.Rate{"ListTables": {PerSecond: 5, Burst: 5}}, Operations: []api.Operation{
		api.Op("PutItem", func(c *api.Call, in *dynamodb.PutItemInput) []api.Access { return tableAccess(c, in.TableName) }, f.putItem),
		api.Op("GetItem", func(c *api.Call, in *dynamodb.GetItemInput) []api.Access { return tableAccess(c, in.TableName) }, f.getItem),
		api.Op("ListTables", nil, f.listTables),
		api.Op("DescribeTable", func(c *api.Call, in *dynamodb.DescribeTableInput) []api.Access { return tableAccess(c, in.TableName) },
			func(_ *api.Call, in *dynamodb.DescribeTableInput) (*dynamodb.DescribeTableOutput, error) {
				return nil, &api.Error{Code: "ResourceNotFoundException", Message: "Requested resource not found: Table: " + *in.TableName + " not found"}
			}),
		api.Op("CreateTable", nil, func(*api.Call, *dynamodb.CreateTableInput) (*dynamodb.CreateTableOutput, error) {
			return &dynamodb.CreateTableOutput{}, nil
		}),
		api.Op("DescribeLimits", nil, func(*api.Call, *dynamodb.DescribeLimitsInput) (*dynamodb.DescribeLimitsOutput, error) { panic("boom") }),
	}}
}

func (f *fixture) putItem(c *api.Call, in *dynamodb.PutItemInput) (*dynamodb.PutItemOutput, error) {
	f.seen.call = *c
	name := c.Account + "/" + *in.TableName
	if _, ok := f.items[name]; !ok {
		f.order = append(f.order, *in.TableName)
	}
	f.items[name] = in.Item
	return &dynamodb.PutItemOutput{}, nil
}

func (f *fixture) getItem(c *api.Call, in *dynamodb.GetItemInput) (*dynamodb.GetItemOutput, error) {
	return &dynamodb.GetItemOutput{Item: f.items[c.Account+"/"+*in.TableName]}, nil
}

func (f *fixture) listTables(_ *api.Call, in *dynamodb.ListTablesInput) (*dynamodb.ListTablesOutput, error) {
	from := 0
	for i, n := range f.order {
		if n == aws.ToString(in.ExclusiveStartTableName) {
			from = i + 1
		}
	}
	limit := int(aws.ToInt32(in.Limit))
	if limit == 0 {
		limit = 100
	}
	out := &dynamodb.ListTablesOutput{TableNames: []string{}}
	for _, n := range f.order[from:min(from+limit, len(f.order))] {
		out.TableNames = append(out.TableNames, n)
		if len(out.TableNames) == limit {
			out.LastEvaluatedTableName = aws.String(n)
		}
	}
	return out, nil
}

func (f *fixture) backup() api.Service {
	return api.Service{Name: "backup", Model: "backup", Operations: []api.Operation{
		api.Op("DescribeRecoveryPoint", nil, func(_ *api.Call, in *backup.DescribeRecoveryPointInput) (*backup.DescribeRecoveryPointOutput, error) {
			if *in.BackupVaultName == "gone" {
				return nil, &api.Error{Code: "ResourceNotFoundException", Message: "no such point", Fields: map[string]any{"Code": "ERROR_3015", "Type": "resource", "Context": "[]"}}
			}
			return &backup.DescribeRecoveryPointOutput{
				RecoveryPointArn: in.RecoveryPointArn, BackupVaultName: in.BackupVaultName, CreationDate: aws.Time(start), Status: backuptypes.RecoveryPointStatusCompleted,
				Lifecycle: &backuptypes.Lifecycle{DeleteAfterDays: aws.Int64(35)}, BackupSizeInBytes: aws.Int64(1 << 40),
			}, nil
		}),
		api.Op("CreateBackupSelection", nil, func(c *api.Call, in *backup.CreateBackupSelectionInput) (*backup.CreateBackupSelectionOutput, error) {
			f.seen.selection = in
			return &backup.CreateBackupSelectionOutput{BackupPlanId: in.BackupPlanId, SelectionId: aws.String("s-1"), CreationDate: aws.Time(c.Now)}, nil
		}),
		api.Op("ListBackupJobs", nil, func(_ *api.Call, in *backup.ListBackupJobsInput) (*backup.ListBackupJobsOutput, error) {
			f.seen.jobs = in
			return &backup.ListBackupJobsOutput{BackupJobs: []backuptypes.BackupJob{}}, nil
		}),
		api.Op("ListTags", nil, func(_ *api.Call, in *backup.ListTagsInput) (*backup.ListTagsOutput, error) {
			return &backup.ListTagsOutput{Tags: map[string]string{"arn": *in.ResourceArn}}, nil
		}),
		api.Op("DeleteRestoreTestingPlan", nil, func(*api.Call, *backup.DeleteRestoreTestingPlanInput) (*backup.DeleteRestoreTestingPlanOutput, error) {
			return &backup.DeleteRestoreTestingPlanOutput{}, nil
		}),
		api.Op("CreateRestoreTestingPlan", nil, func(c *api.Call, in *backup.CreateRestoreTestingPlanInput) (*backup.CreateRestoreTestingPlanOutput, error) {
			return &backup.CreateRestoreTestingPlanOutput{RestoreTestingPlanName: in.RestoreTestingPlan.RestoreTestingPlanName, CreationTime: aws.Time(c.Now), RestoreTestingPlanArn: aws.String("arn")}, nil
		}),
	}}
}

func (f *fixture) sts() api.Service {
	return api.Service{Name: "sts", Model: "sts", Operations: []api.Operation{
		api.Op("GetCallerIdentity", func(*api.Call, *sts.GetCallerIdentityInput) []api.Access { return nil }, func(c *api.Call, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
			return &sts.GetCallerIdentityOutput{Account: &c.Caller.Account, Arn: &c.Caller.ARN, UserId: &c.Caller.UserID}, nil
		}),
	}}
}

func (f *fixture) iam() api.Service {
	return api.Service{Name: "iam", Model: "iam", Operations: []api.Operation{
		api.Op("CreateRole", nil, func(c *api.Call, in *iam.CreateRoleInput) (*iam.CreateRoleOutput, error) {
			f.seen.role, f.seen.call = in, *c
			return &iam.CreateRoleOutput{Role: &iamtypes.Role{
				RoleName: in.RoleName, Arn: aws.String(c.GlobalARN("iam", "role/"+*in.RoleName)), Path: aws.String("/"), RoleId: aws.String("AROA1"),
				CreateDate: aws.Time(start), Tags: in.Tags, MaxSessionDuration: in.MaxSessionDuration,
			}}, nil
		}),
		api.Op("GetRole", nil, func(*api.Call, *iam.GetRoleInput) (*iam.GetRoleOutput, error) {
			return nil, &api.Error{Code: "NoSuchEntityException", Message: "The role <x> & y cannot be found."}
		}),
	}}
}

func (f *fixture) cloudwatch() api.Service {
	return api.Service{Name: "monitoring", Model: "cloudwatch", Operations: []api.Operation{
		api.Op("PutMetricAlarm", nil, func(_ *api.Call, in *cloudwatch.PutMetricAlarmInput) (*cloudwatch.PutMetricAlarmOutput, error) {
			f.seen.alarm = in
			return &cloudwatch.PutMetricAlarmOutput{}, nil
		}),
		api.Op("DescribeAlarms", nil, func(*api.Call, *cloudwatch.DescribeAlarmsInput) (*cloudwatch.DescribeAlarmsOutput, error) {
			return &cloudwatch.DescribeAlarmsOutput{MetricAlarms: []cwtypes.MetricAlarm{{AlarmName: aws.String("a"), Threshold: aws.Float64(-1.5), Period: aws.Int32(60), StateUpdatedTimestamp: aws.Time(start)}}}, nil
		}),
		api.Op("ListTagsForResource", nil, func(*api.Call, *cloudwatch.ListTagsForResourceInput) (*cloudwatch.ListTagsForResourceOutput, error) {
			return nil, &api.Error{Code: "ResourceNotFoundException", Message: "none"}
		}),
	}}
}

type (
	describeRegionsInput struct {
		RegionNames []string
		AllRegions  *bool
		DryRun      *bool
		Filters     []ec2Filter
	}
	ec2Filter struct {
		Name   *string
		Values []string
	}
	describeRegionsOutput struct{ Regions []ec2Region }
	ec2Region             struct{ OptInStatus, RegionName, Endpoint *string }
)

func (f *fixture) ec2() api.Service {
	return api.Service{Name: "ec2", Model: "ec2", Operations: []api.Operation{
		api.Op("DescribeRegions", nil, func(_ *api.Call, in *describeRegionsInput) (*describeRegionsOutput, error) {
			out := &describeRegionsOutput{}
			for _, n := range append(in.RegionNames, in.Filters[0].Values...) {
				out.Regions = append(out.Regions, ec2Region{RegionName: &n})
			}
			return out, nil
		}),
	}}
}

// keyring knows one user's key.
type keyring struct{ expires time.Time }

var _ sign.Keys = keyring{}

func (k keyring) Lookup(id string) (p api.Principal, secret, token string, expires time.Time, ok bool) {
	switch id {
	case "AKIAUSER":
		return api.Principal{Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/ann", UserID: "AIDA1"}, "hidden", "", time.Time{}, true
	case "ASIASESSION":
		return api.Principal{Account: "444455556666", ARN: "arn:aws:sts::444455556666:assumed-role/r/s", UserID: "AROA1:s"}, "hidden", "token", k.expires, true
	case "AKIADELETED":
		return api.Principal{}, "", "", time.Time{}, true
	}
	return api.Principal{}, "", "", time.Time{}, false
}

// onlyTable allows DynamoDB on one table.
type onlyTable string

func (o onlyTable) Authorize(_ *api.Call, a api.Access) (bool, string) {
	return a.Resource == string(o), ""
}
