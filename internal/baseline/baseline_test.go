package baseline

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/control"
)

const head = `{"schema_version":"1","tool":{"name":"restorable","version":"t"},"started_at":"2026-11-21T08:00:00Z",
"scope":[{"account":"1","region":"eu-west-1","tables":1,"whole":true,"reached":true},{"account":"1","region":"eu-west-2","tables":0,"whole":false,"reached":true}],
"findings":[`

const tail = `],"problems":[],"summary":{"tables":1},"complete":true,"finished_at":"2026-11-21T08:00:01Z"}`

func one(fp, id, verdict, more string) string {
	return fmt.Sprintf(`{"control":%q,"severity":"high","verdict":%q,"muted":false,"resource":{"type":"table","arn":null,"name":"t","account":"1","region":"eu-west-1"},"reason":"r","evidence":[{"fact":"x","state":"known","value":{"deep":[1,2]}}],"frameworks":{},"fingerprint":%q%s}`,
		id, verdict, fp, more)
}

func report(t *testing.T, findings ...string) *Report {
	t.Helper()
	b, err := Read(strings.NewReader(head + strings.Join(findings, ",\n") + tail))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWhatIsNews(t *testing.T) {
	for _, row := range []struct {
		name, before, after string
		list                string
		news                bool
	}{
		{"a failure that was not there", "", one("f", "a", "FAIL", ""), "new", true},
		{"a doubt that was not there", "", one("f", "a", "UNKNOWN", ""), "new", false},
		{"passed, and fails", one("f", "a", "PASS", ""), one("f", "a", "FAIL", ""), "new", true},
		{"did not apply, and fails", one("f", "a", "NOT_APPLICABLE", ""), one("f", "a", "FAIL", ""), "new", true},
		{"fails as before", one("f", "a", "FAIL", ""), one("f", "a", "FAIL", ""), "unchanged", false},
		{"was not known, and fails", one("f", "a", "UNKNOWN", ""), one("f", "a", "FAIL", ""), "changed", true},
		{"failed, and is not known", one("f", "a", "FAIL", ""), one("f", "a", "UNKNOWN", ""), "changed", false},
		{"failed, and passes", one("f", "a", "FAIL", ""), one("f", "a", "PASS", ""), "resolved", false},
		{"failed, and the table is gone", one("f", "a", "FAIL", ""), one("g", "a", "PASS", ""), "resolved", false},
		{"failed, and the control is not asked", one("f", "a", "FAIL", ""), one("g", "b", "PASS", ""), "unseen", false},
		{"failed, and the Region could not be listed", strings.Replace(one("f", "a", "FAIL", ""), "eu-west-1", "eu-west-2", 1), one("g", "a", "PASS", ""), "unseen", false},
		{"failed, and the Region is not looked at", strings.Replace(one("f", "a", "FAIL", ""), "eu-west-1", "eu-west-3", 1), one("g", "a", "PASS", ""), "unseen", false},
		{"was muted, and is no longer", strings.Replace(one("f", "a", "FAIL", ""), `"muted":false`, `"muted":true`, 1), one("f", "a", "FAIL", ""), "changed", true},
		{"was attested, and is no longer", one("f", "a", "FAIL", `,"attested":true`), one("f", "a", "FAIL", ""), "changed", true},
		{"is muted", "", strings.Replace(one("f", "a", "FAIL", ""), `"muted":false`, `"muted":true`, 1), "new", false},
		{"is attested", "", one("f", "a", "FAIL", `,"attested":true`), "new", false},
		{"of severity info", "", strings.Replace(one("f", "a", "FAIL", ""), `"high"`, `"info"`, 1), "new", false},
		{"passes as before", one("f", "a", "PASS", ""), one("f", "a", "PASS", ""), "", false},
		{"passed and is gone", one("f", "a", "PASS", ""), "", "", false},
	} {
		var before, after []string
		if row.before != "" {
			before = append(before, row.before)
		}
		if row.after != "" {
			after = append(after, row.after)
		}
		d := Compare(report(t, before...), report(t, after...))
		got, news := "", false
		for name, list := range map[string][]Change{"new": d.New, "resolved": d.Resolved, "changed": d.Changed, "unseen": d.Unseen} {
			for _, c := range list {
				got += name
				news = news || c.News()
			}
		}
		if d.Unchanged > 0 {
			got += "unchanged"
		}
		if got != row.list || news != row.news {
			t.Errorf("%s: %s, news %t; want %s, %t", row.name, got, news, row.list, row.news)
		}
	}
}

func TestTheWorseOfTwoFindingsWithOneFingerprintStays(t *testing.T) {
	for _, findings := range [][]string{{one("f", "a", "PASS", ""), one("f", "a", "FAIL", "")}, {one("f", "a", "FAIL", ""), one("f", "a", "PASS", "")}} {
		if got := report(t, findings...).Findings["f"].Verdict; got != control.Fail {
			t.Errorf("got %s", got)
		}
	}
}

func TestMistakesShowTheirPlace(t *testing.T) {
	ok := one("f", "a", "FAIL", "")
	for _, row := range []struct{ name, text, want string }{
		{"empty", "", "line 1, column 1: the file is empty"},
		{"YAML", "ignore:\n- a\n", "line 1, column 2: not JSON: invalid character 'i' looking for beginning of value"},
		{"a list", "[]", "line 1, column 2: a report is an object, found a list"},
		{"cut off in a finding", head + "\n" + ok[:40], "line 4, column 1: the file ends early: it is not a whole report"},
		{"cut off after a finding", head + "\n" + ok, "the file ends early: it is not a whole report"},
		{"another version", strings.Replace(head, `"schema_version":"1"`, `"schema_version":"2"`, 1) + tail, "line 1, column 22: the report is of version 2; this program reads version 1"},
		{"an estate file", `{"schema_version":1,"units":[]}`, "line 1, column 20: this is no report: an estate file has its version as a number"},
		{"no version", `{"findings":[]}`, "this is no report: it has no member schema_version"},
		{"no findings", `{"schema_version":"1"}`, "this is no report: it has no member findings"},
		{"findings that are no list", `{"schema_version":"1","findings":{}}`, "findings must be a list, found an object"},
		{"a member twice", `{"schema_version":"1","findings":[],"findings":[]}`, "findings is given twice"},
		{"lines of findings", ok + "\n" + ok, "something follows the end of the report: of -o jsonl no baseline can be made, only of -o json"},
		{"a finding without a fingerprint", head + "\n" + strings.Replace(ok, `"fingerprint":"f"`, `"x":1`, 1) + tail, "line 4, column 250: a finding without a fingerprint"},
		{"a verdict that there is not", head + strings.Replace(ok, "FAIL", "FINE", 1) + tail, `a finding with the verdict "FINE"`},
		{"a severity that there is not", head + strings.Replace(ok, "high", "big", 1) + tail, `a finding of the severity "big"`},
		{"text for a truth", head + strings.Replace(ok, `"muted":false`, `"muted":"no"`, 1) + tail, "muted cannot be string"},
		{"nothing but null", "null", "a report is an object, found null"},
	} {
		_, err := Read(strings.NewReader(row.text))
		var wrong *FormatError
		if !errors.As(err, &wrong) || !strings.HasSuffix(err.Error(), row.want) || wrong.Line == 0 {
			t.Errorf("%s: got %v, want %s", row.name, err, row.want)
		}
	}
}

func TestAnErrorOfTheDiskIsNoMistakeOfTheFile(t *testing.T) {
	var wrong *FormatError
	if _, err := Read(broken{}); !errors.Is(err, os.ErrPermission) || errors.As(err, &wrong) {
		t.Errorf("got %v", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error)       { return 0, os.ErrPermission }
func (broken) Seek(int64, int) (int64, error) { return 0, nil }

// TestAReportOf50000FindingsIsReadInLittleMemory: what they rest on is never kept.
func TestAReportOf50000FindingsIsReadInLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("writes a report of 85 MB")
	}
	name := filepath.Join(t.TempDir(), "large.json")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	const findings = 50_000
	filler := strings.Repeat(`{"fact":"table.pitr_status","state":"known","value":"ENABLED","source":"dynamodb:DescribeContinuousBackups"},`, 13)
	fmt.Fprint(f, head)
	for i := range findings {
		separator := ",\n"
		if i == 0 {
			separator = "\n"
		}
		fmt.Fprint(f, separator, strings.Replace(one(fmt.Sprintf("%032x", i), "a", "FAIL", ""), `"evidence":[`, `"evidence":[`+filler, 1))
	}
	fmt.Fprint(f, tail)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b, err := Read(f)
	if err != nil || len(b.Findings) != findings {
		t.Fatalf("%d findings, %v", len(b.Findings), err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	info, _ := f.Stat()
	kept := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("a report of %d MB keeps %d MB", info.Size()>>20, kept>>20)
	if kept > 40<<20 {
		t.Errorf("%d MB are kept of a report of %d MB", kept>>20, info.Size()>>20)
	}
	runtime.KeepAlive(b)
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{head + one("f", "a", "FAIL", "") + tail, head + tail, "{}", "[]", "null", "", `{"schema_version":"1","findings":[{}]}`, `{"schema_version":1}`, "{\"a\":[[[[\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := Read(strings.NewReader(text))
		var wrong *FormatError
		if err != nil && (!errors.As(err, &wrong) || wrong.Line < 1 || wrong.Column < 1 || wrong.Reason == "") {
			t.Fatalf("an error without its place: %#v", err)
		}
		if err == nil {
			d := Compare(b, b)
			if len(d.New)+len(d.Resolved)+len(d.Changed)+len(d.Unseen) > 0 {
				t.Fatalf("a report differs from itself: %+v", d)
			}
		}
	})
}
