package cfn

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/protection"
)

// units reads templates of testdata by their names, of Regions that are opted in.
func units(t *testing.T, o Options, names ...string) []*estate.Unit {
	t.Helper()
	b := build.New()
	var files []File
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, File{name, text})
	}
	if err := Read(b, files, o); err != nil {
		t.Fatal(err)
	}
	for _, u := range b.Units() {
		u.Settings.OptIn = estate.KnownFact(map[string]bool{"DynamoDB": true}, 0)
		for i := range u.Tables.Items { // as they are once they are deployed
			u.Tables.Items[i].Status, u.Tables.Items[i].KeyInaccessibleAt = estate.KnownFact("ACTIVE", 0), estate.AbsentFact[estate.Instant](0)
		}
	}
	return b.Units()
}

// judge asks one control of all that a test reads.
type judge struct {
	catalogue *control.Catalogue
	units     []*estate.Unit
	indexes   map[*estate.Unit]*protection.Index
	// parameters of controls
	parameters map[string]any
}

func newJudge(c *control.Catalogue, all []*estate.Unit) *judge {
	return &judge{catalogue: c, units: all, indexes: protection.NewIndexes(&estate.Estate{Units: all})}
}

func (j *judge) finding(t *testing.T, id, resource string) control.Finding {
	t.Helper()
	chosen, err := j.catalogue.Select(control.Selection{Controls: []string{id}})
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, u := range j.units {
		run := j.catalogue.Evaluate(u, control.Options{Controls: chosen, Index: j.indexes[u], Objective: func(*estate.Unit, *estate.Table) control.Objective {
			return control.Objective{Parameters: j.parameters}
		}})
		for f := range run.Findings() {
			if f.Resource.ID == resource {
				return f
			}
			seen = append(seen, f.Resource.ID)
		}
	}
	t.Fatalf("no finding of %s on %s, but on %s", id, resource, strings.Join(seen, ", "))
	return control.Finding{}
}

// expectation is a verdict, and what stands on the line of a fact that it rests on; empty: it does not matter.
type expectation struct {
	control, resource string
	verdict           control.Verdict
	line              string
}

func (j *judge) holds(t *testing.T, want []expectation) {
	t.Helper()
	for _, w := range want {
		f := j.finding(t, w.control, w.resource)
		if f.Verdict != w.verdict {
			t.Errorf("%s on %s: %s, want %s: %s", w.control, w.resource, f.Verdict, w.verdict, f.Reason)
		}
		if rests := restsOn(t, f); !strings.Contains(rests, w.line) {
			t.Errorf("%s on %s rests on\n%s\nwant %s", w.control, w.resource, rests, w.line)
		}
	}
}

// restsOn are the lines that the evidence of a finding names.
func restsOn(t *testing.T, f control.Finding) string {
	t.Helper()
	var out []string
	for _, e := range f.Evidence {
		if e.Location == nil || e.Location.Line == 0 {
			continue
		}
		text, err := os.ReadFile(filepath.Join("testdata", e.Location.File))
		if err != nil {
			t.Fatal(err)
		}
		line := strings.Split(string(text), "\n")[e.Location.Line-1]
		out = append(out, line[:e.Location.Column-1]+"^"+line[e.Location.Column-1:])
	}
	return strings.Join(out, "\n")
}

