package terraform

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// table reads aws_dynamodb_table. What is not written has the default of the provider, or else of AWS
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table).
func (d *declaration) table() estate.Table {
	k := d.block
	t := estate.Table{ID: d.ID(), ARN: d.attribute("arn"), Name: d.attribute("name")}
	build.UndeployedTable(k.b, &t, d.At)
	t.BillingMode = or(k, k.word("billing_mode"), "PROVISIONED")
	t.TableClass = or(k, k.word("table_class"), "STANDARD")
	t.DeletionProtection = or(k, k.flag("deletion_protection_enabled"), false)
	t.Tags = k.tags()
	t.ReadCapacity, t.WriteCapacity = k.capacity(t.BillingMode, "read_capacity"), k.capacity(t.BillingMode, "write_capacity")
	onDemand := k.inner("on_demand_throughput")
	t.MaxReadRequests, t.MaxWriteRequests = onDemand.maximum("max_read_request_units"), onDemand.maximum("max_write_request_units")
	readKeys(&t, k)
	readPITR(&t, k.inner("point_in_time_recovery"))
	readEncryption(&t, k.inner("server_side_encryption"))
	d.readStream(&t)
	ttl := k.inner("ttl")
	t.TTLStatus, t.TTLAttribute = build.Status(or(ttl, ttl.flag("enabled"), false)), ttl.word("attribute_name")
	t.Replicas = readReplicas(k)
	t.ContributorInsights = build.Known(k.b, "DISABLED", d.At)
	t.ResourcePolicy = build.Absent[string](k.b, d.At)
	t.KinesisStreams = build.Known(k.b, []estate.KinesisStream{}, d.At)
	return t
}

// capacity is absent on demand, whatever is written.
func (k block) capacity(mode estate.Fact[string], name string) estate.Fact[int64] {
	switch m, ok := mode.Get(); {
	case !ok:
		return estate.UnknownFact[int64](mode.Source())
	case m == "PROVISIONED":
		return k.number(name)
	}
	return estate.AbsentFact[int64](mode.Source())
}

// maximum reads an on-demand maximum; -1 is none.
func (k block) maximum(name string) estate.Fact[int64] {
	f := k.number(name)
	if n, ok := f.Get(); ok && n < 0 {
		return estate.AbsentFact[int64](f.Source())
	}
	return f
}

func readPITR(t *estate.Table, k block) {
	build.Recovery(k.b, t, k.at(), or(k, k.flag("enabled"), false), k.number("recovery_period_in_days"))
}

// readEncryption: without the block, or switched off, a key that AWS owns encrypts; with enabled alone, AWS's managed key of the account.
func readEncryption(t *estate.Table, k block) {
	on := or(k, k.flag("enabled"), false)
	switch enabled, ok := on.Get(); {
	case !ok:
		t.SSEType, t.KeyARN = estate.UnknownFact[string](on.Source()), estate.UnknownFact[string](on.Source())
	case enabled:
		t.SSEType, t.KeyARN = estate.KnownFact("KMS", on.Source()), k.keyARN("kms_key_arn", "dynamodb")
	default:
		t.SSEType, t.KeyARN = estate.AbsentFact[string](on.Source()), estate.AbsentFact[string](on.Source())
	}
}

func (d *declaration) readStream(t *estate.Table) {
	t.StreamEnabled = or(d.block, d.flag("stream_enabled"), false)
	switch on, ok := t.StreamEnabled.Get(); {
	case !ok:
		t.StreamView, t.StreamARN = estate.UnknownFact[string](t.StreamEnabled.Source()), estate.UnknownFact[string](t.StreamEnabled.Source())
	case on:
		t.StreamView, t.StreamARN = d.word("stream_view_type"), d.attribute("stream_arn")
	default:
		t.StreamView, t.StreamARN = estate.AbsentFact[string](t.StreamEnabled.Source()), estate.AbsentFact[string](t.StreamEnabled.Source())
	}
}
