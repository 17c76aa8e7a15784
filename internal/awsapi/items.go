package awsapi

// Reads of what a table holds. They are kept apart from those that collect: a policy without them sees settings, never an item.
const (
	Scan             CallID = "dynamodb:Scan"
	Query            CallID = "dynamodb:Query"
	GetItem          CallID = "dynamodb:GetItem"
	ListStreams      CallID = "dynamodb:ListStreams"
	DescribeStream   CallID = "dynamodb:DescribeStream"
	GetShardIterator CallID = "dynamodb:GetShardIterator"
	GetRecords       CallID = "dynamodb:GetRecords"
)

const (
	streamARN   = "arn:{partition}:dynamodb:*:*:table/*/stream/*"
	itemsBucket = "dynamodb:items"
)

// Items is the table of the calls that read items and streams. What limits reads of items is the table's
// capacity, to which whoever reads must keep (see drill/compare).
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
func Items() []Call {
	return append(TableItems(), StreamRecords()...)
}

// TableItems are the calls that read the items of a table.
func TableItems() []Call {
	return []Call{
		{ID: Scan, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{itemsBucket}, Dependent: decryptGrant()},
		{ID: Query, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{itemsBucket}, Dependent: decryptGrant()},
		{ID: GetItem, ServiceID: "DynamoDB", Resource: tableARN, Buckets: []string{itemsBucket}, Dependent: decryptGrant()},
	}
}

// StreamRecords are the calls that read a table's stream.
func StreamRecords() []Call {
	return []Call{
		{ID: ListStreams, ServiceID: "DynamoDB Streams", Resource: "*", Buckets: []string{string(ListStreams)}},
		{ID: DescribeStream, ServiceID: "DynamoDB Streams", Resource: streamARN, Buckets: []string{string(DescribeStream)}},
		{ID: GetShardIterator, ServiceID: "DynamoDB Streams", Resource: streamARN, Buckets: []string{string(GetShardIterator)}},
		{ID: GetRecords, ServiceID: "DynamoDB Streams", Resource: streamARN, Buckets: []string{string(GetRecords)}},
	}
}

// decryptGrant: of a table under a customer's key nobody reads items who may not decrypt with it, through DynamoDB.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
func decryptGrant() []Grant {
	via := Condition{Operator: "StringLike", Key: "kms:ViaService", Value: "dynamodb.*.amazonaws.com*"}
	return []Grant{{Action: "kms:Decrypt", On: OnKey, Resource: keyARN, Condition: via, When: WithKey}}
}

// itemRate is publishedRate for these calls. DescribeStream: operation text; the others are not published, and cautious. A page of a
// Scan takes up to 256 units of the 40,000 a second that a table has by default.
func itemRate(bucket string) float64 {
	if bucket == itemsBucket {
		return 1000
	}
	switch CallID(bucket) {
	case DescribeStream, GetShardIterator:
		return 10
	case ListStreams:
		return 5
	case GetRecords:
		return 20
	}
	return 0
}
