package report

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
)

// spool is a Spool in memory.
type spool struct{ bytes.Buffer }

func (s *spool) ReadAt(p []byte, at int64) (int, error) {
	return bytes.NewReader(s.Bytes()).ReadAt(p, at)
}

func newHTML(w io.Writer) Writer { return NewHTML(w, &spool{}) }

// sampleTimeline is that of a table with everything.
func sampleTimeline(now estate.Instant) *Timeline {
	const dayLong = 24 * 60 * 60 * 1000
	t := &Timeline{Now: now, PITR: PITRSpan{State: PITROn, From: now - 35*dayLong, To: now - 300_000}, Known: true, Last: "failed at 2026-11-21 05:00 UTC: no role"}
	for i := range estate.Instant(35) {
		t.Points = append(t.Points, PointMark{At: now - (35-i)*dayLong})
	}
	t.Jobs = []JobMark{{At: now - dayLong, State: "FAILED"}}
	t.Drills = []DrillMark{{At: now - 9*dayLong, Outcome: "failed", Text: "items differ"}, {At: now - 2*dayLong, Outcome: "passed", Text: "usable after 12 min"}}
	return t
}

func htmlPage(t *testing.T) string {
	t.Helper()
	head, entries, tail := sample()
	catalogue, err := control.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range catalogue.Controls() {
		if c.ID == "recoverable" {
			head.Controls = append(head.Controls, c)
		}
	}
	for i := range entries {
		entries[i].Title = "Title of " + entries[i].Control
		if entries[i].Resource.Name == "users" {
			entries[i].Timeline = func() *Timeline { return sampleTimeline(tail.FinishedAt) }
		}
	}
	entries[3].Muted = true
	var b bytes.Buffer
	if err := run(newHTML(&b), head, entries, tail); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHTMLIsOnePageThatAsksNobody(t *testing.T) {
	page := htmlPage(t)
	for _, what := range []string{` src=`, `<link`, `<iframe`, `@import`, `<img`, ` style=`, ` onclick`, `javascript:`} {
		if strings.Contains(page, what) {
			t.Errorf("the page has %q", what)
		}
	}
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d scripts", n)
	}
	if !strings.Contains(page, digest(pageScript)) || !strings.Contains(page, digest(pageStyle)) || !strings.Contains(page, "default-src 'none'") {
		t.Error("the policy does not name the page's own script and style alone")
	}
}

// TestHTMLIsReadableByScreenReaders: landmarks, one first heading, none left out, captions and scopes, and no reference that leads nowhere.
func TestHTMLIsReadableByScreenReaders(t *testing.T) {
	page := htmlPage(t)
	for _, what := range []string{`<html lang="en">`, "<header>", `<nav aria-label=`, "<main>", "<footer>", `class="skip" href="#tables"`} {
		if strings.Count(page, what) != 1 {
			t.Errorf("%d times %s", strings.Count(page, what), what)
		}
	}
	last := 0
	for _, m := range regexp.MustCompile(`<h([1-6])`).FindAllStringSubmatch(page, -1) {
		level := int(m[1][0] - '0')
		if level > last+1 || level == 1 && last != 0 {
			t.Errorf("heading %d after %d", level, last)
		}
		last = level
	}
	if tables, captions := strings.Count(page, "<table"), strings.Count(page, "<caption"); tables != captions || tables == 0 {
		t.Errorf("%d tables, %d captions", tables, captions)
	}
	if th := regexp.MustCompile(`<th[ >]`).FindAllStringIndex(page, -1); len(th) != strings.Count(page, "<th scope=") || len(th) == 0 {
		t.Errorf("%d heads of columns and rows, %d with a scope", len(th), strings.Count(page, "<th scope="))
	}
	for _, svg := range regexp.MustCompile(`<svg[^>]*>`).FindAllString(page, -1) {
		if !strings.Contains(svg, `aria-hidden="true"`) {
			t.Errorf("a picture whose words stand beside it is read out: %s", svg)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="?([^" >]*)`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("twice the id %s", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`href="?#([^" >]*)|aria-labelledby="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !ids[m[1]+m[2]] {
			t.Errorf("%s leads nowhere", m[0])
		}
	}
}

