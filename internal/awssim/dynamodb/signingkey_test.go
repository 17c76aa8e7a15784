package dynamodb

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// TestAKeyThatSignsEncryptsNoTable, neither a new one nor one that is there.
func TestAKeyThatSignsEncryptsNoTable(t *testing.T) {
	l := newLab(t, Options{})
	signs := here.ARN("kms", "key/signs")
	l.keys[signs] = "Enabled"
	spec := &types.SSESpecification{Enabled: aws.Bool(true), SSEType: types.SSETypeKms, KMSMasterKeyId: &signs}
	in := simple("secret")
	in.SSESpecification = spec
	refused(l, l.s.createTable, in, "ValidationException", "symmetric")
	l.create(simple("orders"))
	refused(l, l.s.updateTable, &dynamodb.UpdateTableInput{TableName: aws.String("orders"), SSESpecification: spec}, "ValidationException", "symmetric")
	if d := l.describe("orders"); d.SSEDescription != nil {
		t.Errorf("%+v", d.SSEDescription)
	}
}
