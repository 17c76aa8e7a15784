package awsapi

// The calls by which evidence is kept where nobody can change it: in an S3 bucket with Object Lock.
const (
	PutObject          CallID = "s3:PutObject"
	GetObjectRetention CallID = "s3:GetObjectRetention"
)

// Keeping is the table of those calls. PutObject with a retention needs the permission to retain besides.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
func Keeping() []Call {
	const objectARN = "arn:{partition}:s3:::*/*"
	// S3 takes thousands a second; a drill makes one of each. The bucket of KMS is as good as one of its own.
	return []Call{
		{ID: PutObject, ServiceID: "S3", Resource: objectARN, Buckets: []string{"kms:DescribeKey"}, Dependent: []Grant{{Action: "s3:PutObjectRetention"}}, Write: true, Empty: true},
		{ID: GetObjectRetention, ServiceID: "S3", Resource: objectARN, Buckets: []string{"kms:DescribeKey"}},
	}
}
