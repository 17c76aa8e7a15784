package agreement

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"
)

// TestIncarnations: of all backups under a table's name the evaluator counts those that hold items of the table that stands there now.
func TestIncarnations(t *testing.T) {
	h := open(t)
	counted, leftover := int64(0), int64(0)
	rapid.Check(t, func(t *rapid.T) {
		s := h.begin(t)
		role := s.role("backup")
		s.vault("main", "")
		s.settings(true, rapid.Bool().Draw(t, "advanced"))
		if rapid.Bool().Draw(t, "planned") {
			id := s.plan("plan", rule("r", "main", "cron(0 5 ? * * *)", 60, 35))
			s.selection(id, backuptypes.BackupSelection{SelectionName: aws.String("all"), IamRoleArn: &role, Resources: []string{tables + "orders"}})
		}
		last := rapid.IntRange(1, 3).Draw(t, "incarnations")
		for i := 1; i <= last; i++ {
			s.live(fmt.Sprint("incarnation-", i), role)
			if i < last {
				s.deleteTable("orders")
				s.wait(time.Duration(rapid.IntRange(10, 7200).Draw(t, "seconds between")) * time.Second)
			}
		}
		if rapid.Bool().Draw(t, "right away") {
			s.wait(3 * time.Hour)
		}
		counts := s.compareIncarnation(fmt.Sprint("incarnation-", last), role)
		counted, leftover = counted+counts[0], leftover+counts[1]
	})
	if twoSided() && (counted == 0 || leftover == 0) {
		t.Errorf("one-sided: %d backups counted, %d left over", counted, leftover)
	}
}

// live is the life of one table under the name: its mark in the items, then some backups.
func (s *stage) live(mark, role string) {
	s.Helper()
	s.table("orders", "", nil, mark)
	if rapid.Bool().Draw(s.T, "pitr") {
		s.pitr("orders", 7)
	}
	for range rapid.IntRange(0, 2).Draw(s.T, "backups") {
		switch rapid.SampledFrom([]string{"native", "aws backup"}).Draw(s.T, "kind") {
		case "native":
			ok[dynamodb.CreateBackupOutput](s)(s.tables.CreateBackup(s.ctx, &dynamodb.CreateBackupInput{TableName: aws.String("orders"), BackupName: aws.String("once")}))
			s.tell("native backup of %s", mark)
		default:
			ok[backup.StartBackupJobOutput](s)(s.backups.StartBackupJob(s.ctx, &backup.StartBackupJobInput{BackupVaultName: aws.String("main"), IamRoleArn: &role, ResourceArn: aws.String(tables + "orders")}))
			s.tell("AWS Backup job of %s", mark)
		}
		s.wait(time.Duration(rapid.SampledFrom([]int{0, 30, 3600, 26 * 3600}).Draw(s.T, "seconds later")) * time.Second)
	}
	s.wait(time.Duration(rapid.IntRange(0, 600).Draw(s.T, "seconds at the end")) * time.Second)
}

// compareIncarnation restores every backup under the name and counts whose items came.
func (s *stage) compareIncarnation(mark, role string) (counts [2]int64) {
	s.Helper()
	seen := s.look().cover["orders"].Observed
	listed, own := s.points("orders"), s.nativeBackups("orders") // as of the look: restoring takes time
	var points, natives, others int64
	tally := func(what string, kind *int64, ids []string, refusal string) {
		switch {
		case refusal != "":
			s.disagree("%s cannot be restored: %s", what, refusal)
		case len(ids) == 1 && ids[0] == mark:
			*kind++
		default:
			others++
		}
		s.tell("%s gives %v", what, ids)
	}
	for _, p := range listed {
		if p.Status == backuptypes.RecoveryPointStatusCompleted {
			ids, refusal := s.fromPoint(*p.RecoveryPointArn, role)
			tally("point "+*p.RecoveryPointArn, &points, ids, refusal)
		}
	}
	for _, b := range own {
		if b.BackupStatus != types.BackupStatusAvailable {
			continue
		}
		ids, refusal := s.fromNative(*b.BackupArn)
		tally(string(b.BackupType)+" backup "+*b.BackupArn, &natives, ids, refusal)
	}
	for _, row := range []struct {
		what       string
		says, does int64
	}{
		{"recovery points", seen.Backup.Count.Or(-1), points}, {"native backups", seen.Native.Count.Or(-1), natives},
		{"all backups", seen.All.Count.Or(-1), points + natives}, {"leftovers", seen.Leftovers.Or(-1), others},
	} {
		if row.says != row.does {
			s.disagree("the evaluator counts %d %s of %s, by restoring them there are %d", row.says, row.what, mark, row.does)
		}
	}
	return [2]int64{points + natives, others}
}
