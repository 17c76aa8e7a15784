package settings_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/restore/settings"
)

const (
	sourceARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
	targetARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders-2"
	keyA      = "arn:aws:kms:eu-west-1:111122223333:key/a"
	keyB      = "arn:aws:kms:eu-west-1:111122223333:key/b"
)

func fact[T any](v T) estate.Fact[T] { return estate.KnownFact(v, 0) }

// table is one that has everything, under a name.
func table(name, arn string) *estate.Table {
	policy := `{"Statement":[{"Resource":"` + arn + `/index/*"}]}`
	return &estate.Table{ID: arn, ARN: fact(arn), Name: fact(name), KeySchema: fact([]estate.KeyElement{{Attribute: "id", Type: "HASH"}}),
		Attributes: fact([]estate.Attribute{{Name: "id", Type: "S"}}), GSIs: fact([]estate.Index{{Name: "by-day", Key: []estate.KeyElement{{Attribute: "day", Type: "HASH"}}, Projection: "ALL"}}),
		LSIs: fact([]estate.Index{}), Replicas: fact([]estate.Replica{{Region: "us-east-1"}}), BillingMode: fact("PROVISIONED"), ReadCapacity: fact(int64(5)), WriteCapacity: fact(int64(4)),
		TableClass: fact("STANDARD_INFREQUENT_ACCESS"), DeletionProtection: fact(true), StreamEnabled: fact(true), StreamView: fact("KEYS_ONLY"), SSEType: fact("KMS"), KeyARN: fact(keyA),
		Tags: fact(map[string]string{"team": "sales", "restorable:run": name, "aws:cloudformation:stack-name": name}), PITRStatus: fact("ENABLED"), PITRPeriodDays: fact(int64(35)),
		TTLStatus: fact("ENABLED"), TTLAttribute: fact("expires"), ResourcePolicy: fact(policy), KinesisStreams: fact([]estate.KinesisStream{{ARN: "arn:k", Status: "ACTIVE"}}),
		ContributorInsights: fact("ENABLED"), Scaling: fact([]estate.ScalingTarget{{Resource: "table/" + name, Dimension: "dynamodb:table:ReadCapacityUnits", Min: 1, Max: 9}}),
		Alarms: fact([]estate.Alarm{{Name: name + "-throttles", Metric: "ReadThrottleEvents", Definition: `{"AlarmName":"` + name + `-throttles","Dimensions":[{"Name":"TableName","Value":"` + name + `"}]}`}})}
}

func of(t *estate.Table) settings.Settings { return settings.Of(t, settings.Facts{}) }

// TestTwoTablesAlikeButForTheirNames are the same in every setting.
func TestTwoTablesAlikeButForTheirNames(t *testing.T) {
	for _, l := range settings.Compare(of(table("orders", sourceARN)), of(table("orders-2", targetARN)), settings.Route{Kind: settings.ByPITR}, settings.ToUse) {
		want := settings.Same
		if l.Setting.Carried() {
			want = settings.Carried
		}
		if l.Outcome != want {
			t.Errorf("%+v", l)
		}
	}
}

