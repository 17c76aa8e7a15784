package control

import (
	"fmt"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/estate"
)

type verdictKey struct{ control, resource string }

func verdicts(c *Catalogue, u *estate.Unit, o Options) map[verdictKey]Verdict {
	out := map[verdictKey]Verdict{}
	for f := range c.Evaluate(u, o).Findings() {
		out[verdictKey{f.Control, f.Resource.ID}] = f.Verdict
	}
	return out
}

// turned reports a verdict that went from PASS to FAIL or back.
func turned(before, after map[verdictKey]Verdict) (verdictKey, bool) {
	for key, was := range before {
		is := after[key]
		if was == Pass && is == Fail || was == Fail && is == Pass {
			return key, true
		}
	}
	return verdictKey{}, false
}

func countFacts(u *estate.Unit) int {
	n := 0
	estate.EachFact(u, func(string, estate.AnyFact) { n++ })
	return n
}

// forget turns the facts at the given positions unknown and returns their paths.
func forget(u *estate.Unit, which map[int]bool) []string {
	var paths []string
	n := 0
	estate.EachFact(u, func(path string, f estate.AnyFact) {
		if which[n] {
			paths = append(paths, path)
			f.Forget()
		}
		n++
	})
	return paths
}

func decode(t testing.TB, text []byte) *estate.Unit {
	t.Helper()
	u, err := estate.DecodeUnit(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestForgettingOneFactOfAnExampleNeverTurnsAVerdict tries each fact of each example's unit: under the control whose example it is, and for
// the first example of each control under all controls.
func TestForgettingOneFactOfAnExampleNeverTurnsAVerdict(t *testing.T) {
	c := catalogue(t)
	var tried, lost atomic.Int64
	t.Run("controls", func(t *testing.T) {
		for _, control := range c.Controls() {
			t.Run(control.ID, func(t *testing.T) {
				t.Parallel()
				seen := map[string]bool{}
				for i, e := range examplesOf(t, control) {
					if key := fmt.Sprint(string(e.Unit), e.Parameters); !seen[key] {
						seen[key] = true
						o := Options{Controls: []*Control{control}, Parameters: e.Parameters}
						if i == 0 {
							o.Controls = nil
						}
						n, m := forgetEach(t, c, e, o)
						tried.Add(n)
						lost.Add(m)
					}
				}
			})
		}
	})
	if tried.Load() < 1000 || lost.Load() < 100 {
		t.Errorf("only %d facts forgotten, %d of them mattered: the test does not look at anything", tried.Load(), lost.Load())
	}
}

// forgetEach forgets the facts of an example's unit one at a time, and counts how many there are and how many lost somebody a verdict.
func forgetEach(t *testing.T, c *Catalogue, e Example, o Options) (tried, lost int64) {
	before := verdicts(c, decode(t, e.Unit), o)
	for i := range countFacts(decode(t, e.Unit)) {
		u := decode(t, e.Unit)
		paths := forget(u, map[int]bool{i: true})
		after := verdicts(c, u, o)
		tried++
		if key, bad := turned(before, after); bad {
			t.Errorf("example %q: forgetting %v turns %v from %s to %s", e.Name, paths, key, before[key], after[key])
		}
		for key, was := range before {
			if was != Unknown && after[key] == Unknown {
				lost++
				break
			}
		}
	}
	return tried, lost
}

// TestForgettingFactsOfGeneratedEstatesNeverTurnsAVerdict forgets several facts of random units at once.
func TestForgettingFactsOfGeneratedEstatesNeverTurnsAVerdict(t *testing.T) {
	c := catalogue(t)
	rapid.Check(t, func(rt *rapid.T) {
		seed := unitGenerator().Draw(rt, "unit")
		before := verdicts(c, decode(t, []byte(seed)), drawnAsks())
		u := decode(t, []byte(seed))
		which := map[int]bool{}
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, countFacts(u)-1), 1, 6).Draw(rt, "forgotten") {
			which[i] = true
		}
		paths := forget(u, which)
		after := verdicts(c, u, drawnAsks())
		if key, bad := turned(before, after); bad {
			rt.Fatalf("forgetting %v turns %v from %s to %s in\n%s", paths, key, before[key], after[key], seed)
		}
	})
}

// drawnKey is the key under which the table, or its recovery point, may be.
const drawnKey = "arn:aws:kms:eu-west-1:123456789012:key/44444444-4444-4444-8444-444444444444"

// drawnAsks are what is asked of tables that are drawn, so that no control passes them over for want of a question.
func drawnAsks() Options {
	return Options{Parameters: map[string]any{"copy-cross-region.regions": []string{"us-east-1"}, "copy-cross-account.accounts": []string{"444455556666"}, "required-tags.keys": []string{"backup"}}}
}

