package evidence

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// Page is evidence for people: what Markdown, HTML and a terminal show alike. Its texts are as untrusted as the evidence.
type Page struct {
	Title    string
	Good     bool   // the file is valid and the drill passed
	Headline string // one sentence: what the file is worth and how the drill ended
	Lines    []string
	Sections []Section
}

// Section is a part of a page: sentences, then a table. A table without Head has two columns, names and values.
type Section struct {
	Title string
	Notes []string
	Head  []string
	Rows  [][]string
}

// shownDifferences and shownCalls are how many a page lists; the file has all.
const (
	shownDifferences = 50
	shownCalls       = 200
)

// PageOf is the page of a drill that Verify returned with a report.
func PageOf(d *Drill, r Report) Page {
	p := Page{Title: "Restore drill of " + d.Source.Name, Good: r.Good(d), Headline: headline(d, r), Lines: d.Reasons}
	if d.Endpoint != "" {
		p.Lines = append([]string{"The drill ran at " + d.Endpoint + ", which is not AWS's own endpoint: it proves nothing about an AWS account."}, p.Lines...)
	}
	p.Sections = append(p.Sections, proofSection(d, r), whatSection(d), timesSection(d))
	p.Sections = append(p.Sections, settingsSection(d), itemsSection(d), differencesSection(d), invariantsSection(d), callsSection(d), endSection(d))
	kept := p.Sections[:0]
	for _, s := range p.Sections {
		if len(s.Rows) > 0 || len(s.Notes) > 0 {
			kept = append(kept, s)
		}
	}
	p.Sections = kept
	return p
}

func headline(d *Drill, r Report) string {
	drill := map[Verdict]string{Passed: "the drill PASSED", Failed: "the drill FAILED", Inconclusive: "the drill decided NOTHING (unknown)"}[d.Verdict]
	switch r.Status {
	case StatusUnsigned:
		return "UNSIGNED: nobody vouches for this file. It says that " + drill + "."
	case StatusStale:
		return "STALE: " + r.Reason + ". It says that " + drill + "."
	}
	return "VALID: the signature fits every byte; " + drill + "."
}

func proofSection(d *Drill, r Report) Section {
	s := Section{Title: "Who vouches for it"}
	for _, k := range r.SignedBy {
		s.Rows = append(s.Rows, []string{"signed by key", k.KeyID + " (" + k.Algorithm + ")"})
	}
	if len(r.SignedBy) == 0 {
		s.Rows = append(s.Rows, []string{"signed by", "nobody"})
	}
	s.add("done by", d.Caller.ARN)
	s.add("user id", d.Caller.UserID)
	s.add("with", d.Tool.Name+" "+d.Tool.Version+wrapped(" (commit ", d.Tool.Commit, ")"))
	s.add("program's SHA-256", d.Tool.SHA256)
	s.add("drill", d.ID)
	s.add("finished", moment(d.Times.Finished)+age(r))
	return s
}

// age is told where a clock was given.
func age(r Report) string {
	switch days := r.Age.Hours() / 24; {
	case r.Age == 0:
		return ""
	case r.Age < 0:
		return ", in the future of this machine's clock"
	case days >= 2:
		return fmt.Sprintf(", %.0f days ago by this machine's clock", days)
	}
	return fmt.Sprintf(", %s ago by this machine's clock", r.Age.Round(time.Minute))
}

func whatSection(d *Drill) Section {
	s := Section{Title: "What was restored, and from where"}
	s.add("table", d.Source.ARN)
	s.add("its TableId", d.Source.TableID)
	if d.Source.Gone {
		s.add("state", "it did not exist any more")
	}
	s.add("from", pointName(d.Point.Kind))
	s.add("point", d.Point.ARN)
	s.add("vault", d.Point.Vault)
	s.add("copied from", d.Point.CopiedFrom)
	if d.Point.Kind == NoPoint {
		return s
	}
	s.add("as of", moment(d.Point.Moment)+fmt.Sprintf(", give or take %s", seconds(float64(d.Point.ToleranceSeconds))))
	s.add("into", d.Restored.ARN)
	s.add("its TableId", d.Restored.TableID)
	s.add("by", string(d.Restored.Route))
	s.add("restore job", d.Restored.RestoreJobARN)
	s.add("restore job id", d.Restored.RestoreJobID)
	s.add("role", d.Restored.Role)
	s.add("encryption", d.Restored.Encryption)
	return s
}

