package cfn

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// simpleTable reads AWS::Serverless::SimpleTable, with what the template's Globals say of all of them. It is a table with one key, on
// demand unless throughput is given
// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html).
func (r *resource) simpleTable() estate.Table {
	k := r.properties
	t := estate.Table{ID: r.identity(), ARN: r.reference("Arn"), Name: r.reference("")}
	build.UndeployedTable(k.b, &t, r.at)
	units := k.block("ProvisionedThroughput")
	switch units.v.form {
	case nothing:
		t.BillingMode = build.Known(k.b, "PAY_PER_REQUEST", units.at)
		t.ReadCapacity, t.WriteCapacity = build.Absent[int64](k.b, units.at), build.Absent[int64](k.b, units.at)
	case unresolved:
		t.BillingMode = unknownFact[string](k.b, units.at, units.v.why)
		t.ReadCapacity, t.WriteCapacity = units.number("ReadCapacityUnits"), units.number("WriteCapacityUnits")
	default:
		t.BillingMode = build.Known(k.b, provisioned, units.at)
		t.ReadCapacity, t.WriteCapacity = units.number("ReadCapacityUnits"), units.number("WriteCapacityUnits")
	}
	t.MaxReadRequests, t.MaxWriteRequests = build.Absent[int64](k.b, r.at), build.Absent[int64](k.b, r.at)
	t.Tags = r.tags(or(k, k.tagMap("Tags"), map[string]string{}))
	t.Replicas = build.Known(k.b, []estate.Replica{}, r.at)
	readSimpleKey(&t, k.block("PrimaryKey"))
	// What it has no property for is as it is in a table that does not write it; PointInTimeRecoverySpecification it has.
	none := block{b: k.b, at: r.at, v: value{form: object, pos: r.at, open: k.v.open}}
	r.readLocal(&t, none)
	readPITR(&t, k.block("PointInTimeRecoverySpecification"))
	r.readEncryption(&t, r.withGlobals(k, "SSESpecification"))
	readStream(&t, none, "")
	readTTL(&t, none)
	return t
}

// readSimpleKey: without PrimaryKey it is a text of the name id.
func readSimpleKey(t *estate.Table, key block) {
	name, kind := or(key, key.name("Name"), "id"), or(key, key.word("Type"), "String")
	t.GSIs, t.LSIs = build.Known(key.b, []estate.Index{}, key.at), build.Known(key.b, []estate.Index{}, key.at)
	n, ok := name.Get()
	k, ok2 := kind.Get()
	if !ok || !ok2 || k == "" {
		why := unknownFact[bool](key.b, key.at, "the key is not known").Source()
		t.KeySchema, t.Attributes = estate.UnknownFact[[]estate.KeyElement](why), estate.UnknownFact[[]estate.Attribute](why)
		return
	}
	t.KeySchema = estate.KnownFact([]estate.KeyElement{{Attribute: n, Type: "HASH"}}, name.Source())
	t.Attributes = estate.KnownFact([]estate.Attribute{{Name: n, Type: k[:1]}}, kind.Source())
}

// withGlobals is a block with what Globals add to it; what the resource writes itself stands
// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html).
func (r *resource) withGlobals(k block, name string) block {
	own := k.block(name)
	n := r.stack.root.get("Globals").get("SimpleTable").get(name)
	if n == nil || own.v.form == unresolved {
		return own
	}
	globals := r.stack.evaluate(n)
	if own.v.form != object || globals.form != object {
		if own.v.form == nothing {
			return block{b: k.b, at: globals.pos, v: globals}
		}
		return own
	}
	merged := own.v
	merged.fields = append([]field(nil), own.v.fields...)
	for _, f := range globals.fields {
		if _, _, has := own.v.field(f.key); !has {
			merged.fields = append(merged.fields, f)
		}
	}
	merged.open = orText(own.v.open, globals.open)
	return block{b: k.b, at: own.at, v: merged}
}
