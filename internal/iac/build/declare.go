package build

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// Elsewhere is what other stacks, modules or people may say of the block at a place; what names it in words.
func Elsewhere[T any](b *Builder, p Pos, what string) estate.Fact[T] {
	return Unknown[T](b, p, NotInTemplate, what+" may be declared outside of the templates")
}

// UndeployedTable sets what a table has only once it is deployed, and what is declared beside it and perhaps elsewhere.
func UndeployedTable(b *Builder, t *estate.Table, p Pos) {
	text, instant, number := Undeployed[string](b, p), Undeployed[estate.Instant](b, p), Undeployed[int64](b, p)
	t.TableID, t.Status, t.CreatedAt = text, text, instant
	t.SizeBytes, t.ItemCount = number, number
	t.SSEStatus, t.KeyInaccessibleAt = text, instant
	t.ArchivedAt, t.ArchivalReason, t.ArchivalBackup = instant, text, text
	t.Scaling = Elsewhere[[]estate.ScalingTarget](b, p, "auto scaling")
	t.Alarms = Elsewhere[[]estate.Alarm](b, p, "alarms")
}

// recoveryDays is the recovery period where none is set
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html).
const recoveryDays = 35

// Recovery sets point-in-time recovery as a block at a place says it: whether it is on, and its period in days, absent where none is set.
func Recovery(b *Builder, t *estate.Table, p Pos, on estate.Fact[bool], days estate.Fact[int64]) {
	t.PITRStatus = Status(on)
	switch enabled, ok := on.Get(); {
	case !ok:
		t.PITRPeriodDays = estate.UnknownFact[int64](on.Source())
		t.PITREarliest = estate.UnknownFact[estate.Instant](on.Source())
	case enabled:
		if t.PITRPeriodDays = days; days.IsAbsent() {
			t.PITRPeriodDays = Known[int64](b, recoveryDays, p)
		}
		t.PITREarliest = Undeployed[estate.Instant](b, p)
	default:
		t.PITRPeriodDays = estate.AbsentFact[int64](on.Source())
		t.PITREarliest = estate.AbsentFact[estate.Instant](on.Source())
	}
	t.PITRLatest = t.PITREarliest
}

// Status words a switch as DynamoDB's answers do.
func Status(on estate.Fact[bool]) estate.Fact[string] { return worded(on, "ENABLED", "DISABLED") }

// KeyState words a switch as KMS's answers do.
func KeyState(on estate.Fact[bool]) estate.Fact[string] { return worded(on, "Enabled", "Disabled") }

func worded(f estate.Fact[bool], yes, no string) estate.Fact[string] {
	on, ok := f.Get()
	switch {
	case !ok:
		return estate.UnknownFact[string](f.Source())
	case on:
		return estate.KnownFact(yes, f.Source())
	}
	return estate.KnownFact(no, f.Source())
}

// AWSKey is the entry of the key that AWS manages for a service in an account and a Region: AWS keeps it usable, and nobody can disable it
// (https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk).
func AWSKey(b *Builder, service, arn string) estate.Key {
	return estate.Key{ID: "alias/aws/" + service, ARN: Known(b, arn, Pos{}), State: Known(b, "Enabled", Pos{}), Manager: Known(b, "AWS", Pos{}),
		DeletionDate: Absent[estate.Instant](b, Pos{}), MultiRegion: Known(b, false, Pos{})}
}

// ManagedPolicy is a managed policy by its ARN, for a role to which the block at a place attaches it. Its text is told where a template
// declares it.
func ManagedPolicy(b *Builder, p Pos, arn string) estate.RolePolicy {
	return estate.RolePolicy{ID: arn, Name: Absent[string](b, p), ARN: Known(b, arn, p),
		Text: Unknown[string](b, p, NotInTemplate, "the text of policy "+arn+" is not among the templates")}
}

// Named is the name that people gave a thing by its tag Name.
func Named(tags estate.Fact[map[string]string]) estate.Fact[string] {
	given, ok := tags.Get()
	name, named := given["Name"]
	switch {
	case !ok:
		return estate.UnknownFact[string](tags.Source())
	case named:
		return estate.KnownFact(name, tags.Source())
	}
	return estate.AbsentFact[string](tags.Source())
}

// ScaledTable is the table's name in what Application Auto Scaling scales: table/T or table/T/index/I.
func ScaledTable(resource string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(resource, "table/"), "/index/")
	return name
}
