// Package evidencetest has a drill for tests: whole, consistent, and with something in every part of it.
package evidencetest

import (
	"strings"
	"time"

	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/estate"
)

// Start is when the sample drill began.
func Start() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }

// Passed is a drill of table orders that passed.
func Passed() *evidence.Drill {
	at := func(after time.Duration) estate.Instant { return estate.At(Start().Add(after)) }
	const account, region = "111122223333", "eu-west-1"
	table := "arn:aws:dynamodb:eu-west-1:111122223333:table/"
	whole := evidence.Fingerprint{Algorithm: "restorable-item-sum-v1", HashKey: hex("a1"), Count: 1204, Total: hex("5e"), Buckets: 4096, BucketsSHA256: hex("c3")}
	source := whole
	source.Total, source.BucketsSHA256 = hex("5d"), hex("c2")
	return &evidence.Drill{
		ID:     "d-20261120T090000Z-4f2a9c",
		Tool:   evidence.Tool{Name: "restorable", Version: "0.1.0", Commit: "36793b5aa001", Go: "go1.26.0", SHA256: hex("07")},
		Caller: evidence.Caller{ARN: "arn:aws:sts::111122223333:assumed-role/drills/ci", Account: account, UserID: "AROAEXAMPLEID:ci"},
		Source: evidence.Table{Name: "orders", ARN: table + "orders", TableID: "1f0c0c3a-9a43-4a4e-8d5f-5d8e2f0c9b11", Account: account, Region: region, Created: at(-90 * 24 * time.Hour)},
		Point: evidence.Point{Kind: evidence.RecoveryPoint, ARN: "arn:aws:backup:eu-west-1:111122223333:recovery-point:7c0b4a52-1de1-4e0c-9f6f-9d2a0a9b8c7d",
			Moment: at(-4 * time.Hour), ToleranceSeconds: 60, Vault: "Default", Account: account, Region: region, Bytes: 734003, Expires: at(35 * 24 * time.Hour)},
		Restored: evidence.Restored{Table: evidence.Table{Name: "restorable-drill-4f2a9c-9d21", ARN: table + "restorable-drill-4f2a9c-9d21",
			TableID: "6b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9", Account: account, Region: region, Created: at(20 * time.Second)},
			Route: evidence.RouteAWSBackup, RestoreJobID: "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9", Role: "arn:aws:iam::111122223333:role/service-role/AWSBackupDefaultServiceRole", Encryption: "AWS owned key"},
		Times: evidence.Times{Started: at(0), Requested: at(10 * time.Second), Active: at(12 * time.Minute), Completed: at(12*time.Minute + 5*time.Second),
			Verified: at(13 * time.Minute), Finished: at(14 * time.Minute)},
		Objective: &evidence.Objective{Tier: "critical", RTOSeconds: 3600, RTO: evidence.Met, RPOSeconds: 86400, RPO: evidence.Met},
		Settings: []evidence.Setting{
			{Setting: "key schema", Source: "id (S) HASH", Restored: "id (S) HASH", Outcome: evidence.Carried},
			{Setting: "time to live", Source: "on, attribute expires", Restored: "off", Outcome: evidence.ExpectedLoss, Reason: "AWS leaves it out, and a drill does not switch it on: it would delete items"},
		},
		Items: &evidence.Items{Method: evidence.Exact, Stream: table + "orders/stream/2026-09-01T00:00:00.000", Source: &source, Restored: whole, Same: 1203, Changed: 1, Explained: 1,
			Differences: []evidence.Difference{{Kind: evidence.ItemChanged, MAC: hex("9e"), Explanation: "a stream record of 2026-11-20T06:11:09Z"}},
			MACKeyID:    hex("33"), BytesRead: 1468006, RCU: 180, Verdict: evidence.ItemsEqual},
		Invariants: []evidence.Invariant{{Name: "enough", Expression: "count >= 1000", Verdict: evidence.Holds, Checked: 1}},
		Calls: []evidence.Call{
			{Action: "backup:StartRestoreJob", RequestID: "b5c1a6a2-4e9b-4b53-a6e5-0f8c4a3d2e1f", At: at(10 * time.Second), Account: account, Region: region, Resource: "arn:aws:backup:eu-west-1:111122223333:recovery-point:7c0b4a52-1de1-4e0c-9f6f-9d2a0a9b8c7d"},
			{Action: "dynamodb:DeleteTable", RequestID: "V0N7QH2J3K4L5M6N7P8Q9R0S1T", At: at(13*time.Minute + 10*time.Second), Account: account, Region: region, Resource: table + "restorable-drill-4f2a9c-9d21"},
		},
		Cleanup: evidence.Cleanup{Outcome: evidence.Removed, At: at(13*time.Minute + 50*time.Second)},
		Cost:    &evidence.Cost{EstimatedUSD: 0.0004, MeasuredUSD: 0.0002, Basis: "list prices of eu-west-1"},
		Verdict: evidence.Passed, Reasons: []string{"1,204 items: 1,203 the same, 1 changed since, as the stream shows"},
		Assumptions: []string{"a restored table has no stream"},
	}
}

// Failed is the same drill, with an item that was lost.
func Failed() *evidence.Drill {
	d := Passed()
	d.Verdict, d.Reasons = evidence.Failed, []string{"1 item is only in the source, and nothing explains it"}
	d.Items.OnlySource, d.Items.Unexplained, d.Items.Verdict = 1, 1, evidence.ItemsDiffer
	d.Items.Reason = "1 of 1,204 items differs without an explanation"
	d.Items.Source.Total, d.Items.Source.Count = hex("5f"), 1205
	return d
}

func hex(pair string) string { return strings.Repeat(pair, 32) }

// Hostile is a drill whose every text tries to be more than text: on a terminal, in Markdown, in HTML, in the log of a CI system.
func Hostile() *evidence.Drill {
	d := Passed()
	bad := "::error::x\x1b[31m\u202e<script>alert(1)</script>|[a](https://evil.example)`$(rm)`\n::set-output\n# head\n- @team ![i](http://evil.example/i)"
	d.Source.Name, d.Caller.ARN, d.Caller.UserID, d.Tool.Version, d.Endpoint = bad, bad, bad, bad, bad
	d.Source.ARN, d.Restored.ARN, d.Restored.Name, d.Point.ARN, d.Point.Vault, d.Restored.Role = bad, bad+"2", bad, bad, bad, bad
	d.Reasons, d.Assumptions = []string{bad}, []string{bad}
	d.Settings[0] = evidence.Setting{Setting: bad, Source: bad, Restored: bad, Outcome: evidence.Same, Reason: bad}
	d.Items.Reason, d.Items.Stream, d.Items.Restored.Algorithm = bad, bad, bad
	d.Items.Differences[0].Key, d.Items.Differences[0].Explanation = bad, bad
	d.Invariants[0].Name, d.Invariants[0].Expression, d.Invariants[0].Reason = bad, bad, bad
	d.Calls[0] = evidence.Call{Action: bad, RequestID: bad, At: d.Calls[0].At, Account: bad, Region: bad, Resource: bad, Code: bad}
	d.Cleanup.Reason, d.Cleanup.Left, d.Cost.Basis, d.Objective.Tier = bad, []string{bad}, bad, bad
	return d
}
