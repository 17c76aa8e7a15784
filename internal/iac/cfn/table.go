package cfn

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// table reads AWS::DynamoDB::Table. What is not written has the default that its page documents
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html).
func (r *resource) table() estate.Table {
	k := r.properties
	t := estate.Table{ID: r.address(), ARN: r.reference("Arn"), Name: r.reference("")}
	r.undeployedTable(&t)
	t.BillingMode = or(k, k.word("BillingMode"), "PROVISIONED")
	t.TableClass = or(k, k.word("TableClass"), "STANDARD")
	t.DeletionProtection = or(k, k.flag("DeletionProtectionEnabled"), false)
	t.Tags = or(k, k.tagList("Tags"), map[string]string{})
	t.Replicas = build.Known(k.b, []estate.Replica{}, r.at)
	if provisioned := k.block("ProvisionedThroughput"); t.BillingMode.Or("") == "PROVISIONED" {
		t.ReadCapacity, t.WriteCapacity = provisioned.number("ReadCapacityUnits"), provisioned.number("WriteCapacityUnits")
	}
	readPITR(&t, k.block("PointInTimeRecoverySpecification"))
	readEncryption(&t, k.block("SSESpecification"))
	readStream(&t, k)
	ttl := k.block("TimeToLiveSpecification")
	t.TTLStatus, t.TTLAttribute = status(or(ttl, ttl.flag("Enabled"), false)), ttl.word("AttributeName")
	insights := k.block("ContributorInsightsSpecification")
	t.ContributorInsights = status(or(insights, insights.flag("Enabled"), false))
	t.ResourcePolicy = k.block("ResourcePolicy").document("PolicyDocument")
	return t
}

func (r *resource) undeployedTable(t *estate.Table) {
	b := r.properties.b
	text, at := build.Undeployed[string](b, r.at), build.Undeployed[estate.Instant](b, r.at)
	number := build.Undeployed[int64](b, r.at)
	t.TableID, t.Status, t.CreatedAt = text, text, at
	t.SizeBytes, t.ItemCount = number, number
	t.SSEStatus, t.KeyInaccessibleAt = text, at
	t.ArchivedAt, t.ArchivalReason, t.ArchivalBackup = at, text, text
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
func readEncryption(t *estate.Table, k block) {
	on := or(k, k.flag("SSEEnabled"), false)
	switch enabled, ok := on.Get(); {
	case !ok:
		t.SSEType, t.KeyARN = estate.UnknownFact[string](on.Source()), estate.UnknownFact[string](on.Source())
	case enabled:
		t.SSEType = or(k, k.word("SSEType"), "KMS")
		t.KeyARN = k.keyARN("KMSMasterKeyId")
	default:
		t.SSEType, t.KeyARN = estate.AbsentFact[string](on.Source()), estate.AbsentFact[string](on.Source())
	}
}

// keyARN is a KMS key by its ARN; one that is named in another way, or left to AWS, has an ARN that only deployment tells.
func (k block) keyARN(name string) estate.Fact[string] {
	f := k.name(name)
	key, ok := f.Get()
	switch {
	case f.IsAbsent(), ok && !symbolic(key) && !isARN(key):
		return build.Unknown[string](k.b, k.at, build.NotDeployed, "the key's ARN comes with deployment")
	}
	return f
}

func isARN(s string) bool { return len(s) > 4 && s[:4] == "arn:" }

func readStream(t *estate.Table, k block) {
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
		t.StreamARN = build.Undeployed[string](k.b, stream.at)
	}
}
