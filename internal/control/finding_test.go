package control

import (
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

const twoTables = `{
 "provenance":[{},{"operation":"dynamodb:DescribeContinuousBackups","observed_at":"2026-11-21T05:00:00Z","code":"AccessDeniedException","message":"not allowed"}],
 "account":"123456789012","region":"eu-west-1","now":"2026-11-21T05:00:00Z",
 "tables":[
  {"id":"arn:aws:dynamodb:eu-west-1:123456789012:table/a","arn":"arn:aws:dynamodb:eu-west-1:123456789012:table/a","name":"a","deletion_protection":true,
   "pitr_status":{"$unknown":1}},
  {"id":"arn:aws:dynamodb:eu-west-1:123456789012:table/b","arn":"arn:aws:dynamodb:eu-west-1:123456789012:table/b","name":"b","deletion_protection":false,
   "pitr_status":"ENABLED","pitr_period_days":7}]}`

func findings(t *testing.T, unit string, o Options, ids ...string) []Finding {
	t.Helper()
	c := catalogue(t)
	chosen, err := c.Select(Selection{Controls: ids})
	if err != nil {
		t.Fatal(err)
	}
	o.Controls = chosen
	var out []Finding
	for f := range c.Evaluate(decode(t, []byte(unit)), o).Findings() {
		out = append(out, f)
	}
	return out
}

func TestAFindingNamesItsResourceAndItsReason(t *testing.T) {
	found := findings(t, twoTables, Options{}, "deletion-protection", "point-in-time-recovery")
	if len(found) != 4 {
		t.Fatalf("got %d findings, want 4", len(found))
	}
	fail := found[2]
	if fail.Control != "deletion-protection" || fail.Verdict != Fail || fail.Remedy != "enable-deletion-protection" || fail.Severity != Medium {
		t.Errorf("got %+v", fail)
	}
	want := Resource{Type: TypeTable, ID: fail.Resource.ARN, ARN: "arn:aws:dynamodb:eu-west-1:123456789012:table/b", Name: "b", Account: "123456789012", Region: "eu-west-1"}
	if fail.Resource != want {
		t.Errorf("got %+v", fail.Resource)
	}
	if found[0].Remedy != "" || found[0].Verdict != Pass {
		t.Errorf("a pass needs no remedy: %+v", found[0])
	}
	if fail.Location != nil || fail.Address != "" {
		t.Errorf("a live table has no place in a file: %+v", fail)
	}
}

func TestAnUnknownSaysWhichCallFailed(t *testing.T) {
	unknown := findings(t, twoTables, Options{}, "point-in-time-recovery")[0]
	if unknown.Verdict != Unknown || !strings.Contains(unknown.Reason, "table.pitr_status (dynamodb:DescribeContinuousBackups: AccessDeniedException)") {
		t.Errorf("got %s: %s", unknown.Verdict, unknown.Reason)
	}
	e := unknown.Evidence[0]
	if e.State != "unknown" || e.Code != "AccessDeniedException" || e.Message != "not allowed" || e.Value != nil {
		t.Errorf("got %+v", e)
	}
}

func TestFingerprintsAreStableAndTellFindingsApart(t *testing.T) {
	seen := map[string]string{}
	for range 2 {
		for _, f := range findings(t, twoTables, Options{}, "deletion-protection", "point-in-time-recovery", "backup-opt-in") {
			who := f.Control + " " + f.Resource.ID
			if other, taken := seen[f.Fingerprint]; taken && other != who || len(f.Fingerprint) != 32 {
				t.Errorf("%s and %s share the fingerprint %q", who, other, f.Fingerprint)
			}
			seen[f.Fingerprint] = who
		}
	}
	if len(seen) != 5 {
		t.Errorf("%d fingerprints for 5 findings, read twice", len(seen))
	}
	// Baselines hold fingerprints for years: this one may never change.
	if got := findings(t, twoTables, Options{}, "deletion-protection")[0].Fingerprint; got != "717eadd6dcb67108a265f9fe412d52c4" {
		t.Errorf("fingerprint of a known finding: %s", got)
	}
}

func TestTheFingerprintOfATemplateIsFileAndAddress(t *testing.T) {
	template := `{"provenance":[{},{"operation":"terraform","file":"main.tf","line":%LINE%,"column":3}],"now":null,
	 "tables":[{"id":"aws_dynamodb_table.orders","src":1,"name":"orders","arn":null,"deletion_protection":null}]}`
	at := func(line string) Finding {
		return findings(t, strings.Replace(template, "%LINE%", line, 1), Options{}, "deletion-protection")[0]
	}
	first, moved := at("12"), at("40")
	if first.Location == nil || *first.Location != (Location{"main.tf", 12, 3}) || first.Address != "aws_dynamodb_table.orders" {
		t.Errorf("got %+v %q", first.Location, first.Address)
	}
	if first.Fingerprint != moved.Fingerprint {
		t.Error("the fingerprint changes when the resource moves in its file")
	}
	if first.Verdict != Fail || first.Evidence[0].State != "absent" {
		t.Errorf("got %s %+v", first.Verdict, first.Evidence)
	}
}

// TestTheFingerprintOfADeclarationIsItsOwn: neither the file's lines nor an ARN that another template has, too, make a difference. Baselines
// hold it for years: it may never change.
func TestTheFingerprintOfADeclarationIsItsOwn(t *testing.T) {
	of := func(id, line, arn string) Finding {
		unit := `{"provenance":[{},{"operation":"template","file":"a.yaml","line":` + line + `,"column":3}],"now":null,
		 "declared":[{"id":"` + id + `","address":"Orders","file":"a.yaml","line":` + line + `,"column":3}],
		 "tables":[{"id":"` + id + `","src":1,"name":"${!` + id + `}","arn":"` + arn + `","deletion_protection":null}]}`
		return findings(t, unit, Options{}, "deletion-protection")[0]
	}
	const arn = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/orders"
	first := of("a.yaml#Orders", "5", arn)
	if first.Fingerprint != of("a.yaml#Orders", "50", "").Fingerprint || first.Fingerprint == of("b.yaml#Orders", "5", arn).Fingerprint {
		t.Error("a fingerprint follows something else than what is declared")
	}
	if first.Fingerprint != "2adcfcb0fa53b2d5abec90e6ac5114dc" {
		t.Errorf("fingerprint of a known finding: %s", first.Fingerprint)
	}
	if first.Resource.Name != "Orders" || first.Resource.ARN != "" || first.Address != "Orders" || *first.Block != (Location{"a.yaml", 5, 3}) ||
		!strings.HasPrefix(first.Reason, "deletion protection of Orders is off") {
		t.Errorf("got %+v", first)
	}
}

func TestAnObjectiveSetsParameters(t *testing.T) {
	o := Options{Objective: func(_ *estate.Unit, table *estate.Table) Objective {
		if table.Name.Or("") != "b" {
			return Objective{}
		}
		return Objective{Name: "relaxed", Parameters: map[string]any{"window": 7 * 24 * time.Hour, "rpo": "nonsense"}}
	}}
	found := findings(t, twoTables, o, "pitr-window")
	if found[0].Verdict != Unknown || found[0].Objective != "" {
		t.Errorf("a: %s %q", found[0].Verdict, found[0].Objective)
	}
	if found[1].Verdict != Pass || found[1].Objective != "relaxed" {
		t.Errorf("b: %s %q: %s", found[1].Verdict, found[1].Objective, found[1].Reason)
	}
	if strict := findings(t, twoTables, Options{}, "pitr-window")[1]; strict.Verdict != Fail {
		t.Errorf("by default: %s", strict.Verdict)
	}
}

func TestReadingStopsWhenAskedTo(t *testing.T) {
	c := catalogue(t)
	n := 0
	for range c.Evaluate(decode(t, []byte(twoTables)), Options{}).Findings() {
		n++
		if n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("read %d findings after asking for 3", n)
	}
}

func TestSkippedResourcesHaveNoFindings(t *testing.T) {
	o := Options{Skip: func(_ *estate.Unit, r Resource, _ *estate.Table) bool { return r.Name == "a" }}
	if found := findings(t, twoTables, o, "deletion-protection"); len(found) != 1 || found[0].Resource.Name != "b" {
		t.Errorf("got %+v", found)
	}
}

func TestDurations(t *testing.T) {
	rows := map[string]string{"90m": "1h30m", "24h": "24h", "35d": "35 days", "1d12h": "36h", "2d": "2 days", "50h": "2.1 days", "0h": "0s", "1h5s": "1h0m5s", "61h": "2.5 days"}
	for text, want := range rows {
		d, err := parseDuration(text)
		if err != nil || durationText(d) != want {
			t.Errorf("%s: %s (%v), want %s", text, durationText(d), err, want)
		}
	}
	for _, text := range []string{"", "d", "1w", "-1h", "5", "1d-2h"} {
		if d, err := parseDuration(text); err == nil {
			t.Errorf("%q is read as %s", text, d)
		}
	}
}

func TestSeverities(t *testing.T) {
	if !Critical.AtLeast(High) || Low.AtLeast(Medium) || Info.Rank() != 0 || Critical.Rank() != 4 || Severity("x").Rank() != -1 {
		t.Error("severities are out of order")
	}
}

// TestBrokenControlsAnswerUnknownAndSaySo breaks a user's control in ways that only show when it meets an estate.
func TestBrokenControlsAnswerUnknownAndSaySo(t *testing.T) {
	for expression, want := range map[string]string{
		`table.tags["owner"] == "x"`:                       "no such key: owner",
		`table.deletion_protection`:                        "comes to null",
		`table.pitr_period_days > 3`:                       "no such overload",
		`table.tags["owner"] == "x" || table.name == "no"`: "no such key: owner",
	} {
		text := strings.Replace(own, `"owner" in table.tags
  && table.tags["owner"] != params.owner`, expression, 1)
		c, err := loadOwn(t, map[string]string{"own.yaml": text})
		if err != nil {
			t.Fatal(err)
		}
		k, _ := c.Control("tables-are-named")
		unit := `{"region":"eu-west-1","tables":[{"id":"t","name":"t","tags":{},"deletion_protection":null,"pitr_period_days":null},
			{"id":"u","name":"u","tags":{},"deletion_protection":null,"pitr_period_days":null}]}`
		run := c.Evaluate(decode(t, []byte(unit)), Options{Controls: []*Control{k}})
		for f := range run.Findings() {
			if f.Verdict != Unknown || !strings.Contains(f.Reason, want) {
				t.Errorf("%s: got %s: %s", expression, f.Verdict, f.Reason)
			}
		}
		problems := run.Problems()
		if len(problems) != 1 || problems[0].Affects != 2 || problems[0].Operation != "control:tables-are-named" || problems[0].Region != "eu-west-1" ||
			!strings.Contains(problems[0].Message, want) {
			t.Errorf("%s: problems %+v", expression, problems)
		}
	}
}

func TestACatalogueServesManyRunsAtOnce(t *testing.T) {
	c := catalogue(t)
	want := verdicts(c, decode(t, []byte(twoTables)), Options{})
	var group sync.WaitGroup
	for range 8 {
		u := decode(t, []byte(twoTables))
		group.Go(func() {
			for range 5 {
				if got := verdicts(c, u, Options{}); !maps.Equal(got, want) {
					t.Errorf("got %v, want %v", got, want)
				}
			}
		})
	}
	group.Wait()
}

// TestATemplateIsJudgedByWhatItDeclares looks at a table and a plan that are not deployed yet: no time, no history, no account.
func TestATemplateIsJudgedByWhatItDeclares(t *testing.T) {
	c := catalogue(t)
	k, _ := c.Control("recoverable")
	u := decode(t, examplesOf(t, k)[0].Unit)
	estate.EachFact(u, func(path string, f estate.AnyFact) {
		switch path {
		case "account", "region", "tables[0].table_id", "tables[0].created_at", "tables[0].pitr_latest", "tables[0].pitr_earliest",
			"vaults[0].recovery_points.whole", "backups.whole", "backup_jobs.whole", "copy_jobs.whole":
			f.Forget()
		}
	})
	u.Now = estate.AbsentFact[estate.Instant](0)
	want := map[string]Verdict{
		"recoverable": Pass, "point-in-time-recovery": Pass, "pitr-window": Pass, "plan-frequency": Pass, "plan-retention": Pass,
		"backup-plan-effective": Pass, "any-recovery-point": Unknown, "recent-recovery-point": Unknown, "last-backup-job": Unknown,
	}
	for f := range c.Evaluate(u, Options{}).Findings() {
		if verdict, ok := want[f.Control]; ok && f.Verdict != verdict {
			t.Errorf("%s: got %s, want %s: %s", f.Control, f.Verdict, verdict, f.Reason)
		}
	}
}