func pointName(k PointKind) string {
	return map[PointKind]string{PITR: "point-in-time recovery", NativeBackup: "a backup of DynamoDB", SystemBackup: "the system backup that DynamoDB made when the table was deleted",
		RecoveryPoint: "a recovery point of AWS Backup", CopyPoint: "a copied recovery point of AWS Backup", NoPoint: "nothing: there was nothing to restore from"}[k]
}

func timesSection(d *Drill) Section {
	t := d.Times
	s := Section{Title: "How long it took", Head: []string{"step", "when", "after the request"}}
	for _, step := range []struct {
		name string
		at   estate.Instant
		secs float64
	}{{"drill started", t.Started, 0}, {"restore requested", t.Requested, 0}, {"table active", t.Active, t.ActiveSeconds}, {"settings complete", t.Completed, t.CompleteSeconds}, {"verified", t.Verified, t.VerifiedSeconds}, {"finished", t.Finished, 0}} {
		after := ""
		if step.secs > 0 {
			after = seconds(step.secs)
		}
		s.Rows = append(s.Rows, []string{step.name, moment(step.at), after})
	}
	if o := d.Objective; o != nil {
		tier := wrapped(" of tier ", o.Tier, "")
		if o.RTOSeconds > 0 {
			s.Notes = append(s.Notes, fmt.Sprintf("Objective%s: restored, settings and all, within %s: %s.", tier, seconds(o.RTOSeconds), o.RTO))
		}
		if o.RPOSeconds > 0 {
			s.Notes = append(s.Notes, fmt.Sprintf("Objective%s: at most %s of changes lost: %s.", tier, seconds(o.RPOSeconds), o.RPO))
		}
	}
	return s
}

func settingsSection(d *Drill) Section {
	s := Section{Title: "Settings", Head: []string{"setting", "source", "restored", "outcome", "why"}}
	for _, l := range d.Settings {
		s.Rows = append(s.Rows, []string{l.Setting, l.Source, l.Restored, string(l.Outcome), l.Reason})
	}
	return s
}

func itemsSection(d *Drill) Section {
	s := Section{Title: "Items"}
	i := d.Items
	if i == nil {
		s.Notes = []string{"The drill ended before items were compared."}
		return s
	}
	s.Notes = []string{methodName(i)}
	if i.Reason != "" {
		s.Notes = append(s.Notes, i.Reason)
	}
	s.add("verdict", string(i.Verdict))
	source, restored := "items in the source", "items restored"
	if i.Method == Sample || i.SampleShare > 0 {
		source, restored = "items drawn, source", "items drawn, restored"
	}
	if i.Source != nil {
		s.add(source, number(i.Source.Count))
	}
	s.add(restored, number(i.Restored.Count))
	if i.Source != nil {
		s.add("same", number(i.Same))
		s.add("changed", number(i.Changed))
		s.add("only in the source", number(i.OnlySource))
		s.add("only restored", number(i.OnlyRestored))
		s.add("explained", number(i.Explained))
		s.add("unexplained", fmt.Sprintf("%s (%s of all; %s was allowed)", number(i.Unexplained), share(i.DriftShare), share(i.MaxDrift)))
		s.add("fingerprint of the source", i.Source.Total)
	}
	s.add("fingerprint restored", i.Restored.Total)
	s.add("made with key", i.Restored.HashKey)
	s.add("algorithm", i.Restored.Algorithm+wrapped(", ", buckets(i.Restored.Buckets), " buckets"))
	return s
}

// buckets is empty where the whole table is one.
func buckets(n int) string {
	if n <= 1 {
		return ""
	}
	return number(int64(n))
}

