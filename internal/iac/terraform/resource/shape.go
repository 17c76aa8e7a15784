package resource

// shape is how resources of a type are named: by which attribute, and what their ARN looks like
// (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
type shape struct {
	naming  string // the attribute that names it; empty: AWS makes up what names it
	id      string // what Terraform's id is: the name, the ARN, or what AWS makes up, under this attribute
	service string // of the ARN; empty: its ARN is not put together here
	prefix  string // before the name in the ARN's last part
	path    bool   // IAM's path stands between prefix and name
	global  bool   // the ARN names no Region
}

func shapeOf(t string) shape {
	switch t {
	case "aws_dynamodb_table":
		return shape{naming: "name", id: "name", service: "dynamodb", prefix: "table/"}
	case "aws_dynamodb_global_table":
		return shape{naming: "name", id: "name", service: "dynamodb", prefix: "global-table/"}
	case "aws_backup_vault", "aws_backup_logically_air_gapped_vault":
		return shape{naming: "name", id: "name", service: "backup", prefix: "backup-vault:"}
	case "aws_backup_plan":
		return shape{service: "backup", prefix: "backup-plan:"}
	case "aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key":
		return shape{id: "key_id", service: "kms", prefix: "key/"}
	case "aws_kms_alias":
		return shape{naming: "name", id: "name", service: "kms"}
	case "aws_lambda_function":
		return shape{naming: "function_name", id: "name", service: "lambda", prefix: "function:"}
	case "aws_cloudtrail":
		return shape{naming: "name", service: "cloudtrail", prefix: "trail/"}
	}
	return otherShape(t)
}

func otherShape(t string) shape {
	switch t {
	case "aws_iam_role":
		return shape{naming: "name", id: "name", service: "iam", prefix: "role", path: true, global: true}
	case "aws_iam_policy":
		return shape{naming: "name", id: "arn", service: "iam", prefix: "policy", path: true, global: true}
	case "aws_s3_bucket":
		return shape{naming: "bucket", id: "name", service: "s3", global: true}
	case "aws_sns_topic":
		return shape{naming: "name", id: "arn", service: "sns"}
	case "aws_sqs_queue":
		return shape{naming: "name", service: "sqs"}
	case "aws_kinesis_stream":
		return shape{naming: "name", id: "arn", service: "kinesis", prefix: "stream/"}
	}
	return shape{}
}