func TestHTMLSaysInWordsWhatItDraws(t *testing.T) {
	page := htmlPage(t)
	for _, what := range []string{
		"1 of 4 tables can be got back", "Point-in-time recovery from 2026-10-17 08:00 UTC to 2026-11-21 07:55 UTC.", "35 restorable backups, from 2026-10-17",
		"Last backup job: failed at", "2 drills known, the newest of 2026-11-19 08:00 UTC: passed, usable after 12 min.", "could not be reached", "UNKNOWN, muted", "incomplete",
		`<svg class=t`, "dynamodb:DescribeContinuousBackups", "<caption>Muted or attested</caption>",
	} {
		if !strings.Contains(page, what) {
			t.Errorf("not said: %s", what)
		}
	}
}

func TestTheWordsOfATimelineOwnUpToWhatIsNotKnown(t *testing.T) {
	for _, c := range []struct {
		timeline Timeline
		want     string
	}{
		{Timeline{PITR: PITRSpan{State: PITRUnknown}}, "Whether point-in-time recovery is on is not known. Which backups there are is not known. No drill of it is known."},
		{Timeline{PITR: PITRSpan{State: PITROff}, Known: true}, "Point-in-time recovery is off. No restorable backup. No drill of it is known."},
		{Timeline{PITR: PITRSpan{State: PITROn}, Points: []PointMark{{At: 0}}}, "Point-in-time recovery is on; its window is not known. At least 1 restorable backup, of an unknown time. No drill of it is known."},
	} {
		if got := strings.Join(c.timeline.words(), " "); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestHTMLOfAThousandTablesIsSmall: every table with every control of the catalogue, a quarter of the answers bad, and a timeline.
func TestHTMLOfAThousandTablesIsSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("renders tens of thousands of findings")
	}
	var b bytes.Buffer
	head, entries, tail := thousand(t, 1000)
	if err := run(newHTML(&b), head, entries, tail); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d findings: %d bytes", len(entries), b.Len())
	if b.Len() > 5_000_000 {
		t.Errorf("%d bytes", b.Len())
	}
	if !strings.Contains(b.String(), "further findings are in the JSON report") {
		t.Error("what was left out is not said")
	}
	if n := strings.Count(b.String(), "<article id=r"); n != 1000 {
		t.Errorf("%d tables", n)
	}
}

func thousand(t testing.TB, tables int) (Head, []Entry, Tail) {
	head, _, tail := sample()
	catalogue, err := control.Load()
	if err != nil {
		t.Fatal(err)
	}
	head.Controls = catalogue.Controls()
	tally := NewTally(tables)
	var entries []Entry
	for i := range tables {
		for k, c := range head.Controls {
			if c.Resource != control.TypeTable {
				continue
			}
			verdict := control.Pass
			switch {
			case c.ID == recoverable:
				verdict = control.Verdicts()[i%3]
			case k%5 == 0:
				verdict = control.Fail
			case k%20 == 3:
				verdict = control.Unknown
			case k%9 == 4:
				verdict = control.NotApplicable
			}
			e := entry(fmt.Sprintf("service-%d-table-%04d", i%7, i), "eu-west-1", c.ID, c.Severity, verdict,
				"the newest recovery point is 3 days old and the objective allows 24 hours: the changes of 2 days would be lost")
			e.Timeline = func() *Timeline { return sampleTimeline(tail.FinishedAt) }
			tally.Add(e)
			entries = append(entries, e)
		}
	}
	tail.Summary = tally.Summary
	return head, entries, tail
}

func TestHTMLPutsTheWorstFirstAndRecoveryPointsTogether(t *testing.T) {
	head, _, tail := sample()
	var entries []Entry
	for i := range 50 {
		e := entry(fmt.Sprintf("point-%d", i), "eu-west-1", "point-encrypted", control.Medium, control.Fail, "the recovery point is not encrypted")
		e.Resource.Type = control.TypeRecoveryPoint
		entries = append(entries, e)
	}
	entries = append(entries, entry("fine", "eu-west-1", recoverable, control.Critical, control.Pass, "x"), entry("lost", "eu-west-1", recoverable, control.Critical, control.Fail, "all is lost"))
	var b bytes.Buffer
	if err := run(newHTML(&b), head, entries, tail); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if strings.Index(page, "<h3>lost") > strings.Index(page, "<h3>fine") {
		t.Error("the worst does not come first")
	}
	if n := strings.Count(page, "Recovery points <small>"); n != 1 || !strings.Contains(page, "(and 49 more like it)") {
		t.Errorf("recovery points are not one group: %d", n)
	}
}
