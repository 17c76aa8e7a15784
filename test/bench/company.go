// Package bench measures the program against its targets for speed and size. The figures come with ratios and counts, because times
// alone say little on another machine.
package bench

import (
	"fmt"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// Account and Region of the company that is measured.
const (
	Account = "111122223333"
	Region  = "eu-west-1"
)

// Company is the size of a generated estate. The same size always gives the same estate.
type Company struct {
	Tables int
	Plans  int
	Vaults int
	Points int // recovery points of each table
	Jobs   int // backup jobs of each table; AWS keeps those of 30 days
	Holes  int // of so many tables one could not be read whole; 0: none
}

// Sized is the company of the targets with another number of tables: 100 plans, 8 vaults, and 35 nights of backups of each table.
func Sized(tables int) Company {
	return Company{Tables: tables, Plans: 100, Vaults: 8, Points: 35, Jobs: 30, Holes: 100}
}

// seen is when the company was looked at.
func seen() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

func teams() []string {
	return []string{"billing", "catalogue", "checkout", "fraud", "identity", "inventory", "logistics", "media", "orders", "payments",
		"pricing", "reviews", "risk", "search", "sessions", "support", "telemetry", "tickets", "users", "wallet"}
}

// Estate generates the company.
func (c Company) Estate() *estate.Estate {
	m := &maker{Company: c, u: &estate.Unit{}, texts: map[string]string{}}
	m.source(estate.Provenance{Operation: "sts:GetCallerIdentity"})
	m.identity()
	m.settings()
	m.tables()
	m.plans()
	m.vaults()
	m.jobs()
	m.backups()
	m.keysAndRoles()
	return &estate.Estate{Tool: "bench", CollectedAt: estate.At(seen()), Units: []*estate.Unit{m.u}}
}

// maker holds the unit in the making.
type maker struct {
	Company

	u     *estate.Unit
	src   estate.Source
	texts map[string]string
}

// source makes all facts that follow come from one answer.
func (m *maker) source(p estate.Provenance) {
	p.ObservedAt = estate.At(seen())
	p.RequestID = fmt.Sprintf("%08x-7a1c-4d2e-9b3f-%012x", len(m.u.Provenance), len(m.u.Provenance)*7919)
	m.src = m.u.Record(p)
}

// text is a known fact; equal ones share their bytes, as they do when they come from AWS or from a file.
func (m *maker) text(s string) estate.Fact[string] {
	kept, ok := m.texts[s]
	if !ok {
		m.texts[s], kept = s, s
	}
	return estate.KnownFact(kept, m.src)
}

func (m *maker) at(t time.Time) estate.Fact[estate.Instant] {
	return estate.KnownFact(estate.At(t), m.src)
}

func (m *maker) whole() estate.Fact[bool] { return estate.KnownFact(true, m.src) }

func absent[T any](m *maker) estate.Fact[T] { return estate.AbsentFact[T](m.src) }

func known[T any](m *maker, v T) estate.Fact[T] { return estate.KnownFact(v, m.src) }

func arn(service, resource string) string {
	return "arn:aws:" + service + ":" + Region + ":" + Account + ":" + resource
}

func keyARN() string { return arn("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab") }

func roleARN() string { return "arn:aws:iam::" + Account + ":role/backup" }

func (m *maker) team(i int) string { return teams()[i%len(teams())] }

func (m *maker) tableName(i int) string { return fmt.Sprintf("%s-service-%05d", m.team(i), i) }

func (m *maker) tableARN(i int) string { return arn("dynamodb", "table/"+m.tableName(i)) }

func (m *maker) vaultName(i int) string { return fmt.Sprintf("vault-%02d", i%m.Vaults) }

func (m *maker) planID(i int) string {
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", i%m.Plans, i%m.Plans)
}

func (m *maker) ruleID(i int) string {
	return fmt.Sprintf("%08x-0000-4000-9000-%012x", i%m.Plans, i%m.Plans)
}

func (m *maker) identity() {
	m.u.Partition, m.u.Account, m.u.Region = m.text("aws"), m.text(Account), m.text(Region)
	m.u.Now, m.u.Reached, m.u.Full = m.at(seen()), known(m, true), known(m, false)
}

func (m *maker) settings() {
	m.source(estate.Provenance{Operation: "backup:DescribeRegionSettings"})
	on := map[string]bool{"DynamoDB": true, "EBS": true, "S3": false}
	m.u.Settings = estate.Settings{OptIn: known(m, on), Management: known(m, map[string]bool{"DynamoDB": true}), CrossAccount: known(m, false)}
	m.u.CopyJobs.Whole, m.u.RestoreJobs.Whole = m.whole(), m.whole()
	m.u.RestoreTestingPlans.Whole, m.u.Protected.Whole = m.whole(), m.whole()
}

func (m *maker) keysAndRoles() {
	m.source(estate.Provenance{Operation: "kms:DescribeKey", Resource: keyARN()})
	m.u.Keys = estate.List[estate.Key]{Whole: m.whole(), Items: []estate.Key{{
		ID: keyARN(), ARN: m.text(keyARN()), State: m.text("Enabled"), Manager: m.text("CUSTOMER"), DeletionDate: absent[estate.Instant](m), MultiRegion: known(m, false),
	}}}
	m.source(estate.Provenance{Operation: "iam:GetRole", Resource: roleARN()})
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	m.u.Roles = estate.List[estate.Role]{Whole: m.whole(), Items: []estate.Role{{
		ID: roleARN(), ARN: m.text(roleARN()), Name: m.text("backup"), Exists: known(m, true), Trust: m.text(trust),
	}}}
}
