package backup

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/store"
)

// Kind is the kind of the store's records: one for each table whose backup is under way. One that has ended is forgotten.
const Kind = "backup"

// The states of a record.
const (
	intended = "intended" // the call comes next, and may have been made
	begun    = "begun"    // AWS took it: the id of the job, or the ARN of the backup, is known
)

// repeatWithin is how long what an earlier process had begun counts as the same command given again. What it left open longer ago, and is
// no longer under way, is of another day: going on with it would pass an old backup off as the one that was asked for now.
const repeatWithin = time.Hour

// memory is what is written down of a table's backup.
type memory struct {
	Table  string    `json:"table"`
	Region string    `json:"region"`
	Since  time.Time `json:"since"` // AWS's time just before the call
	Token  string    `json:"token"` // by which AWS Backup knows a repeated request again
	Name   string    `json:"name,omitempty"`
	Job    string    `json:"job,omitempty"`
	ARN    string    `json:"arn,omitempty"`
}

// identity is the same for the same table and the same request, whoever asks and whenever. A name that was made up for the occasion is no
// part of it.
func (e *engine) identity(t Target) (string, error) {
	r := e.o.Request
	r.WaitForTheirEnd = false
	if e.o.NameIsMadeUp {
		r.Name = ""
	}
	text, err := json.Marshal(struct {
		ARN, ID string
		Request Request
	}{t.ARN(), t.ID(), r})
	if err != nil {
		return "", fmt.Errorf("name a backup under way: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), nil
}

// recall finds what an earlier process left open; nil: nothing, or nothing of today.
func (t *task) recall(ctx context.Context) (*memory, string, error) {
	r, err := t.o.Store.Get(ctx, Kind, t.id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	m := &memory{}
	if err := json.Unmarshal(r.Data, m); err != nil {
		return nil, "", t.o.Store.Delete(ctx, Kind, t.id, r.State)
	}
	if t.now().Sub(m.Since) <= repeatWithin || t.runs(m.Job) {
		return m, r.State, nil
	}
	return nil, "", t.o.Store.Delete(ctx, Kind, t.id, r.State)
}

// runs reports whether a job is known to be under way still.
func (t *task) runs(job string) bool {
	if job == "" {
		return false
	}
	var state types.BackupJobState
	err := t.patient(func() error {
		out, _, err := awsapi.Invoke(t.hard, awsapi.Ask{Scope: t.scope, Call: awsapi.DescribeBackupJob, Resource: job}, t.scope.Backup.DescribeBackupJob, &backup.DescribeBackupJobInput{BackupJobId: &job})
		if err == nil {
			state = out.State
		}
		return err
	})
	return err == nil && !JobOver(state)
}

// remember writes the intent down. Only then AWS is called.
func (t *task) remember(ctx context.Context) error {
	var token [16]byte
	if _, err := rand.Read(token[:]); err != nil {
		return fmt.Errorf("make token: %w", err)
	}
	t.memory = memory{Table: t.target.ARN(), Region: t.target.Region(), Since: t.now(), Token: "restorable-" + hex.EncodeToString(token[:]), Name: t.o.Name}
	data, err := json.Marshal(t.memory)
	if err != nil {
		return fmt.Errorf("write down a backup: %w", err)
	}
	t.state = intended
	return t.o.Store.Create(ctx, store.Record{Kind: Kind, ID: t.id, State: intended, Data: data})
}

// took writes down what AWS named.
func (t *task) took(ctx context.Context) error {
	data, err := json.Marshal(t.memory)
	if err != nil {
		return fmt.Errorf("write down a backup: %w", err)
	}
	from := t.state
	t.state = begun
	return t.o.Store.Move(ctx, Kind, t.id, from, begun, data)
}

// forget: the backup has ended one way or another.
func (t *task) forget(ctx context.Context) error {
	if t.state == "" {
		return nil
	}
	return t.o.Store.Delete(ctx, Kind, t.id, t.state)
}
