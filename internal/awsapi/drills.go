package awsapi

// The declared calls that drills make besides those of restores and comparisons.
const (
	DeleteTable                CallID = "dynamodb:DeleteTable"
	PutRestoreValidationResult CallID = "backup:PutRestoreValidationResult"
)

// drillTableARN are the tables that a drill makes: nothing else is ever deleted.
const drillTableARN = "arn:{partition}:dynamodb:*:*:table/restorable-drill-*"

func drillWrites() []Call {
	return []Call{
		{ID: DeleteTable, ServiceID: "DynamoDB", Resource: drillTableARN, Buckets: []string{"dynamodb:mutate"}},
		// The action knows no resource.
		{ID: PutRestoreValidationResult, ServiceID: "Backup", Resource: "*", Buckets: changes(PutRestoreValidationResult), Empty: true},
	}
}
