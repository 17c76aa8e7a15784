package cfn

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// globalTable reads AWS::DynamoDB::GlobalTable: a table for each replica, in the unit of its Region, since each has its own recovery,
// protection and key
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html).
func (r *resource) globalTable() {
	replicas, whole := r.properties.blocks("Replicas")
	g := &globalTable{resource: r, whole: whole}
	for _, k := range replicas {
		g.add(k)
	}
	if len(g.replicas) == 0 { // one there is, or the template would not deploy
		why := "which replicas the table has is not known"
		g.add(block{b: r.properties.b, at: r.at, v: unknownOf(r.at, why)})
	}
	for i := range g.replicas {
		r.assembly.keep(r, g.replicas[i].k.b, g.table(i))
	}
}

type globalTable struct {
	*resource
	replicas []replica
	whole    estate.Fact[bool]
}

type replica struct {
	k      block
	region string // empty: that of the stack
}

// add sorts a replica to the unit of its Region. The one whose Region is that of the stack, whichever that is, is in the stack's unit.
func (g *globalTable) add(k block) {
	region, _ := k.name("Region").Get()
	if region == symbol("AWS::Region") || region == g.assembly.b.Unit.Region.Or("") {
		region = ""
	}
	if region != "" {
		k.b = g.assembly.b.Apart(region, g.assembly.b.Unit.Account.Or(""))
	}
	g.replicas = append(g.replicas, replica{k, region})
}

// table is one replica: what the global table says of all, and what is its own.
func (g *globalTable) table(i int) estate.Table {
	at := g.replicas[i]
	own, b := at.k, at.k.b
	k := g.properties
	k.b = b
	name := build.Known(b, g.stack.reference(g.id, ""), g.at)
	t := estate.Table{ID: g.declare(b, at.region), ARN: build.Known(b, g.arnIn(at.region), g.at), Name: name}
	build.UndeployedTable(b, &t, g.at)
	t.Tags = g.tags(or(own, own.tagList("Tags"), map[string]string{}))
	t.Replicas = g.others(i)
	readSchema(&t, k)
	g.readThroughput(&t, k, own)
	g.readLocal(&t, own)
	g.readReplicaKey(&t, k.block("SSESpecification"), own.block("SSESpecification"))
	readStream(&t, k, g.stack.reference(g.id, "StreamArn"))
	readTTL(&t, k)
	return t
}

// declare says where a replica is declared, and by which id; the Regions that the template writes tell replicas apart.
func (g *globalTable) declare(b *build.Builder, region string) string {
	if region == "" {
		return g.identity() // which is declared with the resource
	}
	b.Declare(g.identity()+"/"+region, g.stack.address(g.id)+"/"+region, g.at)
	return g.identity() + "/" + region
}

func (g *globalTable) arnIn(region string) string {
	if region == "" {
		return g.stack.reference(g.id, "Arn")
	}
	return g.stack.project.arn("dynamodb", region, "table/"+g.stack.reference(g.id, ""))
}

// others are the replicas in other Regions than one's own.
func (g *globalTable) others(of int) estate.Fact[[]estate.Replica] {
	b := g.replicas[of].k.b
	if !g.whole.IsKnown() {
		return unknownFact[[]estate.Replica](b, g.at, "which replicas the table has is not known")
	}
	out := []estate.Replica{}
	for i, other := range g.replicas {
		if other.k.v.form == unresolved {
			return unknownFact[[]estate.Replica](b, other.k.at, other.k.v.why)
		}
		if region := other.region; i != of {
			if region == "" {
				region = g.stack.project.text("AWS::Region")
			}
			out = append(out, estate.Replica{Region: region})
		}
	}
	return build.Known(b, out, g.at)
}

// readThroughput: writes are of the whole table, reads of each replica. What scales is known from the table itself.
func (g *globalTable) readThroughput(t *estate.Table, k, own block) {
	t.BillingMode = or(k, k.word("BillingMode"), provisioned)
	t.ReadCapacity, t.WriteCapacity = build.Absent[int64](k.b, g.at), build.Absent[int64](k.b, g.at)
	t.MaxWriteRequests = readMaximum(k.block("WriteOnDemandThroughputSettings"), "MaxWriteRequestUnits")
	t.MaxReadRequests = readMaximum(own.block("ReadOnDemandThroughputSettings"), "MaxReadRequestUnits")
	if t.BillingMode.Or("") != provisioned {
		return
	}
	reads := own.block("ReadProvisionedThroughputSettings")
	t.ReadCapacity = reads.number("ReadCapacityUnits")
	if t.ReadCapacity.IsAbsent() {
		t.ReadCapacity = build.Undeployed[int64](k.b, reads.at)
	}
	t.WriteCapacity = build.Undeployed[int64](k.b, g.at)
	t.Scaling = g.scaling(t, k, own)
}

// scaling turns the settings of scaling within a global table into what they deploy.
func (g *globalTable) scaling(t *estate.Table, k, own block) estate.Fact[[]estate.ScalingTarget] {
	r, out := &items{}, []estate.ScalingTarget{}
	add := func(settings value, member, resource, dimension string) {
		s := r.child(settings, member)
		if s.form == nothing {
			return
		}
		out = append(out, estate.ScalingTarget{Resource: resource, Dimension: dimension, Min: r.whole(s, "MinCapacity"), Max: r.whole(s, "MaxCapacity"),
			Policies: []estate.ScalingPolicy{trackingPolicy(r, r.child(s, "TargetTrackingScalingPolicyConfiguration"))}})
	}
	const reads, writes = "ReadCapacityAutoScalingSettings", "WriteCapacityAutoScalingSettings"
	table := "table/" + t.Name.Or("")
	add(r.child(own.v, "ReadProvisionedThroughputSettings"), reads, table, "dynamodb:table:ReadCapacityUnits")
	add(r.child(k.v, "WriteProvisionedThroughputSettings"), writes, table, "dynamodb:table:WriteCapacityUnits")
	for _, x := range r.list(k.v, "GlobalSecondaryIndexes") {
		add(r.child(x, "WriteProvisionedThroughputSettings"), writes, table+"/index/"+r.name(x, "IndexName"), "dynamodb:index:WriteCapacityUnits")
	}
	for _, x := range r.list(own.v, "GlobalSecondaryIndexes") {
		add(r.child(x, "ReadProvisionedThroughputSettings"), reads, table+"/index/"+r.name(x, "IndexName"), "dynamodb:index:ReadCapacityUnits")
	}
	if r.why != "" {
		return unknownFact[[]estate.ScalingTarget](k.b, own.at, r.why)
	}
	return build.Known(k.b, out, own.at)
}

// readReplicaKey: whether a key of the account encrypts is said for all replicas, which key that is for each.
func (g *globalTable) readReplicaKey(t *estate.Table, k, own block) {
	on := or(k, k.flag("SSEEnabled"), false)
	switch enabled, ok := on.Get(); {
	case !ok:
		t.SSEType, t.KeyARN = estate.UnknownFact[string](on.Source()), estate.UnknownFact[string](on.Source())
	case enabled:
		t.SSEType, t.KeyARN = or(k, k.word("SSEType"), "KMS"), g.keyARN(own, "KMSMasterKeyId", "dynamodb")
	default:
		t.SSEType, t.KeyARN = estate.AbsentFact[string](on.Source()), estate.AbsentFact[string](on.Source())
	}
}
