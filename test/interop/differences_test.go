package interop

import "strings"

// difference is how DynamoDB Local and the simulated AWS answer one request differently: parts of both answers, and who is right.
type difference struct{ local, sim, reason string }

const (
	legacy     = "legacy parameters (AttributesToGet, AttributeUpdates, Expected, KeyConditions) are not simulated; they answer an error"
	documented = "AWS documents this among the reasons of TransactionCanceledException"
	misfits    = "whatever does not fit the schema cancels, as DynamoDB Local itself does for a wrong type (assumed)"
	lenient    = "DynamoDB Local takes what AWS refuses"
)

// known lists the differences between DynamoDB Local and the simulated AWS by "group: label".
var known = map[string]difference{
	"tables: create on demand with throughput": {"TableDescription", "ValidationException", lenient},

	"items: delete again": {"ConsumedCapacity", "{}", "DynamoDB Local returns consumed capacity that nobody asked for"},

	"values: bytes that are no base64":     {"InternalFailure", "SerializationException", "DynamoDB Local breaks; AWS says that the request cannot be read"},
	"values: a number as JSON number":      {"{}", "SerializationException", lenient},
	"values: read a number as JSON number": {`"N":"1"`, "{}", "follows from the one before"},

	"numbers: put ١":                   {"{}", "ValidationException", "DynamoDB Local takes digits of other scripts for numbers; AWS documents no such form"},
	"numbers: key ١":                   {"{}", "ValidationException", "as before"},
	"numbers: 1E-130 and -1E-130: ADD": {`"0.000000`, `"N":"0"`, "DynamoDB Local keeps the scale of a sum that is zero; AWS normalises numbers"},

	"conditions: n = n + :5":                    {"Syntax error", "first operand must be distinct", "an expression with two mistakes: the simulator names the other one"},
	"conditions: an expression beside Expected": {"both expression and non-expression", "legacy parameter", legacy},

	"updates: old attribute updates":                     {"Attributes", "legacy parameter", legacy},
	"updates: old attribute updates add":                 {"Attributes", "legacy parameter", legacy},
	"updates: an expression beside old updates":          {"both expression and non-expression", "legacy parameter", legacy},
	"queries: key conditions of old":                     {"Items", "legacy parameter", legacy},
	"queries: both kinds":                                {"both expression and non-expression", "legacy parameter", legacy},
	"projections: attributes of old":                     {"Item", "legacy parameter", legacy},
	"projections: attributes of old beside a projection": {"both expression and non-expression", "legacy parameter", legacy},

	"scans: an empty table": {`"CapacityUnits":0,`, `"CapacityUnits":0.5,`, "AWS charges at least half a unit for a read (assumed for empty tables)"},

	"batches: reads with projection": {`"CapacityUnits":1,`, `"CapacityUnits":2,`, "AWS charges for reading an item that does not exist; DynamoDB Local does not in batches"},

	"transactions: an update of the wrong type": {"incorrect data type", "TransactionCanceledException", documented},
	"transactions: a number too large":          {"Number overflow", "TransactionCanceledException", documented},
	"transactions: an unset number":             {"does not exist in the item", "TransactionCanceledException", documented},
	"transactions: a missing key":               {"ValidationException", "TransactionCanceledException", misfits},
	"transactions: an empty key":                {"ValidationException", "TransactionCanceledException", misfits},
}

