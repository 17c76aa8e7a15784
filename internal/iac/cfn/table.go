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
	undeployedTable(&t, k.b, r.at)
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
	t.ContributorInsights = status(or(insights, insights.flag("Enabled"), false))
	t.ResourcePolicy = k.block("ResourcePolicy").document("PolicyDocument")
	readKinesis(t, k)
}

func readTTL(t *estate.Table, k block) {
	ttl := k.block("TimeToLiveSpecification")
	t.TTLStatus, t.TTLAttribute = status(or(ttl, ttl.flag("Enabled"), false)), ttl.word("AttributeName")
}

func undeployedTable(t *estate.Table, b *build.Builder, at build.Pos) {
	text, instant, number := build.Undeployed[string](b, at), build.Undeployed[estate.Instant](b, at), build.Undeployed[int64](b, at)
	t.TableID, t.Status, t.CreatedAt = text, text, instant
	t.SizeBytes, t.ItemCount = number, number
	t.SSEStatus, t.KeyInaccessibleAt = text, instant
	t.ArchivedAt, t.ArchivalReason, t.ArchivalBackup = instant, text, text
	t.Scaling = elsewhere[[]estate.ScalingTarget](b, at, "auto scaling")
	t.Alarms = elsewhere[[]estate.Alarm](b, at, "alarms")
}

// status words a switch as DynamoDB's answers do.
func status(f estate.Fact[bool]) estate.Fact[string] {
	on, ok := f.Get()
	if !ok {
		return estate.UnknownFact[string](f.Source())
	}
	if on {
		return estate.KnownFact("ENABLED", f.Source())
	}
	return estate.KnownFact("DISABLED", f.Source())
}

// defaultPeriodDays is the recovery period where none is set
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-table-pointintimerecoveryspecification.html).
const defaultPeriodDays = 35

func readPITR(t *estate.Table, k block) {
	on := or(k, k.flag("PointInTimeRecoveryEnabled"), false)
	t.PITRStatus = status(on)
	switch enabled, ok := on.Get(); {
	case !ok:
		t.PITRPeriodDays = estate.UnknownFact[int64](on.Source())
		t.PITREarliest = estate.UnknownFact[estate.Instant](on.Source())
	case enabled:
		t.PITRPeriodDays = or(k, k.number("RecoveryPeriodInDays"), defaultPeriodDays)
		t.PITREarliest = build.Undeployed[estate.Instant](k.b, k.at)
	default:
		t.PITRPeriodDays = estate.AbsentFact[int64](on.Source())
		t.PITREarliest = estate.AbsentFact[estate.Instant](on.Source())
	}
	t.PITRLatest = t.PITREarliest
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