func TestWhatProtectsAndEncryptsTables(t *testing.T) {
	const orders, users, carts, sessions = "shop.yaml#Orders", "shop.yaml#Users", "shop.yaml#Carts", "shop.yaml#Sessions"
	j := newJudge(catalogue(t), units(t, Options{}, "shop.yaml"))
	j.holds(t, []expectation{
		{"deletion-protection", orders, control.Pass, "^DeletionProtectionEnabled: !If [Production"},
		{"deletion-protection", users, control.Unknown, "^DeletionProtectionEnabled: !If [Special"},
		{"deletion-protection", carts, control.Fail, "  ^Carts:"},
		{"encryption-kms", orders, control.Pass, "{SSEEnabled: true, SSEType: KMS, ^KMSMasterKeyId: !GetAtt Key.Arn}"},
		{"encryption-kms", carts, control.Pass, "^SSESpecification: {SSEEnabled: true}"},
		{"encryption-key-usable", sessions, control.Fail, "^Enabled: false"},
		{"capacity-scaling", carts, control.Pass, "  ^CartReads:"},
		{"capacity-scaling", orders, control.Fail, "  ^OrderReads:"},
		{"capacity-scaling", users, control.Pass, "^BillingMode: PAY_PER_REQUEST"},
		{"stream-trigger", orders, control.Pass, "^FunctionName: archive"},
		{"stream-trigger", users, control.Unknown, ""},
		{"stream-backup", orders, control.Pass, ""},
		{"resource-policy-exposure", users, control.Fail, "^PolicyDocument:"},
		{"resource-policy-exposure", orders, control.Pass, ""},
		{"backup-plan-membership", orders, control.Pass, ""},
		{"backup-plan-membership", users, control.Pass, ""},
		{"backup-plan-membership", carts, control.Unknown, ""},
		{"plan-role-usable", "shop.yaml#Plan", control.Unknown, ""},
		{"plan-role-usable", "shop.yaml#Second", control.Fail, "^AssumeRolePolicyDocument:"},
		{"plan-vault-exists", "shop.yaml#Plan", control.Pass, ""},
		{"plan-vault-exists", "shop.yaml#Second", control.Unknown, "^TargetBackupVault: nowhere"},
		{"vault-deletion-denied", "shop.yaml#Vault", control.Pass, ""},
		{"vault-deletion-denied", "shop.yaml#Plain", control.Fail, "  ^Plain:"},
		{"vault-deletion-denied", "shop.yaml#AirGapped", control.Pass, ""},
		{"vault-locked", "shop.yaml#Vault", control.Pass, "^LockConfiguration: {"},
		{"vault-notifications", "shop.yaml#Vault", control.Pass, "^BackupVaultEvents: ["},
		{"vault-notifications", "shop.yaml#Plain", control.Unknown, ""},
		{"restore-testing-plan", orders, control.Unknown, ""},
	})
	j.parameters = map[string]any{"level": "customer"}
	j.holds(t, []expectation{
		{"encryption-kms", orders, control.Pass, "{SSEEnabled: true, SSEType: KMS, ^KMSMasterKeyId: !GetAtt Key.Arn}"},
		{"encryption-kms", users, control.Pass, "^KMSMasterKeyId: alias/shop"},
		{"encryption-kms", carts, control.Fail, "^SSESpecification: {SSEEnabled: true}"},
	})
}

func TestFactsOfTemplates(t *testing.T) {
	u := units(t, Options{}, "shop.yaml")[0]
	orders, users := &u.Tables.Items[0], &u.Tables.Items[1]
	if x := orders.GSIs.Or(nil); len(x) != 1 || x[0].Name != "all" || x[0].Projection != "ALL" || x[0].ReadCapacity != 3 || x[0].WriteCapacity != 4 || x[0].Key[0].Attribute != "name" {
		t.Errorf("global indexes: %+v", x)
	}
	if x := orders.LSIs.Or(nil); len(x) != 1 || x[0].Name != "byName" || !slices.Equal(x[0].NonKey, []string{"total"}) || len(x[0].Key) != 2 {
		t.Errorf("local indexes: %+v", x)
	}
	if x := orders.KeySchema.Or(nil); !slices.Equal(x, []estate.KeyElement{{Attribute: "pk", Type: "HASH"}, {Attribute: "sk", Type: "RANGE"}}) {
		t.Errorf("keys: %+v", x)
	}
	if x := orders.Attributes.Or(nil); len(x) != 3 || x[1] != (estate.Attribute{Name: "sk", Type: "N"}) {
		t.Errorf("attributes: %+v", x)
	}
	if x := orders.KinesisStreams.Or(nil); len(x) != 1 || x[0].ARN != "${!shop.yaml#Changes.Arn}" || x[0].Precision != "MICROSECOND" {
		t.Errorf("Kinesis: %+v", x)
	}
	if orders.ReadCapacity.Or(0) != 5 || orders.WriteCapacity.Or(0) != 6 || !orders.MaxReadRequests.IsAbsent() {
		t.Errorf("capacity %v, %v, at most %v", orders.ReadCapacity, orders.WriteCapacity, orders.MaxReadRequests)
	}
	if users.MaxReadRequests.Or(0) != 100 || !users.MaxWriteRequests.IsAbsent() || !users.ReadCapacity.IsAbsent() {
		t.Errorf("maxima %v, %v, capacity %v", users.MaxReadRequests, users.MaxWriteRequests, users.ReadCapacity)
	}
	if x := u.Tables.Items[2].Scaling.Or(nil); len(x) != 2 || x[1].Max != 10 || len(x[1].Policies) != 1 || x[1].Policies[0].Target != 70 || x[1].Policies[0].ScaleInCooldown != 60 {
		t.Errorf("scaling: %+v", x)
	}
	role := &u.Roles.Items[0]
	texts := map[string]string{}
	for _, p := range role.Policies.Items {
		texts[p.ID] = p.Text.Or("")
	}
	if len(texts) != 4 || !strings.Contains(texts["inline:tagging"], "TagResource") || !strings.Contains(texts["inline:list"], "ListTables") ||
		!strings.Contains(texts["arn:aws:iam::${AWS::AccountId}:policy/${!shop.yaml#Restores}"], "RestoreTable") {
		t.Errorf("policies: %v", texts)
	}
	if arn := u.Roles.Items[1].ARN.Or(""); arn != "arn:aws:iam::${AWS::AccountId}:role/shop/wrong" {
		t.Errorf("role: %s", arn)
	}
	if p := u.RestoreTestingPlans.Items; len(p) != 1 || len(p[0].Selections.Items) != 1 || p[0].WindowDays.Or(0) != 14 {
		t.Errorf("restore testing: %+v", p)
	}
}

