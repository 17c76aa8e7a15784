package dynamodb

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

// Permissions by the service authorisation reference, "Actions, resources, and condition keys for Amazon DynamoDB".

func action(name, resource string) api.Access {
	return api.Access{Action: "dynamodb:" + name, Resource: resource}
}

func tableARN(sc world.Scope, ref *string) string {
	at, name := address(sc, aws.ToString(ref))
	return at.ARN("dynamodb", "table/"+name)
}

// nothing needs no permission that a policy could withhold: DescribeEndpoints is open to every caller.
func nothing[I any](*api.Call, *I) []api.Access { return []api.Access{} }

func anywhere[I any](name string) func(*api.Call, *I) []api.Access {
	return func(*api.Call, *I) []api.Access { return []api.Access{action(name, "*")} }
}

func onTable[I any](name string, ref func(*I) *string) func(*api.Call, *I) []api.Access {
	return func(c *api.Call, in *I) []api.Access { return []api.Access{action(name, tableARN(c.Scope, ref(in)))} }
}

func onARN[I any](name string, arn func(*I) *string) func(*api.Call, *I) []api.Access {
	return func(_ *api.Call, in *I) []api.Access { return []api.Access{action(name, aws.ToString(arn(in)))} }
}

// onData adds the key of a table encrypted with a customer's: the caller needs it too, through DynamoDB.
func onData[I any](s *Service, name string, ref func(*I) *string) func(*api.Call, *I) []api.Access {
	return func(c *api.Call, in *I) []api.Access {
		return append([]api.Access{action(name, tableARN(c.Scope, ref(in)))}, s.keyAccess(c, aws.ToString(ref(in)), "Decrypt")...)
	}
}

// keyAccess is what KMS asks for the table's key. The AWS-managed key's policy lets every user of the account through, so it is left out.
func (s *Service) keyAccess(c *api.Call, ref string, actions ...string) []api.Access {
	if t, _ := s.byRef(c.Scope, ref); t != nil {
		return s.keyActions(c, t.def.sse.key, actions...)
	}
	return nil
}

func (s *Service) keyActions(c *api.Call, key string, actions ...string) []api.Access {
	if key == "" {
		return nil
	}
	if managed, ok := s.keys.Resolve(c.Scope, "alias/aws/dynamodb"); ok && managed == key {
		return nil
	}
	var out []api.Access
	for _, a := range actions {
		out = append(out, api.Access{Action: "kms:" + a, Resource: key, Context: map[string]string{"kms:ViaService": "dynamodb." + c.Region + ".amazonaws.com"}})
	}
	return out
}

// newKey is what a caller needs to put a table under a customer's key.
func (s *Service) newKey(c *api.Call, spec *types.SSESpecification) []api.Access {
	if spec == nil || !aws.ToBool(spec.Enabled) || spec.KMSMasterKeyId == nil {
		return nil
	}
	key, ok := s.keys.Resolve(c.Scope, *spec.KMSMasterKeyId)
	if !ok {
		return nil
	}
	return s.keyActions(c, key, "DescribeKey", "CreateGrant", "Decrypt", "Encrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey")
}

func (s *Service) accessCreateTable(c *api.Call, in *dynamodb.CreateTableInput) []api.Access {
	arn := tableARN(c.Scope, in.TableName)
	out := []api.Access{action("CreateTable", arn)}
	if len(in.Tags) > 0 {
		out = append(out, action("TagResource", arn))
	}
	if in.ResourcePolicy != nil {
		out = append(out, action("PutResourcePolicy", arn))
	}
	return append(out, s.newKey(c, in.SSESpecification)...)
}

// accessUpdateTable: a new replica needs to be created, described, read and written in its Region as well.
func (s *Service) accessUpdateTable(c *api.Call, in *dynamodb.UpdateTableInput) []api.Access {
	arn := tableARN(c.Scope, in.TableName)
	out := append([]api.Access{action("UpdateTable", arn)}, s.newKey(c, in.SSESpecification)...)
	for _, u := range in.ReplicaUpdates {
		at := c.Scope
		switch {
		case u.Create != nil:
			at.Region = aws.ToString(u.Create.RegionName)
			out = append(out, action("CreateTableReplica", arn))
			for _, a := range []string{"CreateTable", "DescribeTable", "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchWriteItem"} {
				out = append(out, action(a, tableARN(at, in.TableName)))
			}
		case u.Delete != nil:
			at.Region = aws.ToString(u.Delete.RegionName)
			out = append(out, action("DeleteTableReplica", tableARN(at, in.TableName)), action("DeleteTable", tableARN(at, in.TableName)))
		}
	}
	return out
}

// restoreActions are what a native restore does to its target in the caller's name ("Using IAM with DynamoDB backup and restore").
func restoreActions(target string) []api.Access {
	var out []api.Access
	for _, a := range []string{"BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"} {
		out = append(out, action(a, target))
	}
	return out
}