// wordings are texts that DynamoDB Local words otherwise than AWS: its own, and the beginning of AWS's. The codes are the same.
var wordings = []struct{ local, aws string }{
	{"Cannot do operations on a non-existent table", "Requested resource not found"},
	{"One of the required keys was not given a value", "The provided key element does not match the schema"},
	{"One of the required keys was not given a value", "One or more parameter values were invalid: Missing the key "},
	{"One or more parameter values were invalid: Type mismatch for key", "Transaction cancelled, please refer cancellation reasons for specific reasons ["},
	{"One or more parameter values were invalid: Type mismatch for key", "The provided key element does not match the schema"},
	{"One or more parameter values were invalid: Type mismatch for key", "One or more parameter values were invalid: Type mismatch for key "},
	{"One or more parameter values were invalid: Type mismatch for Index Key", "One or more parameter values were invalid: Type mismatch for Index Key "},
	{"The number of conditions on the keys is invalid", "The provided key element does not match the schema"},
	{"Hash primary key values must be under 2048 bytes, and range primary key values must be under 1024 bytes", "One or more parameter values were invalid: Size of "},
	{"Return values set to invalid value", "ReturnValues can only be ALL_OLD or NONE"},
	{"Return values set to invalid value", "1 validation error detected: Value 'SOME' at 'returnValues'"},
	{"Value null at ", "1 validation error detected: Value "},
	{"Value [] at 'transactItems'", "1 validation error detected: Value '[]' at 'transactItems'"},
	{"Item to put in PutItem cannot be null", "1 validation error detected: Value null at 'item'"},
	{"Nesting Levels have exceeded supported limits", "Nesting Levels have exceeded supported limits"},
	{"Empty attribute name", "One or more parameter values were invalid: Empty attribute name"},
	{"DynamoDB only supports precision up to 38 digits", "Attempting to store more than 38 significant digits in a Number"},
	{"A value provided cannot be converted into a number", "The parameter cannot be converted to a numeric value"},
	{"ExpressionAttributeValues contains invalid value: DynamoDB only supports precision", "ExpressionAttributeValues contains invalid value: Attempting to store more than 38 significant digits"},
	{"ExpressionAttributeValues contains invalid value: A value provided cannot be converted into a number", "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value"},
	{"One or more parameter values were invalid: Input collection ", "One or more parameter values were invalid: Input collection "},
	{"Invalid ConditionExpression: The BETWEEN operator requires upper bound", "Invalid ConditionExpression: The BETWEEN operator requires upper bound"},
	{"Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: attribute_type, operand type: {", "Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: attribute_type, operand type: {"},
	{"Query condition missed key schema element", "Query condition missed key schema element: "},
	{"Limit must be greater than or equal to 1", "1 validation error detected: Value '0' at 'limit'"},
	{"The provided starting key does not match the range key predicate", "The provided starting key is outside query boundaries based on provided conditions"},
	{"Exclusive Start Key must have same size as table's key schema", "The provided starting key is invalid: The provided key element does not match the schema"},
	{"The provided starting key is invalid", "The provided starting key is invalid: "},
	{"If segment is specified, total segment must also be specified", "The TotalSegments parameter is required"},
	{"If total segments is specified, a particular segment must also be specified", "The Segment parameter is required"},
	{"1 validation error detected: Value '2' at 'segment'", "The Segment parameter is zero-based"},
	{"1 validation error detected: Value '-1' at 'segment'", "1 validation error detected: Value '-1' at 'segment'"},
	{"Too many items requested for the Batch", "1 validation error detected: Value '"},
	{"BatchWriteItem cannot have a null or no requests set", "1 validation error detected: Value '{}' at 'requestItems'"},
	{"The batch write request list for a table cannot be null or empty", "1 validation error detected: Value '{simple=[]}' at 'requestItems'"},
	{"BatchGetItem must have some requests set", "1 validation error detected: Value '{}' at 'requestItems'"},
	{"The list of keys in RequestItems for BatchGetItem is required", "1 validation error detected: Value '[]' at 'requestItems.simple.member.keys'"},
	{"Invalid Request: TransactWriteRequest should contain Delete or Put or Update request", "TransactItems can only contain one of"},
}

// worded tells whether two texts are one of the pairs.
func worded(local, sim string) bool {
	for _, w := range wordings {
		if strings.HasPrefix(local, w.local) && strings.HasPrefix(sim, w.aws) {
			return true
		}
	}
	return false
}
