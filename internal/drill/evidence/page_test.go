package evidence_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/drill/evidence/evidencetest"
)

var update = flag.Bool("update", false, "rewrite the files in testdata")

// pages renders a drill as whoever verified it would, signed by a key with a fixed id.
func pages(t *testing.T, d *evidence.Drill, status evidence.Status) (markdown, html string) {
	t.Helper()
	s := newSigner(t, evidence.Ed25519)
	back, r := verify(t, sign(t, d, s), s.public)
	if back == nil {
		t.Fatalf("%+v", r)
	}
	r.SignedBy[0].KeyID, r.Status, r.Age = strings.Repeat("ab", 32), status, 49*time.Hour
	var m, h bytes.Buffer
	p := evidence.PageOf(back, r)
	if err := evidence.WriteMarkdown(&m, p); err != nil {
		t.Fatal(err)
	}
	if err := evidence.WriteHTML(&h, p); err != nil {
		t.Fatal(err)
	}
	return m.String(), h.String()
}

func TestPagesAreAsReviewed(t *testing.T) {
	markdown, html := pages(t, evidencetest.Passed(), evidence.StatusValid)
	failed, _ := pages(t, evidencetest.Failed(), evidence.StatusUnsigned)
	for file, got := range map[string]string{"testdata/passed.md": markdown, "testdata/passed.html": html, "testdata/failed.md": failed} {
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got; -update rewrites it):\n%s", file, diff)
		}
	}
}

// Every text of the evidence is somebody else's.
func TestPagesHoldNothingButText(t *testing.T) {
	markdown, html := pages(t, evidencetest.Hostile(), evidence.StatusValid)
	for name, page := range map[string]string{"Markdown": markdown, "HTML": html} {
		if i := strings.IndexAny(page, "\x00\x07\x1b\u202e\u009b\r"); i >= 0 {
			t.Errorf("%s: control character %q", name, page[i:i+3])
		}
		if strings.Contains(page, "<script") {
			t.Errorf("%s: a script", name)
		}
	}
	if tags := regexp.MustCompile(`<(\w+)[^>]*\b(src|href|on\w+)=`).FindString(html); tags != "" {
		t.Errorf("HTML fetches or runs: %s", tags)
	}
	for _, line := range strings.Split(markdown, "\n") {
		bare := regexp.MustCompile(`\\.`).ReplaceAllString(line, "")
		if strings.ContainsAny(bare, "`<[]!@") || strings.Contains(bare, "://") || strings.HasPrefix(line, "::") {
			t.Errorf("Markdown: %s", line)
		}
		if strings.HasPrefix(bare, "|") && strings.Count(bare, "|") > 7 {
			t.Errorf("Markdown: a cell broke out: %s", line)
		}
	}
}

// The page shows what the file holds: nothing of weight is left to the file alone.
func TestThePageTellsEverything(t *testing.T) {
	d := evidencetest.Passed()
	markdown, _ := pages(t, d, evidence.StatusValid)
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	shown := strings.NewReplacer(`\`, "", "&gt;", ">").Replace(markdown)
	var missing []string
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch x := v.(type) {
		case map[string]any:
			for k, e := range x {
				walk(path+"."+k, e)
			}
		case []any:
			for _, e := range x {
				walk(path, e)
			}
		case string:
			if _, err := time.Parse(time.RFC3339, x); err != nil && !strings.Contains(shown, x) {
				missing = append(missing, path)
			}
		}
	}
	walk("", doc)
	// Said in words, or of no weight to a reader.
	said := map[string]bool{".verdict": true, ".point.kind": true, ".cleanup.outcome": true, ".items.method": true, ".tool.go": true,
		".items.mac_key_id": true, ".items.source.buckets_sha256": true, ".items.restored.buckets_sha256": true}
	for _, path := range missing {
		if !said[path] {
			t.Errorf("%s is not on the page", path)
		}
	}
}

// TestAPageOfASampleSaysSo: what was drawn is not called what was restored, and no share is made up.
func TestAPageOfASampleSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		method evidence.Method
		share  float64
		says   string
	}{
		"compared":             {evidence.Sample, 0.01, "1 % of the table was compared"},
		"of an unknown share":  {evidence.Sample, 0, "how large a part is not known"},
		"with nothing to hold": {evidence.Nothing, 0.25, "a sample of the restored items, 25 % of them"},
	} {
		d := evidencetest.Passed()
		d.Items.Method, d.Items.SampleShare = c.method, c.share
		if c.method == evidence.Nothing {
			d.Items.Source = nil
		}
		markdown, _ := pages(t, d, evidence.StatusValid)
		if !strings.Contains(markdown, c.says) || !strings.Contains(markdown, "items drawn, restored") {
			t.Errorf("%s:\n%s", name, markdown)
		}
	}
}
