package cli

import (
	"github.com/restorable/restorable/internal/backup"
	"github.com/restorable/restorable/internal/remedy"
)

// backupJSON is the JSON of backup, version 1 (docs/schemas/backup-v1.schema.json).
type backupJSON struct {
	SchemaVersion string            `json:"schema_version"`
	Command       string            `json:"command"`
	With          backup.Way        `json:"with"`
	Name          string            `json:"name,omitempty"` // of native backups
	Vault         string            `json:"vault,omitempty"`
	RetainDays    *int64            `json:"retain_days"` // null: never expires
	ColdAfterDays int64             `json:"cold_after_days,omitempty"`
	Tags          map[string]string `json:"tags,omitempty"`
	Cost          remedy.Cost       `json:"cost"`
	Prices        remedy.PriceList  `json:"prices"`
	Counts        map[string]int    `json:"counts"` // outcome -> tables
	Tables        []backedUpJSON    `json:"tables"`
	Unlisted      []string          `json:"unlisted_regions"` // whose tables could not be listed whole
}

type backedUpJSON struct {
	Table     string           `json:"table"`
	ARN       string           `json:"arn"`
	TableID   string           `json:"table_id"`
	Account   string           `json:"account"`
	Region    string           `json:"region"`
	Outcome   backup.Outcome   `json:"outcome"`
	Resumed   bool             `json:"resumed"`
	Backup    string           `json:"backup,omitempty"` // ARN of the backup or recovery point
	Job       string           `json:"job,omitempty"`
	Code      string           `json:"code,omitempty"`
	Reason    string           `json:"reason,omitempty"`
	Mend      string           `json:"mend,omitempty"`
	RequestID string           `json:"request_id,omitempty"`
	CreatedAt *string          `json:"created_at"`
	ExpiresAt *string          `json:"expires_at"` // null: never, or not known yet
	ColdAt    *string          `json:"cold_at"`
	SizeBytes *int64           `json:"size_bytes"`
	Recorded  *backup.Recorded `json:"recorded"` // of a native backup
	Notes     []string         `json:"notes"`
}

func backupDocument(j backupJob, r *backup.Report) backupJSON {
	out := backupJSON{SchemaVersion: "1", Command: "backup", With: j.request.Way, Name: j.request.Name, Vault: j.request.Vault, ColdAfterDays: j.request.ColdAfterDays,
		Tags: j.request.Tags, Cost: j.cost.Cost, Prices: j.cost.prices, Counts: map[string]int{}, Tables: []backedUpJSON{}, Unlisted: append([]string{}, j.chosen.Unlisted...)}
	if j.request.RetainDays > 0 {
		out.RetainDays = &j.request.RetainDays
	}
	for _, one := range r.Results {
		out.Counts[string(one.Outcome)]++
		t := backedUpJSON{Table: one.Target.Name(), ARN: one.Target.ARN(), TableID: one.Target.ID(), Account: one.Target.Account(), Region: one.Target.Region(),
			Outcome: one.Outcome, Resumed: one.Resumed, Backup: one.ARN, Job: one.Job, Code: one.Code, Reason: one.Reason, Mend: one.Mend, RequestID: one.Request,
			CreatedAt: stamp(one.Created), ExpiresAt: stamp(one.Expires), ColdAt: stamp(one.ColdAt), Recorded: one.Recorded, Notes: append([]string{}, one.Notes...)}
		if one.Bytes >= 0 {
			t.SizeBytes = &one.Bytes
		}
		out.Tables = append(out.Tables, t)
	}
	return out
}
