package render

import (
	"github.com/restorable/restorable/internal/estate"
)

// nativeRequest is the restore as DynamoDB takes it. The key is always said: whether a restore carries a customer's key over is UNCONFIRMED
// (aws-semantics 4.3).
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html
func (r Restore) nativeRequest() object {
	in := object{"TargetTableName": r.Target, "SSESpecificationOverride": r.encryption()}
	if r.API == "RestoreTableFromBackup" {
		in["BackupArn"] = r.ARN
	} else {
		in["SourceTableArn"] = r.Source
		with(in, "UseLatestRestorableTime", true, r.At == "")
		with(in, "RestoreDateTime", r.At, r.At != "")
	}
	if x := r.Indexes; x != nil {
		in["GlobalSecondaryIndexOverride"], in["LocalSecondaryIndexOverride"] = indexRequests(x.Global), indexRequests(x.Local)
	}
	if c := r.Billing; c != nil && c.Provisioned {
		in["BillingModeOverride"], in["ProvisionedThroughputOverride"] = "PROVISIONED", object{"ReadCapacityUnits": c.Read, "WriteCapacityUnits": c.Write}
	} else if c != nil {
		in["BillingModeOverride"] = "PAY_PER_REQUEST"
	}
	return in
}

func (r Restore) encryption() object {
	sse := object{"Enabled": r.Level != ownedByAWS}
	with(sse, "SSEType", "KMS", r.Level != ownedByAWS)
	return with(sse, "KMSMasterKeyId", r.Key, r.Level == customerKey)
}

func indexRequests(list []estate.Index) []object {
	out := []object{}
	for _, x := range list {
		key := []object{}
		for _, k := range x.Key {
			key = append(key, object{"AttributeName": k.Attribute, "KeyType": k.Type})
		}
		projection := with(object{"ProjectionType": x.Projection}, "NonKeyAttributes", x.NonKey, len(x.NonKey) > 0)
		one := object{"IndexName": x.Name, "KeySchema": key, "Projection": projection}
		with(one, "ProvisionedThroughput", object{"ReadCapacityUnits": x.ReadCapacity, "WriteCapacityUnits": x.WriteCapacity}, x.ReadCapacity > 0)
		out = append(out, one)
	}
	return out
}

// jobRequest is the restore as AWS Backup takes it, without the point.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-dynamodb.html
func (r Restore) jobRequest() object {
	metadata := object{"targetTableName": r.Target, "encryptionType": "KMS"}
	with(metadata, "encryptionType", "Default", r.Level == ownedByAWS)
	with(metadata, "kmsMasterKeyArn", r.Key, r.Level == customerKey)
	return object{"Metadata": metadata, "IamRoleArn": r.Role, "IdempotencyToken": r.Run, "ResourceType": "DynamoDB"}
}

// copyRequest: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartCopyJob.html
func (r Restore) copyRequest() object {
	in := object{"RecoveryPointArn": r.ARN, "SourceBackupVaultName": r.Vault, "DestinationBackupVaultArn": r.copyVaultARN(), "IamRoleArn": r.Role, "IdempotencyToken": r.Run + "-copy"}
	return with(in, "Lifecycle", lifecycleRequest(0, r.CopyDays), r.CopyDays > 0)
}

// policyRequest: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
func policyRequest(t estate.ScalingTarget, p estate.ScalingPolicy) object {
	tracking := object{"TargetValue": p.Target, "DisableScaleIn": p.DisableScaleIn, "PredefinedMetricSpecification": object{"PredefinedMetricType": p.Metric}}
	with(tracking, "ScaleInCooldown", p.ScaleInCooldown, p.ScaleInCooldown > 0)
	with(tracking, "ScaleOutCooldown", p.ScaleOutCooldown, p.ScaleOutCooldown > 0)
	return object{"ServiceNamespace": "dynamodb", "ResourceId": t.Resource, "ScalableDimension": t.Dimension, "PolicyName": p.Name, "PolicyType": "TargetTrackingScaling",
		"TargetTrackingScalingPolicyConfiguration": tracking}
}
