package awsapi

import "strings"

// headroom is the share of AWS's published rate that we use: other clients of the account want some too.
// 0.95 keeps a scan that is bound by a rate within 1.06 of the shortest possible time.
const headroom = 0.95

// publishedRate is AWS's rate of a bucket in calls per second, per account and Region; 0 means that none is known.
// DynamoDB: operation texts and https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html;
// AWS Backup: https://docs.aws.amazon.com/general/latest/gr/bk.html; tagging: https://docs.aws.amazon.com/general/latest/gr/arg.html;
// CloudWatch: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html.
// Where AWS publishes nothing the figure is a cautious choice of ours; the buckets adapt when AWS throttles.
func publishedRate(bucket string) float64 {
	switch bucket {
	case "dynamodb:describe", "dynamodb:mutate":
		return 2500
	case "dynamodb:GetResourcePolicy":
		return 100
	case "dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource", "dynamodb:DescribeBackup":
		return 10
	case "dynamodb:ListBackups", "dynamodb:ContributorInsights", "dynamodb:tagging":
		return 5
	case "tag:GetResources":
		return 15
	case "cloudwatch:DescribeAlarms":
		return 9
	case "dynamodb:DescribeKinesisStreamingDestination", "application-autoscaling", "account:ListRegions": // not published
		return 10
	case "iam:GetRole", "kms:DescribeKey", "dynamodb:CreateBackup": // GetRole: not published; DescribeKey: far more is allowed
		return 50
	case "iam:read": // not published
		return 20
	case "iam:write", "organizations:accounts": // not published
		return 5
	}
	if r := max(itemRate(bucket), restoreRate(bucket), oversightRate(bucket)); r > 0 {
		return r
	}
	return backupRate(bucket)
}

func backupRate(bucket string) float64 {
	switch {
	case bucket == "backup:DescribeProtectedResource":
		return 10
	case bucket == "backup": // all operations together
		return 50
	case strings.HasPrefix(bucket, "backup:List"):
		return 20
	case strings.HasPrefix(bucket, "backup:") && isBackupWrite(bucket), bucket == "backup:DescribeBackupVault":
		return 5 // published for plans, selections, vaults, jobs and tags; for the others it is our choice
	case strings.HasPrefix(bucket, "backup:"): // 15 is published for the Get operations; for settings and restore testing it is our choice
		return 15
	}
	return 0
}

func isBackupWrite(bucket string) bool {
	for _, verb := range []string{"Create", "Update", "Delete", "Put", "Start", "Tag", "Untag"} {
		if strings.HasPrefix(bucket, "backup:"+verb) {
			return true
		}
	}
	return false
}