// unitGenerator draws units with one table, a plan or two and some history, healthy and broken in every way that the controls look at.
func unitGenerator() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		pick := func(label string, values ...string) string { return rapid.SampledFrom(values).Draw(t, label) }
		const arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
		selection := fmt.Sprintf(`{"id":"s","name":"s","role_arn":"arn:aws:iam::123456789012:role/b","resources":%s,"not_resources":%s,
			"list_of_tags":%s,"string_equals":null,"string_not_equals":%s,"string_like":null,"string_not_like":null}`,
			pick("resources", `null`, `["*"]`, `["`+arn+`"]`, `["arn:aws:dynamodb:*:*:table/*"]`, `["arn:aws:s3:::*"]`),
			pick("not", `null`, `null`, `["*orders"]`),
			pick("tags", `null`, `[{"key":"backup","value":"daily"}]`, `[{"key":"backup","value":"no"}]`),
			pick("conditions", `null`, `null`, `[{"key":"aws:ResourceTag/stage","value":"test"}]`))
		rule := fmt.Sprintf(`{"id":"r","name":"r","vault":"%s","air_gapped_vault":null,"schedule":"%s","timezone":null,"start_window":%s,
			"completion_window":%s,"cold_after_days":%s,"delete_after_days":%s,"continuous":false,"copies":[],"recovery_point_tags":null}`,
			pick("vault", "main", "main", "gone"), pick("schedule", "cron(0 5 ? * * *)", "cron(0 5 ? * 1 *)", "cron(0 0 30 2 ? *)", "nonsense"),
			pick("start", "null", "60", "5"), pick("complete", "null", "120"), pick("cold", "null", "null", "30"), pick("delete", "null", "7", "35", "120"))
		plan := fmt.Sprintf(`{"id":"p","plan_id":"p","name":"p","from_organization":%s,"created_at":"2026-01-01T00:00:00Z","rules":[%s],"selections":[%s]}`,
			pick("organization", "false", "false", "true"), rule, selection)
		point := fmt.Sprintf(`{"id":"rp","resource_arn":"%s","resource_type":"DynamoDB","status":"%s","created_at":"%s","completed_at":null,
			"delete_at":null,"cold_at":null,"plan_id":"p","rule_id":"r","source_vault":null,"key_arn":%s,"last_restore_at":%s}`,
			arn, pick("status", "COMPLETED", "PARTIAL", "EXPIRED"), pick("made", "2026-11-21T05:00:00Z", "2026-11-01T05:00:00Z", "2020-01-01T05:00:00Z"),
			pick("point key", "null", "null", `"`+drawnKey+`"`), pick("last restore", "null", `"2026-11-15T05:00:00Z"`, `"2026-09-15T05:00:00Z"`))
		native := fmt.Sprintf(`{"id":"b","table_arn":"%s","table_name":"orders","table_id":"%s","status":"AVAILABLE","type":"USER","created_at":"2026-11-20T00:00:00Z","expires_at":null}`,
			arn, pick("incarnation", "id1", "id0"))
		job := fmt.Sprintf(`{"id":"j","resource_arn":"%s","state":"%s","message":null,"message_category":%s,"created_at":"2026-11-21T05:00:00Z","plan_id":"p","rule_id":"r"}`,
			arn, pick("job", "COMPLETED", "FAILED", "RUNNING", "EXPIRED"), pick("category", `"SUCCESS"`, `"Other"`, `null`))
		list := func(label, item string) string { return pick(label, "["+item+"]", "["+item+"]", "[]") }
		restore := fmt.Sprintf(`{"id":"rj","resource_arn":"%s","status":"%s","message":null,"created_at":"2026-11-10T05:00:00Z","completed_at":"2026-11-10T%s:00:00Z","validation_status":%s,"testing_plan":null}`,
			arn, pick("restore", "COMPLETED", "FAILED", "RUNNING"), pick("restored", "07", "23"), pick("validated", "null", `"SUCCESSFUL"`, `"FAILED"`))
		drill := fmt.Sprintf(`{"id":"d","table_arn":"%s","table_id":"%s","finished_at":"%s","outcome":"%s","restored":true,"compared":%s,"complete_seconds":%s}`,
			arn, pick("drilled", "id1", "id0"), pick("drill", "2026-11-01T05:00:00Z", "2026-10-01T05:00:00Z"), pick("outcome", "passed", "failed", "inconclusive"), pick("compared", "true", "false"), pick("took", "900", "90000"))
		copied := fmt.Sprintf(`{"id":"c","resource_arn":"%s","state":"%s","created_at":"2026-11-21T05:00:00Z","source_point":null,"destination_vault":"arn:aws:backup:%s:backup-vault:main"}`,
			arn, pick("copy", "COMPLETED", "FAILED"), pick("copied to", "us-east-1:123456789012", "eu-west-1:444455556666"))
		remembered := fmt.Sprintf(`{"id":"%s","last_backup":"2026-11-21T05:00:00Z","last_restore":%s,"last_restore_minutes":90}`, arn, pick("remembered", "null", `"2026-10-01T05:00:00Z"`))
		test := fmt.Sprintf(`{"id":"tp","name":"tp","point_types":["SNAPSHOT"],"include_vaults":["*"],"exclude_vaults":[],"window_days":30,
			"selections":[{"id":"ts","name":"ts","resource_type":"DynamoDB","resources":%s,"string_equals":%s,"string_not_equals":[]}]}`,
			pick("tested", `["*"]`, `["`+arn+`"]`, `["arn:aws:dynamodb:eu-west-1:123456789012:table/users"]`), pick("test tags", "[]", "[]", `[{"key":"stage","value":"live"}]`))
		return fmt.Sprintf(`{"partition":"aws","account":"123456789012","region":"eu-west-1","now":%s,
			"settings":{"opt_in":{"DynamoDB":%s},"management":{"DynamoDB":%s}},
			"tables":[{"id":"orders","arn":"%s","name":"orders","status":"%s","table_id":"id1","created_at":"2026-01-02T00:00:00Z",
				"tags":%s,"key_arn":%s,"key_inaccessible_at":null,"archived_at":null,"replicas":%s,"deletion_protection":%s,%s,
				"billing_mode":"PROVISIONED","gsis":[],"scaling":%s}],
			"plans":%s,
			"vaults":[{"id":"main","arn":"arn:aws:backup:eu-west-1:123456789012:backup-vault:main","name":"main","type":"BACKUP_VAULT","key_arn":null,
				"locked":%s,"lock_date":null,"min_retention":%s,"max_retention":null,"recovery_points":%s}],
			"roles":[{"id":"role","arn":"arn:aws:iam::123456789012:role/b","name":"b","exists":%s,"trust":%s}],
			"keys":[{"id":"key","arn":"`+drawnKey+`","state":"%s","manager":"%s","deletion_date":null,"multi_region":false}],"backups":%s,"backup_jobs":%s,
			"copy_jobs":%s,"restore_jobs":%s,"drills":%s,"protected_resources":%s,"restore_testing_plans":%s}`,
			pick("now", `"2026-11-21T12:00:00Z"`, `"2026-11-21T12:00:00Z"`, `null`), pick("opt-in", "true", "true", "false"), pick("management", "true", "false"),
			arn, pick("table status", "ACTIVE", "ACTIVE", "UPDATING", "CREATING"),
			pick("table tags", `{}`, `{"backup":"daily"}`, `{"backup":"daily","stage":"test"}`), pick("table key", "null", "null", `"`+drawnKey+`"`),
			pick("replicas", "[]", "[]", `[{"region":"us-east-1","status":"CREATING"}]`), pick("protected", "true", "false"),
			pick("pitr", `"pitr_status":"DISABLED","pitr_period_days":null,"pitr_earliest":null,"pitr_latest":null`,
				`"pitr_status":"ENABLED","pitr_period_days":35,"pitr_earliest":"2026-10-17T12:00:00Z","pitr_latest":"2026-11-21T11:55:00Z"`,
				`"pitr_status":"ENABLED","pitr_period_days":7,"pitr_earliest":"2026-11-20T12:00:00Z","pitr_latest":"2026-11-21T11:55:00Z"`),
			pick("scaling", "[]", `[{"resource":"table/orders","dimension":"dynamodb:table:ReadCapacityUnits","min":1,"max":9},{"resource":"table/orders","dimension":"dynamodb:table:WriteCapacityUnits","min":1,"max":9}]`),
			list("plans", plan), pick("locked", "false", "false", "true"), pick("min", "null", "30"), list("points", point), pick("role", "true", "true", "false"),
			pick("trust", `"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"backup.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"`,
				`"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"`),
			pick("key state", "Enabled", "Enabled", "Disabled", "PendingDeletion"), pick("manager", "CUSTOMER", "AWS"), list("natives", native), list("jobs", job),
			list("copies", copied), list("restores", restore), list("drills", drill), list("remembered", remembered), list("tests", test))
	})
}
