package price

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/remedy"
)

// rows reads the tables of docs/costs.md: the first cell of each line, and the others.
func rows(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "costs.md"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if !strings.HasPrefix(line, "|") || len(cells) < 3 {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		out[cells[0]] = cells[1:]
	}
	return out
}

func TestTheDocumentHasThePrices(t *testing.T) {
	doc, l := rows(t), Default()
	for _, i := range l.Items() {
		price, source := "not known", ""
		if i.Price.Known {
			price, source = fmt.Sprintf("%.2f", i.Price.USD), "secondary"
		}
		if i.Price.Confirmed {
			source = "AWS"
		}
		if got := strings.Join(doc["`"+i.Key+"`"], " | "); got != strings.Join([]string{i.What, price, source}, " | ") {
			t.Errorf("%s is documented as %q, want %q", i.Key, got, strings.Join([]string{i.What, price, source}, " | "))
		}
	}
}

func TestTheDocumentsExamples(t *testing.T) {
	l, s := Default(), gbs(100)
	free := l
	free.RestoreTest = confirmed(0)
	doc := rows(t)
	for name, cost := range map[string]remedy.Cost{
		"point-in-time recovery, any period":                       l.PITRCost(s),
		"a backup each day, kept 35 days: 35 points":               l.RuleCost(s, daily, "", Lifecycle{DeleteAfterDays: 35}, false),
		"a backup each week, kept 365 days: about 52 points":       l.RuleCost(s, "cron(0 5 ? * SUN *)", "", Lifecycle{DeleteAfterDays: 365}, false),
		"a backup each day, kept 365 days":                         l.RuleCost(s, daily, "", Lifecycle{DeleteAfterDays: 365}, false),
		"the same, in cold storage after 30 days":                  l.RuleCost(s, daily, "", Lifecycle{ColdAfterDays: 30, DeleteAfterDays: 365}, true),
		"copies of daily backups in another Region, kept 35 days":  l.CopiesCost(s, 1, Lifecycle{DeleteAfterDays: 35}, true, true),
		"one backup now through AWS Backup, kept 35 days":          l.OnDemandCost(s, 35),
		"one of DynamoDB's own backups, until somebody deletes it": l.NativeCost(s),
		"one restore": l.RestoreCost(s, false),
		"a restore test each month, without AWS's fee": free.RestoreTestsCost(s, "cron(0 6 1 * ? *)", ""),
	} {
		want := fmt.Sprintf("$%.2f $%.2f", cost.Monthly, cost.Once)
		if got := strings.Join(doc[name], " "); got != want || !cost.Known {
			t.Errorf("%s is documented as %q, and costs %q (%+v)", name, got, want, cost)
		}
	}
}

func TestTheDocumentsPriceFileIsOne(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "costs.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "```yaml\n")
	file, _, closed := strings.Cut(after, "```")
	if l, err := Parse("prices.yaml", []byte(file)); err != nil || !found || !closed || l.PITR.USD != 0.228 || !strings.Contains(string(text), Default().Date) {
		t.Errorf("%v: %+v", err, l)
	}
}
