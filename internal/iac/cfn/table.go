package cfn

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// tableAt is a table of the unit, with the template that declares it.
type tableAt struct {
	stack *stack
	index int
}

// keep adds a table to its unit.
func (a *assembly) keep(r *resource, b *build.Builder, t estate.Table) {
	if name, ok := t.Name.Get(); ok && b == a.b {
		a.tables[name] = append(a.tables[name], tableAt{r.stack, len(b.Unit.Tables.Items)})
	}
	b.Unit.Tables.Items = append(b.Unit.Tables.Items, t)
}

// table reads AWS::DynamoDB::Table. What is not written has the default that its page documents
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html).
func (r *resource) table() estate.Table {
	k := r.properties
	t := estate.Table{ID: r.identity(), ARN: r.reference("Arn"), Name: r.reference("")}
	build.UndeployedTable(k.b, &t, r.at)
	t.BillingMode = or(k, k.word("BillingMode"), provisioned)
	t.Tags = r.tags(or(k, k.tagList("Tags"), map[string]string{}))
	t.Replicas = build.Known(k.b, []estate.Replica{}, r.at)
	t.ReadCapacity, t.WriteCapacity = build.Absent[int64](k.b, r.at), build.Absent[int64](k.b, r.at)
	if units := k.block("ProvisionedThroughput"); t.BillingMode.Or("") == provisioned {
		t.ReadCapacity, t.WriteCapacity = units.number("ReadCapacityUnits"), units.number("WriteCapacityUnits")
	}
	maxima := k.block("OnDemandThroughput")
	t.MaxReadRequests, t.MaxWriteRequests = readMaximum(maxima, "MaxReadRequestUnits"), readMaximum(maxima, "MaxWriteRequestUnits")
	readSchema(&t, k)
	r.readLocal(&t, k)
	r.readEncryption(&t, k.block("SSESpecification"))
	readStream(&t, k, r.stack.reference(r.id, "StreamArn"))
	readTTL(&t, k)
	return t
}

const provisioned = "PROVISIONED"

// readLocal reads what each replica of a global table has of its own.
func (r *resource) readLocal(t *estate.Table, k block) {
	t.TableClass = or(k, k.word("TableClass"), "STANDARD")
	t.DeletionProtection = or(k, k.flag("DeletionProtectionEnabled"), false)
	readPITR(t, k.block("PointInTimeRecoverySpecification"))
	insights := k.block("ContributorInsightsSpecification")
	t.ContributorInsights = build.Status(or(insights, insights.flag("Enabled"), false))
	t.ResourcePolicy = k.block("ResourcePolicy").document("PolicyDocument", ofResource)
	readKinesis(t, k)
}

func readTTL(t *estate.Table, k block) {
	ttl := k.block("TimeToLiveSpecification")
	t.TTLStatus, t.TTLAttribute = build.Status(or(ttl, ttl.flag("Enabled"), false)), ttl.word("AttributeName")
}

func readPITR(t *estate.Table, k block) {
	build.Recovery(k.b, t, k.at, or(k, k.flag("PointInTimeRecoveryEnabled"), false), k.number("RecoveryPeriodInDays"))
}

// readEncryption: without SSESpecification a key that AWS owns encrypts; with SSEEnabled alone, AWS's managed key of the account.
func (r *resource) readEncryption(t *estate.Table, k block) {
	on := or(k, k.flag("SSEEnabled"), false)
	switch enabled, ok := on.Get(); {
	case !ok:
		t.SSEType, t.KeyARN = estate.UnknownFact[string](on.Source()), estate.UnknownFact[string](on.Source())
	case enabled:
		t.SSEType = or(k, k.word("SSEType"), "KMS")
		t.KeyARN = r.keyARN(k, "KMSMasterKeyId", "dynamodb")
	default:
		t.SSEType, t.KeyARN = estate.AbsentFact[string](on.Source()), estate.AbsentFact[string](on.Source())
	}
}

// readStream: arn is the symbol by which readers name the stream.
func readStream(t *estate.Table, k block, arn string) {
	stream := k.block("StreamSpecification")
	switch stream.v.form {
	case nothing:
		t.StreamEnabled = build.Known(k.b, false, k.at)
		t.StreamView, t.StreamARN = build.Absent[string](k.b, k.at), build.Absent[string](k.b, k.at)
	case unresolved:
		t.StreamEnabled = unknownFact[bool](k.b, stream.at, stream.v.why)
		t.StreamView, t.StreamARN = stream.word("StreamViewType"), stream.word("StreamViewType")
	default:
		t.StreamEnabled = build.Known(k.b, true, stream.at)
		t.StreamView = stream.word("StreamViewType")
		t.StreamARN = build.Known(k.b, arn, stream.at)
	}
}