// TestEachDifferenceIsSeen changes one setting of the restored table after another: its line, and no other, says so.
func TestEachDifferenceIsSeen(t *testing.T) {
	for _, c := range []struct {
		name    settings.Setting
		change  func(*estate.Table)
		outcome settings.Outcome
		drill   settings.Outcome
	}{
		{settings.Keys, func(x *estate.Table) { x.KeySchema = fact([]estate.KeyElement{{Attribute: "no", Type: "HASH"}}) }, settings.Differs, settings.Differs},
		{settings.Attributes, func(x *estate.Table) { x.Attributes = fact([]estate.Attribute{{Name: "id", Type: "N"}}) }, settings.Differs, settings.Differs},
		{settings.Global, func(x *estate.Table) { x.GSIs = fact([]estate.Index{}) }, settings.Differs, settings.Differs},
		{settings.Local, func(x *estate.Table) { x.LSIs = fact([]estate.Index{{Name: "l"}}) }, settings.Differs, settings.Differs},
		{settings.Encryption, func(x *estate.Table) { x.SSEType = estate.AbsentFact[string](0) }, settings.Differs, settings.Differs},
		{settings.Encryption, func(x *estate.Table) { x.KeyARN = fact(keyB) }, settings.Differs, settings.Differs},
		{settings.Billing, func(x *estate.Table) { x.ReadCapacity = fact(int64(6)) }, settings.Differs, settings.Differs},
		{settings.Tags, func(x *estate.Table) { x.Tags = fact(map[string]string{}) }, settings.Differs, settings.ExpectedLoss},
		{settings.Tags, func(x *estate.Table) { x.Tags = fact(map[string]string{"team": "Sales"}) }, settings.Differs, settings.Differs},
		{settings.Policy, func(x *estate.Table) { x.ResourcePolicy = estate.AbsentFact[string](0) }, settings.Differs, settings.ExpectedLoss},
		{settings.Class, func(x *estate.Table) { x.TableClass = fact("STANDARD") }, settings.Differs, settings.ExpectedLoss},
		{settings.Protection, func(x *estate.Table) { x.DeletionProtection = fact(false) }, settings.Differs, settings.ExpectedLoss},
		{settings.Stream, func(x *estate.Table) { x.StreamEnabled = fact(false) }, settings.Differs, settings.ExpectedLoss},
		{settings.Stream, func(x *estate.Table) { x.StreamView = fact("NEW_IMAGE") }, settings.Differs, settings.Differs},
		{settings.PITR, func(x *estate.Table) { x.PITRStatus = fact("DISABLED") }, settings.Differs, settings.ExpectedLoss},
		{settings.PITR, func(x *estate.Table) { x.PITRPeriodDays = fact(int64(7)) }, settings.Differs, settings.Differs},
		{settings.Scaling, func(x *estate.Table) { x.Scaling = fact([]estate.ScalingTarget{}) }, settings.Differs, settings.ExpectedLoss},
		{settings.Kinesis, func(x *estate.Table) { x.KinesisStreams = fact([]estate.KinesisStream{}) }, settings.Differs, settings.ExpectedLoss},
		{settings.Insights, func(x *estate.Table) { x.ContributorInsights = fact("DISABLED") }, settings.Differs, settings.ExpectedLoss},
		{settings.Alarms, func(x *estate.Table) { x.Alarms = fact([]estate.Alarm{}) }, settings.Differs, settings.ExpectedLoss},
		{settings.TTL, func(x *estate.Table) { x.TTLStatus = fact("DISABLED") }, settings.Differs, settings.ExpectedLoss},
		{settings.Replicas, func(x *estate.Table) { x.Replicas = fact([]estate.Replica{}) }, settings.NotPossible, settings.ExpectedLoss},
	} {
		target := table("orders-2", targetARN)
		c.change(target)
		for as, want := range map[settings.Purpose]settings.Outcome{settings.ToUse: c.outcome, settings.ToDrill: c.drill} {
			for _, l := range settings.Compare(of(table("orders", sourceARN)), of(target), settings.Route{Kind: settings.ByPITR}, as) {
				changed := l.Outcome != settings.Carried && l.Outcome != settings.Same
				if l.Setting == c.name && l.Outcome != want || l.Setting != c.name && changed {
					t.Errorf("%s to %s: %+v", c.name, as, l)
				}
			}
		}
	}
}

// TestWhatIsNotKnownIsNotTheSame: every fact forgotten, on either side, makes its line unknown.
func TestWhatIsNotKnownIsNotTheSame(t *testing.T) {
	nothing := of(&estate.Table{})
	for _, pair := range [][2]settings.Settings{{nothing, of(table("orders", sourceARN))}, {of(table("orders", sourceARN)), nothing}, {settings.Of(nil, settings.Facts{}), of(table("orders", sourceARN))}} {
		for _, l := range settings.Compare(pair[0], pair[1], settings.Route{Kind: settings.ByPoint}, settings.ToDrill) {
			if l.Outcome != settings.Unknown || l.Reason == "" {
				t.Errorf("%+v", l)
			}
		}
		missing, unknown := settings.Missing(pair[0], pair[1])
		if len(missing) != 0 || len(unknown) != len(settings.Completed()) {
			t.Errorf("missing %v, unknown %v", missing, unknown)
		}
	}
}

