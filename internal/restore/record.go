package restore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/restore/settings"
	"github.com/restorable/restorable/internal/store"
)

// Kind is the kind of a restore's record in the store.
const Kind = "restore"

// State is how far a restore has come.
type State string

// The states, in their order. What a state announces is done only when the state is on the disk.
const (
	Planned    State = "planned"    // nothing was asked of AWS
	Copying    State = "copying"    // AWS Backup may have been asked for a copy in the target Region
	Restoring  State = "restoring"  // AWS may have been asked for the table
	Completing State = "completing" // it is ACTIVE; what AWS leaves out is being put back
	Incomplete State = "incomplete" // something could not be put back: resuming tries again
	Done       State = "done"
	Failed     State = "failed" // there is no table
)

// Ended reports whether nothing is left to do.
func (s State) Ended() bool { return s == Done || s == Failed }

// Data is what the store keeps of a restore.
type Data struct {
	Tool      string           `json:"tool"`
	Caller    string           `json:"caller"` // ARN
	Account   string           `json:"account"`
	Partition string           `json:"partition"`
	Purpose   settings.Purpose `json:"purpose"`
	Request   Request          `json:"request"`
	Facts     json.RawMessage  `json:"source,omitempty"` // estate file of the source table alone; none when nothing is known of it

	Asked     []Asked   `json:"asked,omitempty"`
	CopyJob   string    `json:"copy_job,omitempty"`
	CopyPoint string    `json:"copy_point,omitempty"` // ARN of the copy
	Job       string    `json:"job,omitempty"`        // restore job of AWS Backup
	TableID   string    `json:"table_id,omitempty"`
	TableARN  string    `json:"table_arn,omitempty"`
	ByName    bool      `json:"by_name,omitempty"` // found by its name and age alone, after AWS's answer was lost
	Intent    time.Time `json:"intent,omitzero"`   // AWS's time before the table was asked for
	Requested time.Time `json:"requested,omitzero"`
	Active    time.Time `json:"active,omitzero"`
	Completed time.Time `json:"completed,omitzero"`

	Steps   map[settings.Setting]Step `json:"steps,omitempty"`
	Lines   []settings.Line           `json:"lines,omitempty"`
	Expired *int64                    `json:"expired,omitempty"` // items that time to live would delete at once; nil: not counted
	Failure *Failure                  `json:"failure,omitempty"`
}

// Asked is one request that AWS took, as CloudTrail will know it.
type Asked struct {
	Call      string    `json:"call"`
	RequestID string    `json:"request_id"`
	At        time.Time `json:"at,omitzero"`
}

// Step is the putting back of one setting. A step without an outcome was begun, and nobody knows how it ended.
type Step struct {
	Calls  int    `json:"calls,omitempty"` // announced so far
	Done   bool   `json:"done,omitempty"`
	Code   string `json:"code,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Failure says why there is no table.
type Failure struct {
	Code    string `json:"code,omitempty"`
	Message string `json:"message"`
}

// Record is a restore in the store.
type Record struct {
	ID      string
	State   State
	Created time.Time // by the machine's clock
	Data
}

// Load reads a restore. Errors wrap store.ErrNotFound.
func Load(ctx context.Context, s *store.Store, id string) (*Record, error) {
	r, err := s.Get(ctx, Kind, id)
	if err != nil {
		return nil, err
	}
	return decode(r)
}

// All lists the restores in the store, oldest first.
func All(ctx context.Context, s *store.Store) ([]*Record, error) {
	records, err := s.List(ctx, Kind)
	if err != nil {
		return nil, err
	}
	var out []*Record
	for _, r := range records {
		one, err := decode(r)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func decode(r store.Record) (*Record, error) {
	out := &Record{ID: r.ID, State: State(r.State), Created: r.Created}
	if err := json.Unmarshal(r.Data, &out.Data); err != nil {
		return nil, fmt.Errorf("read restore %s: %w", r.ID, err)
	}
	return out, nil
}

// Source is the table that is brought back as it was known, with the unit that its facts came from. The zero value: nothing is known.
type Source struct {
	Unit  *estate.Unit
	Table *estate.Table
}

// Encode keeps the one table and what explains it; nothing of a source of which nothing is known.
func (s Source) Encode() (json.RawMessage, error) {
	if s.Table == nil || s.Unit == nil {
		return nil, nil
	}
	unit := &estate.Unit{Provenance: s.Unit.Provenance, Partition: s.Unit.Partition, Account: s.Unit.Account, Region: s.Unit.Region, Now: s.Unit.Now,
		Reached: s.Unit.Reached, Full: s.Unit.Full, Keys: s.Unit.Keys}
	unit.Tables = estate.List[estate.Table]{Items: []estate.Table{*s.Table}, Whole: estate.KnownFact(false, s.Table.Name.Source())}
	var buf bytes.Buffer
	if err := estate.Write(&buf, &estate.Estate{Tool: "restorable", Units: []*estate.Unit{unit}}); err != nil {
		return nil, fmt.Errorf("keep source table: %w", err)
	}
	return buf.Bytes(), nil
}

// DecodeSource reads what Encode kept.
func DecodeSource(raw json.RawMessage) (Source, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return Source{}, nil
	}
	es, err := estate.Load(bytes.NewReader(raw))
	if err != nil {
		return Source{}, fmt.Errorf("read source table: %w", err)
	}
	if len(es.Units) != 1 || len(es.Units[0].Tables.Items) != 1 {
		return Source{}, fmt.Errorf("read source table: there is not one table in it")
	}
	return Source{Unit: es.Units[0], Table: &es.Units[0].Tables.Items[0]}, nil
}

// Settings are the source's.
func (s Source) Settings() settings.Settings {
	if s.Table == nil {
		return settings.Of(nil, settings.Facts{})
	}
	f := settings.Facts{Why: func(src estate.Source) string {
		p := s.Unit.Of(src)
		if p.Code == "" || p.Code == codeNotInBackup {
			return p.Message
		}
		return p.Operation + ": " + p.Code + ": " + p.Message
	}}
	if key, ok := s.Table.KeyARN.Get(); ok {
		for i := range s.Unit.Keys.Items {
			if k := &s.Unit.Keys.Items[i]; k.ARN.Or(k.ID) == key || k.ID == key {
				f.KeyManager = k.Manager.Or("")
			}
		}
	}
	return settings.Of(s.Table, f)
}