func methodName(i *Items) string {
	switch i.Method {
	case Exact:
		if i.Stream != "" {
			return "Exact: every difference must be explained by a record of the stream " + i.Stream + " after the restored moment."
		}
		return "Exact: nothing explains a difference away."
	case Bounded:
		return "Bounded: items whose attribute " + i.ChangedAt + " is later than the restored moment may differ."
	case Drift:
		return "Drift: the source has moved on and nothing says how; differences are counted."
	case Sample:
		if i.SampleShare == 0 {
			return "Sample: a part of the table was compared, the rest was not; how large a part is not known."
		}
		return "Sample: " + share(i.SampleShare) + " of the table was compared, the rest was not."
	}
	if i.SampleShare > 0 {
		return "There was no source to compare with: a sample of the restored items, " + share(i.SampleShare) + " of them, was read and held against the invariants."
	}
	return "There was no source to compare with: restored items were counted and held against the invariants."
}

func differencesSection(d *Drill) Section {
	s := Section{Title: "Differing items", Head: []string{"kind", "key, as HMAC", "explained by"}}
	if d.Items == nil {
		return Section{}
	}
	more := d.Items.More
	for n, x := range d.Items.Differences {
		if n == shownDifferences {
			more += int64(len(d.Items.Differences) - n)
			break
		}
		name := x.MAC
		if x.Key != "" {
			name = x.Key
		}
		why := x.Explanation
		if why == "" {
			why = "nothing"
		}
		s.Rows = append(s.Rows, []string{string(x.Kind), name, why})
	}
	if more > 0 {
		s.Notes = append(s.Notes, number(more)+" more are not listed here.")
	}
	return s
}

func invariantsSection(d *Drill) Section {
	s := Section{Title: "Invariants", Head: []string{"name", "expression", "verdict", "checked", "failed", "why"}}
	for _, i := range d.Invariants {
		s.Rows = append(s.Rows, []string{i.Name, i.Expression, string(i.Verdict), number(i.Checked), number(i.Failed), i.Reason})
	}
	return s
}

func callsSection(d *Drill) Section {
	s := Section{Title: "What AWS can confirm", Head: []string{"call", "request id", "when", "where", "resource", "answer"}}
	if len(d.Calls) == 0 {
		return s
	}
	s.Notes = []string{"CloudTrail of the account records these calls under the same request ids, whatever this page says: aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue=" + d.Restored.Name}
	for n, c := range d.Calls {
		if n == shownCalls {
			s.Notes = append(s.Notes, number(int64(len(d.Calls)-n))+" more are in the file.")
			break
		}
		answer := c.Code
		if answer == "" {
			answer = "ok"
		}
		s.Rows = append(s.Rows, []string{c.Action, c.RequestID, moment(c.At), c.Account + " " + c.Region, c.Resource, answer})
	}
	return s
}

func endSection(d *Drill) Section {
	s := Section{Title: "Afterwards"}
	s.add("clean-up", map[CleanupOutcome]string{Removed: "the restored table was deleted, and ListTables does not show it any more", Kept: "the restored table was kept, as asked",
		LeftOver: "NOT everything could be removed", NotNeeded: "there was nothing to remove"}[d.Cleanup.Outcome]+wrapped(": ", d.Cleanup.Reason, ""))
	for _, arn := range d.Cleanup.Left {
		s.add("still there", arn)
	}
	if d.Cost != nil {
		measured := ""
		if d.Cost.MeasuredUSD > 0 {
			measured = ", " + dollars(d.Cost.MeasuredUSD) + " USD measured"
		}
		s.add("cost", dollars(d.Cost.EstimatedUSD)+" USD estimated"+measured+wrapped(" (", d.Cost.Basis, ")"))
	}
	for _, a := range d.Assumptions {
		s.add("assumed", a)
	}
	return s
}

// add adds a name and its value, unless there is none.
func (s *Section) add(name, value string) {
	if value != "" {
		s.Rows = append(s.Rows, []string{name, value})
	}
}

func wrapped(before, text, after string) string {
	if text == "" {
		return ""
	}
	return before + text + after
}

func moment(i estate.Instant) string {
	if i == 0 {
		return "never"
	}
	return i.Time().Format("2006-01-02 15:04:05 UTC")
}

func seconds(s float64) string {
	text := time.Duration(s * float64(time.Second)).Round(100 * time.Millisecond).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func dollars(usd float64) string { return strconv.FormatFloat(usd, 'f', -1, 64) }

func share(part float64) string { return strconv.FormatFloat(part*100, 'g', 4, 64) + " %" }

// number writes 1204 as 1,204.
func number(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
