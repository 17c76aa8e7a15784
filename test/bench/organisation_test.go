//go:build unix

package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/estate"
)

// BenchmarkOrganisation scans an organisation live as a process: accounts × 3 Regions × 100 tables. Target: memory does not grow with
// the number of accounts, only with what is read at a time (8 accounts and Regions).
func BenchmarkOrganisation(b *testing.B) {
	for _, accounts := range []int{10, 100} {
		b.Run(fmt.Sprint(accounts), func(b *testing.B) {
			const each = 100
			regions := []string{Region, "us-east-1", "eu-central-1"}
			tables := accounts * len(regions) * each
			company := Company{Tables: each, Plans: 5, Vaults: 2, Points: 10, Jobs: 8, Holes: 100}
			name, list := company.organisation(b, accounts, regions)
			sim := simulate(b, "--load", name)
			for b.Loop() {
				before := sim.calls(b)
				u := sim.scan(b, "--rates", "off", "--accounts", list, "--role-name", "audit", "--region", strings.Join(regions, ","))
				tell(b, u, tables)
				made := since(before, sim.calls(b))
				b.ReportMetric(float64(total(made))/float64(tables), "calls/table")
				b.ReportMetric(float64(total(made)), "calls")
				b.ReportMetric(float64(made["sts:AssumeRole"]), "roles-assumed")
				file := measure(b, binary(b), command{args: []string{"scan", name, "-o", "json=" + filepath.Join(b.TempDir(), "report.json"), "--fail-on", "none"}})
				b.ReportMetric(file.megabytes(), "peak-MB-from-file")
				b.ReportMetric(seconds(file.CPU), "cpu-s-from-file")
			}
		})
	}
}

// organisation writes an estate file in which the company stands once in every account and Region, each account with a role to assume,
// and a file that lists the accounts.
func (c Company) organisation(b testing.TB, accounts int, regions []string) (name, list string) {
	b.Helper()
	name, list = filepath.Join(b.TempDir(), "organisation.json"), filepath.Join(b.TempDir(), "accounts.txt")
	u := c.Estate().Units[0]
	role := "arn:aws:iam::" + Account + ":role/audit"
	fact := func(s string) estate.Fact[string] { return estate.KnownFact(s, 1) }
	u.Roles.Items = append(u.Roles.Items, estate.Role{ID: role, ARN: fact(role), Name: fact("audit"), Exists: estate.KnownFact(true, 1),
		Trust: fact(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`)})
	var text bytes.Buffer
	if err := estate.WriteUnit(&text, u); err != nil {
		b.Fatal(err)
	}
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	w := estate.NewWriter(f, "bench", estate.At(seen()))
	var ids []string
	for i := range accounts {
		id := Account
		if i > 0 {
			id = fmt.Sprintf("2%011d", i)
		}
		ids = append(ids, id)
		for _, region := range regions {
			if err := w.Text(strings.NewReader(strings.NewReplacer(Account, id, Region, region).Replace(text.String()))); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(list, []byte(strings.Join(ids, "\n")), 0o600); err != nil {
		b.Fatal(err)
	}
	return name, list
}
