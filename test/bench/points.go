package bench

import (
	"fmt"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// page is how many records one answer of AWS holds.
const page = 1000

func (m *maker) vaults() {
	points := m.points()
	m.source(estate.Provenance{Operation: "backup:ListBackupVaults"})
	m.u.Vaults.Whole = m.whole()
	for i := range m.Vaults {
		name := m.vaultName(i)
		v := estate.Vault{
			ID: arn("backup", "backup-vault:"+name), ARN: m.text(arn("backup", "backup-vault:"+name)), Name: m.text(name), Type: m.text("BACKUP_VAULT"), KeyARN: m.text(keyARN()),
			CreatedAt: m.at(seen().Add(-500 * 24 * time.Hour)), Count: known(m, int64(len(points[i]))), Locked: known(m, i == 1), LockDate: absent[estate.Instant](m),
			MinRetention: absent[int64](m), MaxRetention: absent[int64](m), Policy: absent[string](m),
			RecoveryPoints: estate.List[estate.RecoveryPoint]{Whole: m.whole(), Items: points[i]},
		}
		if i == 1 {
			v.MinRetention, v.MaxRetention = known(m, int64(7)), known(m, int64(400))
		}
		m.u.Vaults.Items = append(m.u.Vaults.Items, v)
	}
}

// night is when a table was backed up k nights ago.
func night(i, k int) time.Time {
	return seen().Truncate(24 * time.Hour).Add(5*time.Hour + time.Duration(i%3600)*time.Second - time.Duration(k)*24*time.Hour)
}

func pointARN(i, k int) string {
	return arn("backup", fmt.Sprintf("recovery-point:%08x-%04x-4000-8000-%012x", i, k, i*31+k))
}

// points by vault, newest first as AWS lists them.
func (m *maker) points() [][]estate.RecoveryPoint {
	out, left := make([][]estate.RecoveryPoint, m.Vaults), make([]int, m.Vaults)
	for v := range out {
		out[v] = make([]estate.RecoveryPoint, 0, (m.Tables/m.Vaults+1)*m.Points)
	}
	sources := make([]estate.Source, m.Vaults)
	for k := range m.Points {
		for i := range m.Tables {
			v := i % m.Plans % m.Vaults
			if left[v] == 0 {
				m.source(estate.Provenance{Operation: "backup:ListRecoveryPointsByBackupVault", Resource: arn("backup", "backup-vault:"+m.vaultName(v))})
				sources[v], left[v] = m.src, page
			}
			left[v]--
			m.src = sources[v]
			out[v] = append(out[v], m.point(i, k))
		}
	}
	return out
}

func (m *maker) point(i, k int) estate.RecoveryPoint {
	made := night(i, k)
	return estate.RecoveryPoint{
		ID: pointARN(i, k), ResourceARN: m.text(m.tableARN(i)), ResourceType: m.text("DynamoDB"), Status: m.text("COMPLETED"), Message: absent[string](m),
		CreatedAt: m.at(made), CompletedAt: m.at(made.Add(10 * time.Minute)), DeleteAt: m.at(made.Add(35 * 24 * time.Hour)), ColdAt: absent[estate.Instant](m), DeleteAfter: known(m, int64(35)),
		LastRestoreAt: absent[estate.Instant](m), SizeBytes: known(m, int64(i)*400_000), Encrypted: known(m, true), KeyARN: m.text(keyARN()), RoleARN: m.text(roleARN()),
		PlanID: m.text(m.planID(i)), RuleID: m.text(m.ruleID(i)), SourceVault: absent[string](m), StorageClass: m.text("WARM"),
	}
}

func (m *maker) jobs() {
	m.u.BackupJobs.Items = make([]estate.BackupJob, 0, m.Tables*m.Jobs)
	for k := range m.Jobs {
		for i := range m.Tables {
			if len(m.u.BackupJobs.Items)%page == 0 {
				m.source(estate.Provenance{Operation: "backup:ListBackupJobs"})
			}
			m.u.BackupJobs.Items = append(m.u.BackupJobs.Items, m.job(i, k))
		}
	}
	m.u.BackupJobs.Whole = m.whole()
}

// job of table i, k nights ago. The last one of every fiftieth table failed.
func (m *maker) job(i, k int) estate.BackupJob {
	made := night(i, k)
	j := estate.BackupJob{
		ID: fmt.Sprintf("%08x-%04x-4000-a000-%012x", i, k, i*37+k), ResourceARN: m.text(m.tableARN(i)), State: m.text("COMPLETED"), Message: absent[string](m), MessageCategory: m.text("SUCCESS"),
		CreatedAt: m.at(made), StartBy: m.at(made.Add(time.Hour)), CompletedAt: m.at(made.Add(10 * time.Minute)), Vault: m.text(m.vaultName(i % m.Plans)),
		RecoveryPoint: known(m, pointARN(i, k)), RoleARN: m.text(roleARN()), PlanID: m.text(m.planID(i)), RuleID: m.text(m.ruleID(i)),
	}
	if k == 0 && i%50 == 7 {
		j.State, j.MessageCategory, j.RecoveryPoint = m.text("FAILED"), m.text("AccessDenied"), absent[string](m)
		j.Message = m.text("IAM Role " + roleARN() + " does not have sufficient permissions to execute the backup")
	}
	return j
}