// TestAKeyIsJudgedByItsStrength: who may use and withdraw it, not by its name.
func TestAKeyIsJudgedByItsStrength(t *testing.T) {
	owned, managed, own := table("orders", sourceARN), with(table("orders", sourceARN), keyB), table("orders", sourceARN)
	owned.SSEType = estate.AbsentFact[string](0)
	m := settings.Of(managed, settings.Facts{KeyManager: "AWS"})
	for _, c := range []struct {
		name           string
		source, target settings.Settings
		far            bool
		want           settings.Outcome
		why            string
	}{
		{"weaker", of(own), of(owned), true, settings.Differs, "protected less"},
		{"weaker by a manager", of(own), m, false, settings.Differs, "protected less"},
		{"stronger", of(owned), of(own), false, settings.Differs, "protected more"},
		{"both AWS's own", of(owned), of(owned), true, settings.Carried, ""},
		{"as strong, in another Region", of(own), of(with(own, keyB)), true, settings.Same, "as strong"},
	} {
		for _, l := range settings.Compare(c.source, c.target, settings.Route{Kind: settings.ByPITR, CrossRegion: c.far}, settings.ToUse) {
			if l.Setting == settings.Encryption && (l.Outcome != c.want || !strings.Contains(l.Reason, c.why)) {
				t.Errorf("%s: %+v", c.name, l)
			}
		}
	}
	for level, want := range map[string]bool{"aws-owned": true, "aws-managed": true, "customer": false} {
		if weaker, known := of(own).Weaker(level); weaker != want || !known {
			t.Errorf("%s: weaker %v, known %v", level, weaker, known)
		}
	}
	if _, known := of(&estate.Table{}).Weaker("customer"); known {
		t.Error("a key that is not known was judged")
	}
}

func with(t *estate.Table, key string) *estate.Table {
	c := *t
	c.KeyARN = fact(key)
	return &c
}

// TestRenamedKnowsWhereANameEnds: orders-2 is no orders.
func TestRenamedKnowsWhereANameEnds(t *testing.T) {
	for _, c := range [][2]string{
		{`"arn:t/orders"`, `"NEW"`}, {`"arn:t/orders/index/x"`, `"NEW/index/x"`}, {`"arn:t/orders-2"`, `"arn:t/orders-2"`}, {`arn:t/orders arn:t/orders.old arn:t/orders`, `NEW arn:t/orders.old NEW`}, {"", ""},
	} {
		if got := settings.Renamed(c[0], "arn:t/orders", "NEW"); got != c[1] {
			t.Errorf("%s: %s, want %s", c[0], got, c[1])
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z/ -]{0,40}`).Draw(t, "text")
		if got := settings.Renamed(text, "a", "a"); got != text {
			t.Errorf("%q became %q", text, got)
		}
		if got := settings.Renamed(text, "", "x"); got != text {
			t.Errorf("%q became %q", text, got)
		}
	})
}

// TestAnAlarmForAnotherTable has another name, and watches the other table.
func TestAnAlarmForAnotherTable(t *testing.T) {
	a := estate.Alarm{Name: "orders-throttles", Definition: `{"AlarmName":"orders-throttles","Dimensions":[{"Name":"TableName","Value":"orders"},{"Name":"Operation","Value":"orders"}]}`}
	name, text, ok := settings.AlarmFor(a, "orders", "orders2")
	if !ok || name != "orders-throttles-orders2" || !strings.Contains(text, `{"Name":"TableName","Value":"orders2"}`) || !strings.Contains(text, `{"Name":"Operation","Value":"orders"}`) {
		t.Errorf("%s %s %v", name, text, ok)
	}
	if _, _, ok := settings.AlarmFor(estate.Alarm{Name: "x", Definition: "none"}, "orders", "orders2"); ok {
		t.Error("an alarm without definition was written")
	}
}
