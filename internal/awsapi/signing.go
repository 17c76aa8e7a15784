package awsapi

// The calls by which evidence is signed with a key that never leaves AWS KMS.
const (
	Sign         CallID = "kms:Sign"
	GetPublicKey CallID = "kms:GetPublicKey"
)

// Signing is the table of those calls. They change nothing.
func Signing() []Call {
	// KMS allows hundreds a second of either; one of each is made for a drill.
	// https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
	return []Call{
		{ID: GetPublicKey, ServiceID: "KMS", Resource: keyARN, Buckets: []string{"kms:DescribeKey"}},
		{ID: Sign, ServiceID: "KMS", Resource: keyARN, Buckets: []string{"kms:DescribeKey"}},
	}
}