func TestReplicasAreTablesOfTheirRegions(t *testing.T) {
	stated := Options{Parameters: map[string]string{"AWS::Region": "eu-west-1"}}
	j := newJudge(catalogue(t), units(t, stated, "global.yaml"))
	const here, there, far = "global.yaml#Orders", "global.yaml#Orders/us-east-1", "global.yaml#Orders/ap-south-1"
	j.holds(t, []expectation{
		{"point-in-time-recovery", here, control.Pass, "{^PointInTimeRecoveryEnabled: true}"},
		{"point-in-time-recovery", there, control.Fail, "- ^Region: us-east-1"},
		{"point-in-time-recovery", far, control.Pass, "{^PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7}"},
		{"pitr-window", far, control.Fail, "^RecoveryPeriodInDays: 7"},
		{"deletion-protection", here, control.Pass, "^DeletionProtectionEnabled: true"},
		{"deletion-protection", far, control.Fail, "- ^Region: ap-south-1"},
		{"capacity-scaling", here, control.Pass, ""},
		{"capacity-scaling", there, control.Fail, ""},
		{"backup-plan-membership", here, control.Pass, ""},
		{"backup-plan-membership", there, control.Unknown, ""}, // no plan of another Region reaches it
		{"backup-plan-membership", "global.yaml#Users", control.Pass, ""},
		{"replica-recovery", here, control.Unknown, ""},  // whether backups protect one of its replicas is not known
		{"replica-recovery", there, control.Unknown, ""}, // whether the keys of the others can be used is not known
		{"replica-recovery", "global.yaml#Users", control.NotApplicable, ""},
	})
	for _, u := range j.units { // with keys that work
		for i := range u.Tables.Items {
			u.Tables.Items[i].KeyARN = estate.AbsentFact[string](0)
		}
	}
	j = newJudge(j.catalogue, j.units)
	j.holds(t, []expectation{
		{"replica-recovery", here, control.Pass, ""},
		{"replica-recovery", there, control.Pass, ""},
	})
	if n := len(j.units); n != 3 {
		t.Errorf("%d units, want one for each Region", n)
	}
	// Where the stack is deployed is not said: any of its Regions may be that of the plan.
	j = newJudge(catalogue(t), units(t, Options{}, "global.yaml"))
	j.holds(t, []expectation{
		{"point-in-time-recovery", here + "/eu-west-1", control.Pass, "{^PointInTimeRecoveryEnabled: true}"},
		{"point-in-time-recovery", there, control.Fail, "- ^Region: us-east-1"},
		{"backup-plan-membership", here + "/eu-west-1", control.Unknown, ""},
		{"backup-plan-membership", "global.yaml#Users", control.Pass, ""},
	})
}

func TestServerlessTemplates(t *testing.T) {
	all := units(t, Options{}, "sam.yaml")
	j := newJudge(catalogue(t), all)
	j.holds(t, []expectation{
		{"point-in-time-recovery", "sam.yaml#Plain", control.Fail, "  ^Plain:"},
		{"point-in-time-recovery", "sam.yaml#Named", control.Pass, "{^PointInTimeRecoveryEnabled: true}"},
		{"encryption-kms", "sam.yaml#Plain", control.Pass, "SSESpecification: {^SSEEnabled: true}"}, // by the globals
		{"encryption-kms", "sam.yaml#Named", control.Fail, "{^SSEEnabled: false}"},
		{"capacity-scaling", "sam.yaml#Plain", control.Pass, ""},
		{"capacity-scaling", "sam.yaml#Named", control.Unknown, ""},
		{"stream-trigger", "sam.yaml#Events", control.Pass, ""},
		{"deletion-protection", "sam.yaml#Plain", control.Fail, "  ^Plain:"},
	})
	plain, named := all[0].Tables.Items[0], all[0].Tables.Items[1]
	if plain.BillingMode.Or("") != "PAY_PER_REQUEST" || plain.Attributes.Or(nil)[0] != (estate.Attribute{Name: "id", Type: "S"}) {
		t.Errorf("got %v, %v", plain.BillingMode, plain.Attributes)
	}
	if named.ReadCapacity.Or(0) != 2 || named.Attributes.Or(nil)[0] != (estate.Attribute{Name: "number", Type: "N"}) || named.Tags.Or(nil)["backup"] != "gold" {
		t.Errorf("got %v, %v, %v", named.ReadCapacity, named.Attributes, named.Tags)
	}
}

