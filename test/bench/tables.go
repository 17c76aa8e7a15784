package bench

import (
	"fmt"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

func (m *maker) tables() {
	m.source(estate.Provenance{Operation: "dynamodb:ListTables"})
	m.u.Tables.Whole = m.whole()
	m.u.Tables.Items = make([]estate.Table, 0, m.Tables)
	for i := range m.Tables {
		m.u.Tables.Items = append(m.u.Tables.Items, m.table(i))
	}
}

func (m *maker) table(i int) estate.Table {
	name := m.tableName(i)
	m.source(estate.Provenance{Operation: "dynamodb:DescribeTable", Resource: name})
	t := estate.Table{
		ID: m.tableARN(i), ARN: m.text(m.tableARN(i)), Name: m.text(name), TableID: m.text(fmt.Sprintf("%08x-1111-4222-8333-%012x", i, i)),
		Status: m.text("ACTIVE"), CreatedAt: m.at(seen().Add(-400 * 24 * time.Hour)), SizeBytes: known(m, int64(i)*400_000), ItemCount: known(m, int64(i)*1000),
		KeySchema:  known(m, []estate.KeyElement{{Attribute: "pk", Type: "HASH"}, {Attribute: "sk", Type: "RANGE"}}),
		Attributes: known(m, []estate.Attribute{{Name: "pk", Type: "S"}, {Name: "sk", Type: "S"}, {Name: "gsi", Type: "S"}}),
		GSIs:       known(m, []estate.Index{{Name: "by-gsi", Key: []estate.KeyElement{{Attribute: "gsi", Type: "HASH"}}, Projection: "ALL", Status: "ACTIVE"}}),
		LSIs:       known(m, []estate.Index{}), Replicas: known(m, []estate.Replica{}),
		BillingMode: m.text("PAY_PER_REQUEST"), ReadCapacity: absent[int64](m), WriteCapacity: absent[int64](m), MaxReadRequests: absent[int64](m), MaxWriteRequests: absent[int64](m),
		TableClass: m.text("STANDARD"), DeletionProtection: known(m, i%3 == 0),
		StreamEnabled: known(m, false), StreamView: absent[string](m), StreamARN: absent[string](m), KeyInaccessibleAt: absent[estate.Instant](m),
		SSEType: absent[string](m), SSEStatus: absent[string](m), KeyARN: absent[string](m),
		ArchivedAt: absent[estate.Instant](m), ArchivalReason: absent[string](m), ArchivalBackup: absent[string](m),
	}
	if i%4 == 0 {
		t.SSEType, t.SSEStatus, t.KeyARN = m.text("KMS"), m.text("ENABLED"), m.text(keyARN())
	}
	m.tagged(&t, i)
	m.pitr(&t, i)
	return t
}

// tagged gives every table the tags by which plans select: its team, its stage, and one of the plans' own values.
func (m *maker) tagged(t *estate.Table, i int) {
	stage := [...]string{"prod", "prod", "staging", "dev"}[i%4]
	t.Tags = known(m, map[string]string{
		m.text("team").Or(""): m.text(m.team(i)).Or(""), m.text("stage").Or(""): m.text(stage).Or(""), m.text("backup").Or(""): m.text(fmt.Sprintf("tier-%02d", i%m.Plans)).Or(""),
	})
}

func (m *maker) pitr(t *estate.Table, i int) {
	answer := estate.Provenance{Operation: "dynamodb:DescribeContinuousBackups", Resource: m.tableName(i)}
	if m.Holes > 0 && i%m.Holes == m.Holes-1 {
		answer.Code, answer.Message = "AccessDeniedException", "User: arn:aws:iam::"+Account+":user/audit is not authorized to perform: dynamodb:DescribeContinuousBackups"
		m.source(answer)
		t.PITRStatus, t.PITRPeriodDays = estate.UnknownFact[string](m.src), estate.UnknownFact[int64](m.src)
		t.PITREarliest, t.PITRLatest = estate.UnknownFact[estate.Instant](m.src), estate.UnknownFact[estate.Instant](m.src)
		return
	}
	m.source(answer)
	t.PITRStatus, t.PITRPeriodDays, t.PITREarliest, t.PITRLatest = m.text("DISABLED"), absent[int64](m), absent[estate.Instant](m), absent[estate.Instant](m)
	if i%5 < 3 {
		t.PITRStatus, t.PITRPeriodDays = m.text("ENABLED"), known(m, int64(35))
		t.PITREarliest, t.PITRLatest = m.at(seen().Add(-35*24*time.Hour)), m.at(seen().Add(-5*time.Minute))
	}
}

// backups: every twentieth table has an on-demand backup of its own.
func (m *maker) backups() {
	m.source(estate.Provenance{Operation: "dynamodb:ListBackups"})
	m.u.Backups.Whole = m.whole()
	for i := 0; i < m.Tables; i += 20 {
		made := seen().Add(-time.Duration(i%90) * 24 * time.Hour)
		m.u.Backups.Items = append(m.u.Backups.Items, estate.NativeBackup{
			ID: fmt.Sprintf("%s/backup/%014d-%08x", m.tableARN(i), made.UnixMilli(), i), Name: m.text("before-release"), TableARN: m.text(m.tableARN(i)), TableName: m.text(m.tableName(i)),
			TableID: m.text(fmt.Sprintf("%08x-1111-4222-8333-%012x", i, i)), Status: m.text("AVAILABLE"), Type: m.text("USER"), CreatedAt: m.at(made), ExpiresAt: absent[estate.Instant](m), SizeBytes: known(m, int64(i)*400_000),
		})
	}
}
