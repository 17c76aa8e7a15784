package cfn

import (
	"github.com/restorable/restorable/internal/estate"
)

// readSchema reads keys and indexes. Throughput of an index counts only where capacity is provisioned.
func readSchema(t *estate.Table, k block) {
	t.KeySchema = listOf(k, "KeySchema", keyElement)
	t.Attributes = listOf(k, "AttributeDefinitions", func(r *items, v value) estate.Attribute {
		return estate.Attribute{Name: r.name(v, "AttributeName"), Type: r.word(v, "AttributeType")}
	})
	t.GSIs = listOf(k, "GlobalSecondaryIndexes", func(r *items, v value) estate.Index {
		x := index(r, v)
		throughput := r.child(v, "ProvisionedThroughput")
		x.ReadCapacity, x.WriteCapacity = r.whole(throughput, "ReadCapacityUnits"), r.whole(throughput, "WriteCapacityUnits")
		return x
	})
	t.LSIs = listOf(k, "LocalSecondaryIndexes", index)
}

func keyElement(r *items, v value) estate.KeyElement {
	return estate.KeyElement{Attribute: r.name(v, "AttributeName"), Type: r.word(v, "KeyType")}
}

func index(r *items, v value) estate.Index {
	x := estate.Index{Name: r.name(v, "IndexName")}
	for _, e := range r.list(v, "KeySchema") {
		x.Key = append(x.Key, keyElement(r, e))
	}
	projection := r.child(v, "Projection")
	x.Projection, x.NonKey = r.word(projection, "ProjectionType"), r.names(projection, "NonKeyAttributes")
	return x
}

// readMaximum reads an on-demand maximum; -1 says that there is none.
func readMaximum(k block, name string) estate.Fact[int64] {
	f := k.number(name)
	if n, ok := f.Get(); ok && n < 0 {
		return estate.AbsentFact[int64](f.Source())
	}
	return f
}

// readKinesis reads where the table's changes go: one stream at most in a template
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-table-kinesisstreamspecification.html).
func readKinesis(t *estate.Table, k block) {
	t.KinesisStreams = listOf(k, "KinesisStreamSpecification", func(r *items, v value) estate.KinesisStream {
		return estate.KinesisStream{ARN: r.name(v, "StreamArn"), Status: "ACTIVE", Precision: r.word(v, "ApproximateCreationDateTimePrecision")}
	})
}
