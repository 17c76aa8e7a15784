package estate

import (
	"fmt"
	"strings"
	"testing"
)

func jobs(count string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"schema_version":1,"tool":"","collected_at":"1970-01-01T00:00:00Z","units":[{"backup_jobs":{"whole":true,%s"items":[`, count)
	for i := range n {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, `{"id":"%d"}`, i)
	}
	b.WriteString(`]}}]}`)
	return b.String()
}

// The count of a list makes room and is believed in nothing else: neither a false one nor a huge one changes what is read.
func TestCountsOnlyMakeRoom(t *testing.T) {
	for _, c := range []struct {
		count    string
		n, least int
	}{
		{``, 10_000, 0}, {`"count":10000,`, 10_000, 10_000}, {`"count":3,`, 10_000, 0}, {`"count":1000000000000,`, 10, 0}, {`"count":1000000000000,`, sure + 1, 0}, {`"count":-5,`, 10_000, 0},
	} {
		e, err := Load(strings.NewReader(jobs(c.count, c.n)))
		if err != nil {
			t.Fatal(err)
		}
		got := e.Units[0].BackupJobs.Items
		if len(got) != c.n || got[c.n-1].ID != fmt.Sprint(c.n-1) {
			t.Errorf("%s: %d jobs", c.count, len(got))
		}
		if most := c.n + c.n/2; cap(got) > most || c.least > 0 && cap(got) > c.least+c.least/8 {
			t.Errorf("%s: room for %d", c.count, cap(got))
		}
	}
}

func TestLongListsSayTheirCount(t *testing.T) {
	e, err := Load(strings.NewReader(jobs(``, sure)))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(write(t, e)); !strings.Contains(text, fmt.Sprintf(`"count":%d,"items":[`, sure)) {
		t.Errorf("wrote %.200s", text)
	}
}
