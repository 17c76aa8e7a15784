package dynamodb

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// archiveAfter is how long a table waits for its key ("ArchivalSummary" in the API reference).
const archiveAfter = 7 * 24 * time.Hour

// keyUsable answers whether the table's key can be used now.
func (s *Service) keyUsable(t *table) bool {
	if t.def.sse.key == "" {
		return true
	}
	state, ok := s.keys.State(t.def.sse.key)
	return ok && state == "Enabled"
}

// readable refuses to restore what is encrypted under a key that cannot be used, whatever key the new table is to have.
// UNCONFIRMED: the code with which AWS refuses.
func (s *Service) readable(sn *Snapshot) error {
	key := sn.def.sse.key
	if key == "" {
		return nil
	}
	if state, ok := s.keys.State(key); ok && state == "Enabled" {
		return nil
	}
	return fail("AccessDeniedException", "KMS key access denied: %s", key)
}

// visibleStatus is the table's status as its key allows.
func (s *Service) visibleStatus(t *table) types.TableStatus {
	if t.status == types.TableStatusActive && !s.keyUsable(t) {
		return types.TableStatusInaccessibleEncryptionCredentials
	}
	return t.status
}

// watchKey notices that a key has become unusable, or usable again. AWS looks by itself; here somebody must look at the table first.
func (s *Service) watchKey(t *table) {
	switch {
	case s.keyUsable(t):
		t.lostKey = time.Time{}
	case t.lostKey.IsZero() && t.status == types.TableStatusActive:
		lost := s.w.Now()
		t.lostKey = lost
		s.after(t, archiveAfter, func() {
			if t.lostKey.Equal(lost) && !s.keyUsable(t) && t.status == types.TableStatusActive {
				s.archive(t)
			}
		})
	}
}

// archive makes the on-demand backup that AWS makes of a table whose key has been gone for a week.
func (s *Service) archive(t *table) {
	b := s.fileBackup(s.snapshotOf(t, t.items.Pin()), t.name+"$ArchivalBackup", types.BackupTypeUser, "")
	b.status = types.BackupStatusAvailable
	t.status = types.TableStatusArchived
	t.archive = &types.ArchivalSummary{
		ArchivalBackupArn: aws.String(b.arn), ArchivalDateTime: aws.Time(s.w.Now()), ArchivalReason: aws.String("INACCESSIBLE_ENCRYPTION_CREDENTIALS"),
	}
}