func (s *Service) accessRestoreFromBackup(c *api.Call, in *dynamodb.RestoreTableFromBackupInput) []api.Access {
	target := tableARN(c.Scope, in.TargetTableName)
	out := []api.Access{action("RestoreTableFromBackup", aws.ToString(in.BackupArn)), action("RestoreTableFromBackup", target)}
	out = append(out, restoreActions(target)...)
	if b, err := s.findBackup(c, in.BackupArn, true); err == nil {
		out = append(out, s.keyActions(c, b.snap.def.sse.key, "Decrypt")...)
	}
	return append(out, s.newKey(c, in.SSESpecificationOverride)...)
}

func (s *Service) accessRestoreToPointInTime(c *api.Call, in *dynamodb.RestoreTableToPointInTimeInput) []api.Access {
	source := in.SourceTableName
	if source == nil {
		source = in.SourceTableArn
	}
	target := tableARN(c.Scope, in.TargetTableName)
	out := []api.Access{action("RestoreTableToPointInTime", tableARN(c.Scope, source)), action("RestoreTableToPointInTime", target)}
	out = append(out, restoreActions(target)...)
	out = append(out, s.keyAccess(c, aws.ToString(source), "Decrypt")...)
	return append(out, s.newKey(c, in.SSESpecificationOverride)...)
}

// through is the ARN that Query and Scan need: the table's, or the index's.
func through(sc world.Scope, ref, indexName *string) string {
	arn := tableARN(sc, ref)
	if indexName != nil {
		arn += "/index/" + *indexName
	}
	return arn
}

func (s *Service) accessQuery(c *api.Call, in *dynamodb.QueryInput) []api.Access {
	return append([]api.Access{action("Query", through(c.Scope, in.TableName, in.IndexName))}, s.keyAccess(c, aws.ToString(in.TableName), "Decrypt")...)
}

func (s *Service) accessScan(c *api.Call, in *dynamodb.ScanInput) []api.Access {
	return append([]api.Access{action("Scan", through(c.Scope, in.TableName, in.IndexName))}, s.keyAccess(c, aws.ToString(in.TableName), "Decrypt")...)
}

func (s *Service) accessBatchGet(c *api.Call, in *dynamodb.BatchGetItemInput) []api.Access {
	var out []api.Access
	for _, ref := range sortedKeys(in.RequestItems) {
		out = append(out, action("BatchGetItem", tableARN(c.Scope, &ref)))
		out = append(out, s.keyAccess(c, ref, "Decrypt")...)
	}
	return out
}

func (s *Service) accessBatchWrite(c *api.Call, in *dynamodb.BatchWriteItemInput) []api.Access {
	var out []api.Access
	for _, ref := range sortedKeys(in.RequestItems) {
		out = append(out, action("BatchWriteItem", tableARN(c.Scope, &ref)))
		out = append(out, s.keyAccess(c, ref, "Decrypt")...)
	}
	return out
}

// Transactions need the permission of each single operation, and ConditionCheckItem for a check.
func (s *Service) accessTransactGet(c *api.Call, in *dynamodb.TransactGetItemsInput) []api.Access {
	var out []api.Access
	for _, it := range in.TransactItems {
		if it.Get != nil {
			out = once(out, action("GetItem", tableARN(c.Scope, it.Get.TableName)))
		}
	}
	return out
}

func (s *Service) accessTransactWrite(c *api.Call, in *dynamodb.TransactWriteItemsInput) []api.Access {
	var out []api.Access
	for _, it := range in.TransactItems {
		switch {
		case it.Put != nil:
			out = once(out, action("PutItem", tableARN(c.Scope, it.Put.TableName)))
		case it.Delete != nil:
			out = once(out, action("DeleteItem", tableARN(c.Scope, it.Delete.TableName)))
		case it.Update != nil:
			out = once(out, action("UpdateItem", tableARN(c.Scope, it.Update.TableName)))
		case it.ConditionCheck != nil:
			out = once(out, action("ConditionCheckItem", tableARN(c.Scope, it.ConditionCheck.TableName)))
		}
	}
	return out
}

func once(list []api.Access, a api.Access) []api.Access {
	if slices.ContainsFunc(list, func(b api.Access) bool { return a.Action == b.Action && a.Resource == b.Resource }) {
		return list
	}
	return append(list, a)
}

func accessEnableKinesis(c *api.Call, in *dynamodb.EnableKinesisStreamingDestinationInput) []api.Access {
	stream := aws.ToString(in.StreamArn)
	return []api.Access{
		action("EnableKinesisStreamingDestination", tableARN(c.Scope, in.TableName)),
		{Action: "kinesis:DescribeStream", Resource: stream}, {Action: "kinesis:PutRecord", Resource: stream}, {Action: "kinesis:PutRecords", Resource: stream},
	}
}

// accessGetRecords: the iterator begins with its stream's ARN.
func accessGetRecords(_ *api.Call, in *GetRecordsInput) []api.Access {
	arn, _, _ := strings.Cut(aws.ToString(in.ShardIterator), "|")
	return []api.Access{action("GetRecords", arn)}
}
