package backup

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb"
)

const (
	restoreStart    = 30 * time.Second // restore jobs begin within this time
	restoreOverhead = 2 * time.Minute  // near-empty tables took 81 to 721 s (semantics 4.2)
	coldRestore     = 4 * time.Hour    // longer from cold storage (semantics 4.8)
	emptyRestore    = "The recovery point came with the loaded estate, which holds no items: the table was restored empty."
)

// restoreJob makes a table from a recovery point.
type restoreJob struct {
	id         string
	seq        uint64
	area       *area
	status     types.RestoreJobStatus
	message    string
	point      *point
	pointARN   string
	pointMade  time.Time
	vaultARN   string
	source     string // ARN of the table that was backed up
	size       int64
	role       string
	metadata   map[string]string // as given
	want       map[string]string // keys in lower case
	created    time.Time
	started    time.Time
	expected   time.Duration
	completed  time.Time
	tableARN   string
	tags       map[string]string
	test       *testPlan // the restore testing plan that asked for it
	testing    *testSelection
	validation types.RestoreValidationStatus
	remark     string // of the validation
	deletion   types.RestoreDeletionStatus
	deletionIs string
}

func (j *restoreJob) rank() rank { return rank{At: int64(j.seq)} }

func (j *restoreJob) ended() (time.Time, bool) { return j.completed, !j.completed.IsZero() }

// restoreKeys are the metadata that restoring DynamoDB takes; their case does not matter (semantics 4.8).
func restoreKeys() []string {
	return []string{"targettablename", "encryptiontype", "kmsmasterkeyarn", "aws:backup:request-id", "originaltablename", "deletionprotection"}
}

func lowerKeys(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[strings.ToLower(k)] = v
	}
	return out
}

func (s *Service) newRestore(p *point, role string, metadata map[string]string) *restoreJob {
	j := &restoreJob{
		id: s.w.UUID(), seq: s.next(), area: p.vault.area, status: types.RestoreJobStatusPending, point: p, pointARN: p.arn, pointMade: p.created,
		vaultARN: p.vault.arn, source: p.resourceARN, size: p.size, role: role, metadata: maps.Clone(metadata), want: lowerKeys(metadata), created: s.w.Now(),
	}
	j.area.restores.add(j.id, j)
	return j
}

func (s *Service) runRestore(j *restoreJob) {
	if j.status != types.RestoreJobStatusPending {
		return
	}
	if p := s.startRestore(j); p != nil {
		s.endRestore(j, types.RestoreJobStatusFailed, p.message)
	}
}

func (s *Service) endRestore(j *restoreJob, status types.RestoreJobStatus, message string) {
	j.status, j.message, j.completed = status, message, s.w.Now()
	if status != types.RestoreJobStatusCompleted {
		return
	}
	if j.point != nil {
		j.point.restored = j.completed
	}
	r := j.area.resource(j.source, j.point.name)
	r.restored = &restored{jobCreated: j.created, pointCreated: j.pointMade, minutes: int64(j.completed.Sub(j.created) / time.Minute)}
}

func (s *Service) startRestore(j *restoreJob) *problem {
	target := j.want["targettablename"]
	key, p := s.admitRestore(j, target)
	if p != nil {
		return p
	}
	if j.point.data == nil || j.point.data.snapshot == nil {
		return &problem{categoryMisc, "The recovery point came with the loaded estate without a description of its table and cannot be restored here."}
	}
	j.expected = restoreOverhead + s.w.Duration(restoreOverhead) + time.Duration(float64(j.size)/bytesPerSec*float64(time.Second))
	if j.point.isCold {
		j.expected += coldRestore
	}
	to := dynamodb.RestoreTarget{TableName: target, KeyARN: key, Duration: j.expected, Tags: j.tags}
	arn, err := s.o.Tables.RestoreSnapshot(j.area.Scope, j.point.data.snapshot, to, func(_ string, err error) { s.restoreDone(j, err) })
	if err != nil {
		return restoreProblem(err)
	}
	j.status, j.started, j.tableARN = types.RestoreJobStatusRunning, s.w.Now(), arn
	j.point.reading++
	return nil
}

func restoreProblem(err error) *problem {
	var e *api.Error
	if errors.As(err, &e) {
		return &problem{categoryMisc, fmt.Sprintf("%s (Service: DynamoDb, Status Code: 400, Error Code: %s)", e.Message, e.Code)}
	}
	return &problem{categoryMisc, err.Error()}
}

func (s *Service) restoreDone(j *restoreJob, err error) {
	j.point.reading--
	if err != nil {
		s.endRestore(j, types.RestoreJobStatusFailed, restoreProblem(err).message)
		return
	}
	message := ""
	if j.point.loaded {
		message = emptyRestore
	}
	s.endRestore(j, types.RestoreJobStatusCompleted, message)
	if j.test != nil {
		s.awaitValidation(j)
	}
}

// admitRestore finds the key of the new table, or says why the role cannot make it (semantics 1.7 and 4.8).
func (s *Service) admitRestore(j *restoreJob, target string) (key string, p *problem) {
	if j.point.gone {
		return "", &problem{categoryMisc, "Cannot find recovery point."}
	}
	if s.o.Roles != nil && s.o.Roles.AssumableBy(j.role, principal) != nil {
		return "", notAssumable(j.role)
	}
	table := j.area.ARN("dynamodb", "table/"+target)
	if p := s.mayRestore(j, table); p != nil {
		return "", p
	}
	key, known := s.restoreKey(j)
	if !known {
		return "", &problem{categoryMisc, "Given key ID does not exist"}
	}
	for _, k := range []string{key, j.point.keyARN} {
		if p := s.keyProblem(j.role, k, "kms:Decrypt", "kms:GenerateDataKey"); p != nil {
			return "", p
		}
	}
	return key, nil
}

func (s *Service) mayRestore(j *restoreJob, table string) *problem {
	if j.point.advanced {
		return s.mayDo(j.role, table, []string{"dynamodb:RestoreTableFromAwsBackup", "dynamodb:DescribeTable"})
	}
	if p := s.mayDo(j.role, j.point.arn, []string{"dynamodb:RestoreTableFromBackup"}); p != nil {
		return p
	}
	return s.mayDo(j.role, table, []string{
		"dynamodb:DescribeTable", "dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem",
		"dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem",
	})
}

// restoreKey is the key that the metadata ask for: none for the AWS-owned one.
func (s *Service) restoreKey(j *restoreJob) (key string, known bool) {
	if !strings.EqualFold(j.want["encryptiontype"], "KMS") {
		return "", true
	}
	ref := j.want["kmsmasterkeyarn"]
	if ref == "" {
		ref = "alias/aws/dynamodb"
	}
	if s.o.Keys == nil {
		return ref, true
	}
	return s.o.Keys.Resolve(j.area.Scope, ref)
}
