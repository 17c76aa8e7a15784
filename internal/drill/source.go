package drill

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/restore"
	"github.com/restorable/restorable/internal/restore/settings"
	"github.com/restorable/restorable/internal/restore/ways"
)

// What a drill may restore from, besides the ARN of a backup or recovery point.
const (
	Newest = "newest-backup"
	Best   = "" // point-in-time recovery where it is on, else the newest backup
)

// Choose picks the way that a drill of a table takes. The error is an *Invalid that says why there is none; unknown says that there may be
// one, were more known.
// With a Region for the copy, recovery points of AWS Backup have to be there: only a copy leads to another Region.
func Choose(all []ways.Way, tableID, from, region string) (w *ways.Way, unknown bool, err error) {
	var best *ways.Way
	reasons := map[ways.Answer]string{}
	for i := range all {
		w := &all[i]
		if !matches(w, tableID, from) || region != "" && !w.Native() && w.Region != region {
			continue
		}
		switch {
		case w.Usable != ways.Yes:
			reasons[w.Usable] = describe(w) + ": " + w.Reason
		case best == nil || better(w, best, from):
			best = w
		}
	}
	if best != nil {
		return best, false, nil
	}
	if why, ok := reasons[ways.Maybe]; ok {
		return nil, true, &Invalid{Reason: "it is not known whether there is anything to restore it from: " + why}
	}
	why, ok := reasons[ways.No]
	if ok && !strings.HasSuffix(why, pitrOff) {
		return nil, false, &Invalid{Reason: "there is nothing to restore it from: " + why}
	}
	return nil, false, &Invalid{Reason: "there is nothing to restore it from" + asked(from)}
}

// pitrOff is what the list of ways says of a table that never had anything else.
const pitrOff = "point-in-time recovery is off"

func asked(from string) string {
	switch from {
	case Best:
		return ": no point-in-time recovery, no backup, no recovery point"
	case FromPITR:
		return ": point-in-time recovery is off"
	case Newest:
		return ": no backup and no recovery point of this table"
	}
	return ": " + from + " is none of its backups"
}

// matches: a backup of an earlier table of the same name is not one of this table. A recovery point does not tell the table's id where it
// may be of several.
func matches(w *ways.Way, tableID, from string) bool {
	if strings.HasPrefix(from, "arn:") {
		return w.ARN == from && w.Kind != ways.PITR
	}
	if w.Table.TableID != "" && tableID != "" && w.Table.TableID != tableID {
		return false
	}
	return from == Best || (w.Kind == ways.PITR) == (from == FromPITR)
}

func better(a, b *ways.Way, from string) bool {
	if from == Best && (a.Kind == ways.PITR) != (b.Kind == ways.PITR) {
		return a.Kind == ways.PITR
	}
	return a.At.After(b.At)
}

func describe(w *ways.Way) string {
	if w.Kind == ways.PITR {
		return "point-in-time recovery"
	}
	return fmt.Sprintf("%s of %s", w.Kind, w.At.UTC().Format("2006-01-02 15:04"))
}

// pointOf is what is restored.
func pointOf(w *ways.Way) Point {
	p := Point{Kind: string(w.Kind), ARN: w.ARN, Vault: w.Vault, Account: w.Account, Region: w.Region, At: w.At}
	if w.Kind != ways.PITR { // that states of the table as it is, not of the point
		p.Bytes, p.Items = number(w.Bytes), number(w.Items)
	}
	switch w.Kind {
	case ways.PITR:
		p.At = w.To
	case ways.Copy:
		p.Kind = string(ways.RecoveryPoint)
		p.Copied = true
	}
	return p
}

func number(f estate.Fact[int64]) *int64 {
	if n, ok := f.Get(); ok {
		return &n
	}
	return nil
}

// Measured is what earlier drills took, for estimates of the next.
func Measured(drills []*Drill) []ways.Measured {
	var out []ways.Measured
	for _, d := range drills {
		if took, ok := d.Times.ToActive(); ok && !d.Watched { // a comparison's restore is as good as a drill's
			out = append(out, ways.Measured{TableARN: d.Source.ARN, Took: took, OtherRegion: d.From.Region != d.Target.Region})
		}
	}
	return out
}

// Asked is what one command wants of each of its drills.
type Asked struct {
	Run, Tool, Caller, CallerID, Partition, Endpoint string
	From                                             string // Best, Newest, FromPITR or an ARN
	Region                                           string // of the copies; empty: where the point is
	Role                                             string // that AWS Backup restores with
	Wish                                             Wish
	Key                                              Key // of the copies; empty: as strong as the source's
}