func TestTemplatesOfTheCDK(t *testing.T) {
	names := []string{"cdk/Data.template.json", "cdk/DataInnerAD956E8D.nested.template.json", "cdk/Protection.template.json"}
	j := newJudge(catalogue(t), units(t, Options{}, names...))
	const in = "cdk/Data.template.json#"
	j.holds(t, []expectation{
		{"point-in-time-recovery", in + "OrdersA9B65338", control.Pass, ""},
		{"pitr-window", in + "OrdersA9B65338", control.Fail, ""},
		{"backup-plan-membership", in + "OrdersA9B65338", control.Pass, ""}, // through an export
		{"backup-plan-membership", in + "CartsEE95721F", control.Unknown, ""},
		{"capacity-scaling", in + "CartsEE95721F", control.Pass, ""},
		{"point-in-time-recovery", in + "Users0A0EEA89", control.Pass, ""},
		{"encryption-kms", in + "InnerNestedStackInnerNestedStackResource745E041B.Logs6819BB44", control.Pass, `^"KMSMasterKeyId"`}, // a parameter's key
		{"point-in-time-recovery", in + "InnerNestedStackInnerNestedStackResource745E041B.Logs6819BB44", control.Fail, ""},
		{"vault-deletion-denied", "cdk/Protection.template.json#Vault23237E5B", control.Pass, ""},
		{"plan-role-usable", "cdk/Protection.template.json#PlanDAF4E53A", control.Unknown, ""},
	})
	if f := j.finding(t, "point-in-time-recovery", in+"OrdersA9B65338"); f.Address != "Data/Orders" {
		t.Errorf("address %s", f.Address)
	}
	if n := len(j.units[0].Tables.Items); n != 4 {
		t.Errorf("%d tables: one that another template nests is none of its own", n)
	}
}

func TestLoopsAreWrittenOut(t *testing.T) {
	all := units(t, Options{}, "loops.yaml")
	names := []string{}
	for i := range all[0].Tables.Items {
		names = append(names, all[0].Tables.Items[i].Name.Or(""))
	}
	if want := []string{"orders", "users", "dev-logs", "dev-ev-ents", "prod-logs", "prod-ev-ents"}; !slices.Equal(names, want) {
		t.Errorf("tables %v, want %v", names, want)
	}
	j := newJudge(catalogue(t), all)
	j.holds(t, []expectation{
		{"point-in-time-recovery", "loops.yaml#Tableorders", control.Pass, "{^PointInTimeRecoveryEnabled: !FindInMap"},
		{"point-in-time-recovery", "loops.yaml#Tableusers", control.Fail, "{^PointInTimeRecoveryEnabled: !FindInMap"},
		{"point-in-time-recovery", "loops.yaml#Tableprodevents", control.Fail, ""},
		{"backup-plan-membership", "loops.yaml#Tableorders", control.Pass, ""},
		{"backup-plan-membership", "loops.yaml#Tableusers", control.Unknown, ""},
	})
	given := units(t, Options{Parameters: map[string]string{"Names": "orders"}}, "loops.yaml")
	if n := len(given[0].Tables.Items); n != 5 {
		t.Errorf("%d tables", n)
	}
}

