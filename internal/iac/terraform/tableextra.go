package terraform

import (
	"maps"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// tagOf applies aws_dynamodb_tag.
func (d *declaration) tagOf(t *estate.Table) {
	tags, ok := t.Tags.Get()
	if !ok {
		return
	}
	key, value := d.word("key"), read(d.block, "value", textOrHole)
	if unsure := doubt(key.Ref(), value.Ref()); unsure != 0 {
		t.Tags = estate.UnknownFact[map[string]string](unsure.Source())
		return
	}
	tags = maps.Clone(tags)
	tags[key.Or("")] = value.Or("")
	t.Tags = estate.KnownFact(tags, t.Tags.Source())
}

// resourcePolicyOf applies aws_dynamodb_resource_policy.
func (d *declaration) resourcePolicyOf(t *estate.Table) { t.ResourcePolicy = d.document("policy") }

// insightsOf applies aws_dynamodb_contributor_insights; that of an index says nothing of the table.
func (d *declaration) insightsOf(t *estate.Table) {
	switch index := d.name("index_name"); {
	case index.IsAbsent():
		t.ContributorInsights = fact(d, "ENABLED")
	case index.IsUnknown():
		t.ContributorInsights = estate.UnknownFact[string](index.Source())
	}
}

// kinesisOf applies aws_dynamodb_kinesis_streaming_destination.
func (d *declaration) kinesisOf(t *estate.Table) {
	streams, ok := t.KinesisStreams.Get()
	if !ok {
		return
	}
	arn, precision := d.name("stream_arn"), d.word("approximate_creation_date_time_precision")
	if unsure := doubt(arn.Ref()); unsure != 0 {
		t.KinesisStreams = estate.UnknownFact[[]estate.KinesisStream](unsure.Source())
		return
	}
	t.KinesisStreams = build.Known(d.b, append(streams[:len(streams):len(streams)],
		estate.KinesisStream{ARN: arn.Or(""), Status: "ACTIVE", Precision: precision.Or("")}), d.At)
}

// indexOf applies aws_dynamodb_global_secondary_index, which provider 6 has.
func (d *declaration) indexOf(t *estate.Table) {
	list, ok := t.GSIs.Get()
	if !ok {
		return
	}
	name, keys := d.name("index_name"), keySchema(d.block)
	projection, units := d.inner("projection"), d.inner("provisioned_throughput")
	kind := projection.word("projection_type")
	if unsure := doubt(name.Ref(), keys.Ref(), kind.Ref()); unsure != 0 {
		t.GSIs = estate.UnknownFact[[]estate.Index](unsure.Source())
		return
	}
	t.GSIs = estate.KnownFact(append(list[:len(list):len(list)], estate.Index{Name: name.Or(""), Key: keys.Or(nil), Projection: kind.Or(""),
		NonKey: projection.names("non_key_attributes").Or(nil), ReadCapacity: units.number("read_capacity_units").Or(0),
		WriteCapacity: units.number("write_capacity_units").Or(0)}), name.Source())
}
