package terraform

import (
	"slices"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// readReplicas reads the replica blocks of a table.
func readReplicas(k block) estate.Fact[[]estate.Replica] {
	return items(k, "replica", func(r block) (estate.Replica, estate.Ref) {
		region, key := r.word("region_name"), r.name("kms_key_arn")
		return estate.Replica{Region: region.Or(""), KeyARN: key.Or("")}, doubt(region.Ref())
	})
}

// copied is a replica that is to be added: of which table, in which Region, what a block says of it alone, and as what it is known.
type copied struct {
	main        tableRef
	of          *declaration
	region      string
	k           block
	id, address string
}

// addReplicas makes tables of the replica blocks of a table, each in the unit of its Region: each has its own recovery, protection and key.
func (a *assembly) addReplicas(d *declaration, main tableRef) {
	blocks, _ := d.blocks("replica")
	for _, k := range blocks {
		region, ok := k.word("region_name").Get()
		if !ok || region == stated(d.Region) {
			continue
		}
		ref := a.copy(copied{main, d, region, k, d.ID() + "/" + region, d.Address + "/" + region})
		t := ref.table()
		k.b = ref.b
		if propagated, ok := or(k, k.flag("propagate_tags"), false).Get(); !ok {
			t.Tags = unknownFact[map[string]string](k.b, k.at(), deployed)
		} else if !propagated {
			t.Tags = build.Known(k.b, map[string]string{}, k.at())
		}
	}
}

// copy adds a replica.
func (a *assembly) copy(c copied) tableRef {
	b, at := a.unitOf(c.region, c.of.Account), c.k.at()
	there := *c.of.Resource
	there.Region = c.region
	t := (&declaration{Resource: &there, said: c.of.said, block: c.of.said}).in(b).table()
	k := c.k
	k.b = b
	t.ID, t.Name, t.ARN = c.id, build.Known(b, there.Text("name"), at), build.Known(b, there.Attribute("arn"), at)
	build.Recovery(b, &t, at, or(k, k.flag("point_in_time_recovery"), false), build.Absent[int64](b, at))
	t.DeletionProtection = or(k, k.flag("deletion_protection_enabled"), false)
	t.StreamARN = replicaStream(k, &t)
	replicaKey(k, &t)
	t.Replicas = c.others(b)
	ref := tableRef{b, len(b.Unit.Tables.Items)}
	b.Unit.Tables.Items = append(b.Unit.Tables.Items, t)
	a.know(ref)
	b.Declare(c.id, c.address, at)
	return ref
}

func replicaStream(k block, t *estate.Table) estate.Fact[string] {
	if !t.StreamARN.IsKnown() {
		return t.StreamARN
	}
	return build.Known(k.b, resource.Symbol(t.ID+".stream_arn"), k.at())
}

// replicaKey: a replica names a key of its own Region; else it is encrypted as the table is, under AWS's keys.
func replicaKey(k block, t *estate.Table) {
	switch key := k.name("kms_key_arn"); {
	case !key.IsAbsent():
		t.SSEType, t.KeyARN = build.Known(k.b, "KMS", k.at()), k.keyARN("kms_key_arn", "dynamodb")
	case t.SSEType.IsKnown():
		t.KeyARN = build.Known(k.b, k.managedKey("dynamodb"), k.at())
	}
}

// others are the other Regions of a table's replica: that of the table itself, and those of its other replicas.
func (c copied) others(b *build.Builder) estate.Fact[[]estate.Replica] {
	all, ok := c.main.table().Replicas.Get()
	if !ok {
		return unknownFact[[]estate.Replica](b, c.k.at(), "which replicas the table has is not known")
	}
	out := []estate.Replica{{Region: resource.RegionText(c.of.Region)}}
	for _, r := range all {
		if r.Region != c.region {
			out = append(out, r)
		}
	}
	return build.Known(b, out, c.k.at())
}

// addReplica reads aws_dynamodb_table_replica: it is in the Region of its provider, of a table in another
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table_replica).
func (a *assembly) addReplica(d *declaration) {
	target := d.said.name("global_table_arn")
	arn, ok := target.Get()
	mains := a.tablesOf(d.b, arn)
	region := stated(d.Region)
	for _, main := range mains {
		t := main.table()
		list, known := t.Replicas.Get()
		switch {
		case !known:
		case region == "" || d.Maybe != "":
			t.Replicas = unknownFact[[]estate.Replica](main.b, d.At, orText(d.Maybe, "in which Region a replica is, is not known"))
		default:
			t.Replicas = build.Known(main.b, append(list[:len(list):len(list)], estate.Replica{Region: region}), d.At)
		}
	}
	if len(mains) == 0 && (!ok || resource.Symbolic(arn)) {
		for _, b := range slices.Clone(a.builders) {
			a.toTable(d.in(b), "global_table_arn", (*declaration).maybeReplicated)
		}
	}
	if region == "" {
		return
	}
	for _, main := range mains {
		a.standalone(d, main, region)
	}
}

// maybeReplicated: a replica may be of the table.
func (d *declaration) maybeReplicated(t *estate.Table) {
	t.Replicas = unknownFact[[]estate.Replica](d.b, d.At, orText(d.Maybe, ofWhat))
}

// standalone adds a replica that is a resource of its own, with its own tags and class.
func (a *assembly) standalone(d *declaration, main tableRef, region string) {
	of := a.said[main]
	if of == nil || region == stated(of.Region) {
		return
	}
	ref := a.copy(copied{main, of, region, d.said, d.ID(), d.Address})
	t, own := ref.table(), d.said
	own.b = ref.b
	t.Tags = own.tags()
	if class := own.word("table_class_override"); !class.IsAbsent() {
		t.TableClass = class
	}
}

// joinTables reads aws_dynamodb_global_table, of the version of 2017: tables of one name in several Regions, each declared by itself
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_global_table).
func (a *assembly) joinTables(d *declaration) {
	name, ok := d.said.name("name").Get()
	if !ok {
		return
	}
	regions := readJoined(d)
	for _, b := range a.builders {
		for _, i := range a.byName[nameIn{b, name}] {
			b.Unit.Tables.Items[i].Replicas = joined(d.in(b), regions)
		}
	}
}

func readJoined(d *declaration) estate.Fact[[]string] {
	return items(d.block, "replica", func(r block) (string, estate.Ref) {
		region := r.word("region_name")
		return region.Or(""), doubt(region.Ref())
	})
}

// joined are the Regions of a global table other than the unit's.
func joined(d *declaration, regions estate.Fact[[]string]) estate.Fact[[]estate.Replica] {
	all, ok := regions.Get()
	own := d.b.Unit.Region.Or("")
	if !ok || own == "" {
		return unknownFact[[]estate.Replica](d.b, d.At, "in which Regions the table is, is not known")
	}
	out := []estate.Replica{}
	for _, region := range all {
		if region != own {
			out = append(out, estate.Replica{Region: region})
		}
	}
	return build.Known(d.b, out, d.At)
}