// New makes the drill of one table by one way; nothing is written down. w of nil makes one that can only say why there is none.
func New(a Asked, u *estate.Unit, t *estate.Table, w *ways.Way) *Drill {
	source := Table{Name: t.Name.Or(""), ARN: t.ARN.Or(t.ID), TableID: t.TableID.Or(""), Account: u.Account.Or(""), Region: u.Region.Or("")}
	if at, ok := t.CreatedAt.Get(); ok {
		source.Created = at.Time()
	}
	d := lay(a, source, w)
	s := restore.Source{Unit: u, Table: t}.Settings()
	level, arn := s.Key()
	d.encrypt(a, s, Key{Level: level, ARN: arn})
	return d
}

// lay lays out everything but the key.
func lay(a Asked, source Table, w *ways.Way) *Drill {
	d := &Drill{Run: a.Run, Tool: a.Tool, Caller: a.Caller, CallerID: a.CallerID, Partition: a.Partition, Endpoint: a.Endpoint, Wish: a.Wish, Source: source}
	var name string
	d.ID, name = Name(a.Run, source.ARN)
	d.Restore.ID = "rt-" + strings.TrimPrefix(d.ID, "d-")
	d.Target = Table{Name: name, Account: source.Account, Region: source.Region}
	if w != nil {
		d.From = pointOf(w)
		d.From.Role = a.Role
		if d.From.Kind == FromPoint && d.From.Role == "" {
			d.From.Role = fmt.Sprintf("arn:%s:iam::%s:role/service-role/AWSBackupDefaultServiceRole", a.Partition, w.Account)
		}
		d.MadeBy, d.PerGB = w.Role, w.Estimate.PerGB
		d.Target.Account, d.Target.Region = w.Account, w.Region
		d.Estimate = Estimate{USD: w.Estimate.Price.Once, Known: w.Estimate.Price.Known, Least: int64(w.Estimate.Least.Seconds()), Most: int64(w.Estimate.Most.Seconds()), Basis: w.Estimate.Price.Basis}
	}
	if a.Region != "" {
		d.Target.Region = a.Region
	}
	d.Account = d.Target.Account
	d.Target.ARN = fmt.Sprintf("arn:%s:dynamodb:%s:%s:table/%s", a.Partition, d.Target.Region, d.Target.Account, name)
	return d
}

// ObjectiveOf is what the tier of a table asks of getting it back.
func ObjectiveOf(p *objective.Policy, u *estate.Unit, t *estate.Table) Objective {
	if len(p.Tiers) == 0 {
		return Objective{}
	}
	needs := p.For(u, t)
	o := Objective{Tier: needs.Tier, RTO: int64(needs.Objective.RTO.Seconds()), RPO: int64(needs.Objective.RPO.Seconds())}
	for _, c := range needs.Candidates {
		if c.Objective.RTO != needs.Objective.RTO {
			o.Unknown = "which tier the table is in is not known, for want of its tags"
		}
	}
	return o
}

// Refuse makes a drill that can say no more than why there is none: that a table has nothing to be restored from is what a drill is for.
func (d *Drill) Refuse(unknown bool, why string) {
	d.refused = Reason{Step: Planned, Verdict: Refuted, Text: why}
	if unknown {
		d.refused.Verdict = Unknown
	}
}

// Refused reports whether nothing will be asked of AWS for this drill, and why.
func (d *Drill) Refused() (string, bool) { return d.refused.Text, d.refused.Text != "" }

// encrypt decides the key of the copy: the source's own, or the one that was asked for. In another Region or account the source's key is
// not to be had; nothing weaker is taken in its place.
func (d *Drill) encrypt(a Asked, source settings.Settings, own Key) {
	d.Key = own
	if own.Level != restore.Customer {
		d.Key.ARN = ""
	}
	switch {
	case a.Key.Level != "":
		d.Key = a.Key
		if weaker, known := source.Weaker(a.Key.Level); weaker || !known && a.Key.Level != restore.Customer {
			d.Refuse(!known, "the copy would be protected less than the source: it is encrypted with "+orNone(own.Level))
		}
	case own.Level == "":
		d.Refuse(true, "with which key the source is encrypted is not known, and a copy must not be protected less: --encryption names one")
	case own.Level == restore.Customer && (d.Target.Region != d.Source.Region || d.Target.Account != d.Source.Account):
		d.Refuse(false, "the source is encrypted with a key that "+d.Target.Region+" of account "+d.Target.Account+" does not have: --encryption names one there")
	}
}