func TestWhoWatchesTables(t *testing.T) {
	all := units(t, Options{Parameters: map[string]string{"AWS::Region": "eu-west-1", "AWS::AccountId": "111122223333"}}, "watch.yaml")
	all[0].Home = estate.KnownFact(true, 0)
	j := newJudge(catalogue(t), all)
	j.holds(t, []expectation{
		{"cloudtrail-data-events", "watch.yaml#Orders", control.Pass, ""},
		{"cloudtrail-data-events", "watch.yaml#Users", control.Unknown, ""},
		{"cloudtrail-kms-events", "111122223333/eu-west-1", control.Pass, ""},
		{"cloudtrail-trail", "111122223333", control.Pass, ""},
	})
	all[0].Trails.Whole, all[0].VPCs.Whole, all[0].VPCEndpoints.Whole = estate.KnownFact(true, 0), estate.KnownFact(true, 0), estate.KnownFact(true, 0)
	j.holds(t, []expectation{
		{"cloudtrail-data-events", "watch.yaml#Users", control.Fail, ""},
		{"vpc-endpoint", "111122223333/eu-west-1", control.Pass, ""},
		{"vpc-endpoint-policy", "111122223333/eu-west-1", control.Fail, ""},
	})
	if n := len(all[0].VPCEndpoints.Items); n != 1 {
		t.Errorf("%d endpoints: that of S3 is none of DynamoDB's", n)
	}
}

func TestNestedStacks(t *testing.T) {
	all := units(t, Options{Tags: map[string]string{"owner": "shop", "backup": "none"}}, "nested/root.yaml", "nested/tables.yaml")
	j := newJudge(catalogue(t), all)
	const gold, silver = "nested/root.yaml#Gold.Table", "nested/root.yaml#Silver.Table"
	j.holds(t, []expectation{
		{"point-in-time-recovery", gold, control.Pass, "{^PointInTimeRecoveryEnabled: !Ref Recoverable}"},
		{"point-in-time-recovery", silver, control.Fail, "{^PointInTimeRecoveryEnabled: !Ref Recoverable}"},
		{"backup-plan-membership", gold, control.Unknown, ""},
		{"backup-plan-membership", silver, control.Pass, ""},
	})
	if f := j.finding(t, "point-in-time-recovery", gold); f.Address != "Gold.Table" || f.Resource.Name != "gold" {
		t.Errorf("address %s, name %s", f.Address, f.Resource.Name)
	}
	tables := all[0].Tables.Items
	if len(tables) != 2 {
		t.Fatalf("%d tables", len(tables))
	}
	if tags := tables[0].Tags.Or(nil); tags["backup"] != "gold" || tags["owner"] != "shop" {
		t.Errorf("tags %v", tags)
	}
	if tags := tables[1].Tags.Or(nil); tags["backup"] != "none" {
		t.Errorf("tags %v", tags)
	}
}

// Every property of the tables is put together by functions: both ways that they can come out are written out here by hand.
func TestPropertiesThatFunctionsPutTogether(t *testing.T) {
	type facts struct {
		name, key, billing, view string
		reads                    int64
		protected                bool
		tags                     map[string]string
	}
	of := func(x *estate.Table) facts {
		f := facts{name: x.Name.Or("?"), billing: x.BillingMode.Or("?"), view: x.StreamView.Or(""), reads: x.ReadCapacity.Or(0),
			protected: x.DeletionProtection.Or(false), tags: x.Tags.Or(nil)}
		for _, k := range x.KeySchema.Or(nil) {
			f.key += k.Attribute + ":" + k.Type + " "
		}
		return f
	}
	for _, row := range []struct {
		parameters map[string]string
		want       []facts
	}{
		{nil, []facts{
			{"dev-orders", "devId:HASH made:RANGE ", "PAY_PER_REQUEST", "KEYS_ONLY", 0, false, map[string]string{"stage": "dev", "all": "orders+users+carts", "test": "yes"}},
			{"users-dev-orders", "id:HASH ", "PAY_PER_REQUEST", "", 0, false, map[string]string{"of": "table/dev-orders"}},
		}},
		{map[string]string{"Stage": "prod", "Names": "a, b", "Reads": "8", "AWS::Region": "eu-west-1", "AWS::AccountId": "111122223333"}, []facts{
			{"prod-a", "prodId:HASH made:RANGE ", "PROVISIONED", "NEW_AND_OLD_IMAGES", 8, true, map[string]string{"stage": "prod", "all": "a+b"}},
			{"b-prod-a", "id:HASH ", "PAY_PER_REQUEST", "", 0, false, map[string]string{"of": "table/prod-a"}},
			{"${!functions.yaml#Never}", "id:HASH ", "PAY_PER_REQUEST", "", 0, false, map[string]string{}},
		}},
	} {
		u := units(t, Options{Parameters: row.parameters}, "functions.yaml")[0]
		var got []facts
		for i := range u.Tables.Items {
			got = append(got, of(&u.Tables.Items[i]))
		}
		if diff := cmp.Diff(row.want, got, cmp.AllowUnexported(facts{})); diff != "" {
			t.Errorf("%v:\n%s", row.parameters, diff)
		}
	}
}
