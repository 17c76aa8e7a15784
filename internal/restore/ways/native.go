package ways

import (
	"strings"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// tables adds PITR of the tables of that name that are there.
func (l *lister) tables(u *estate.Unit) {
	found := false
	for i := range u.Tables.Items {
		t := &u.Tables.Items[i]
		arn := t.ARN
		if !arn.IsKnown() && strings.HasPrefix(t.ID, "arn:") {
			arn = estate.KnownFact(t.ID, t.ARN.Source())
		}
		if l.belongs(arn) == Yes || t.Name.Or("") == l.name {
			found = true
			l.table(u, t, arn)
		}
	}
	if whole, ok := u.Tables.Whole.Get(); !ok && !found {
		l.cannot(u, "tables, and with them point-in-time recovery", u.Tables.Whole.Source())
	} else if ok && !whole && !found && u.Of(u.Tables.Whole.Source()).Failed() {
		l.cannot(u, "tables, and with them point-in-time recovery", u.Tables.Whole.Source())
	}
}

func (l *lister) table(u *estate.Unit, t *estate.Table, arn estate.Fact[string]) {
	w := l.way(u, PITR, arn.Or(""))
	w.Table = Table{Name: t.Name.Or(tableOf(arn.Or(""))), ARN: arn.Or(""), TableID: t.TableID.Or(""), Live: true, Created: moment(t.CreatedAt)}
	w.Slack, w.Bytes, w.Items, w.Status = pitrSlack, t.SizeBytes, t.ItemCount, t.PITRStatus.Or("")
	w.From, w.To = moment(t.PITREarliest), moment(t.PITRLatest)
	w.Expires = estate.AbsentFact[estate.Instant](t.PITRStatus.Source())
	switch status, ok := t.PITRStatus.Get(); {
	case !ok && !t.PITRStatus.IsAbsent():
		l.cannot(u, "point-in-time recovery of "+w.Table.Name, t.PITRStatus.Source())
		w.judge(Maybe, "whether point-in-time recovery is on is not known")
	case status != "ENABLED":
		w.judge(No, "point-in-time recovery is off")
	case w.From.IsZero() || w.To.IsZero():
		w.judge(Maybe, "its window is not known")
	}
	if t.Status.IsUnknown() {
		l.cannot(u, "the description of "+w.Table.Name, t.Status.Source())
	}
	w.judge(tableStatus(t))
	l.tableKey(&w, t)
	if _, ok := t.KeyInaccessibleAt.Get(); ok {
		w.judge(No, "DynamoDB cannot reach the table's key")
	} else if t.KeyInaccessibleAt.IsUnknown() {
		w.judge(Maybe, "whether DynamoDB reaches the table's key is not known")
	}
	l.ways = append(l.ways, w)
	l.archival(u, t, w.Table)
}

// tableStatus is whether a table in such a state can be a source. That PITR restores from a table that is being deleted is not documented.
func tableStatus(t *estate.Table) (Answer, string) {
	status, ok := t.Status.Get()
	switch {
	case !ok:
		return Maybe, "the table's status is not known"
	case status == "ACTIVE", status == "UPDATING":
		return Yes, ""
	case status == "DELETING":
		return Maybe, "the table is being deleted: its system backup comes in its place"
	}
	return No, "the table is " + status
}

// archival: a table whose key could not be reached for a week leaves a backup behind, which the listing should show too.
func (l *lister) archival(u *estate.Unit, t *estate.Table, of Table) {
	arn, ok := t.ArchivalBackup.Get()
	if !ok {
		return
	}
	for i := range u.Backups.Items {
		if u.Backups.Items[i].ID == arn {
			return
		}
	}
	w := l.way(u, Backup, arn)
	w.Table, w.At, w.Bytes, w.Items = of, moment(t.ArchivedAt), t.SizeBytes, t.ItemCount
	w.judge(Maybe, "the table names it as its archive, and the listing of backups does not show it")
	l.ways = append(l.ways, w)
}

// natives adds DynamoDB's own backups. Whether those that AWS Backup makes without advanced features are among them is UNCONFIRMED
// (aws-semantics 9): they are left to their vaults.
func (l *lister) natives(u *estate.Unit) {
	if !u.Backups.IsWhole() {
		l.cannot(u, "DynamoDB's own backups", u.Backups.Whole.Source())
	}
	for i := range u.Backups.Items {
		b := &u.Backups.Items[i]
		arn := b.TableARN
		if !arn.IsKnown() {
			if at := strings.Index(b.ID, "/backup/"); at > 0 {
				arn = estate.KnownFact(b.ID[:at], b.TableARN.Source())
			}
		}
		if mine := l.belongs(arn); mine != No && b.Type.Or("") != "AWS_BACKUP" {
			l.native(u, b, arn, mine)
		}
	}
}

func (l *lister) native(u *estate.Unit, b *estate.NativeBackup, arn estate.Fact[string], mine Answer) {
	w := l.way(u, Backup, b.ID)
	if b.Type.Or("") == "SYSTEM" || !b.Type.IsKnown() && strings.HasSuffix(b.Name.Or(""), "$DeletedTableBackup") {
		w.Kind = SystemBackup
	}
	w.Name, w.At, w.Completed = b.Name.Or(""), moment(b.CreatedAt), moment(b.CreatedAt)
	w.Table = Table{Name: tableOf(arn.Or("")), ARN: arn.Or(""), TableID: b.TableID.Or(""), Created: moment(b.TableCreatedAt)}
	w.Bytes, w.Items, w.Status, w.Expires = b.SizeBytes, b.ItemCount, b.Status.Or(""), b.ExpiresAt
	w.judge(mine, "it is not known of which table it is")
	switch {
	case !b.Status.IsKnown():
		w.judge(Maybe, "its status is not known")
	case w.Status == "CREATING":
		w.judge(No, "it is still being made")
	case w.Status != "AVAILABLE":
		w.judge(No, "it is "+w.Status)
	}
	w.judge(expiry(b.ExpiresAt, u.Now))
	if w.At.IsZero() {
		w.judge(Maybe, "when it was made is not known")
	}
	if b.KeyARN.IsUnknown() {
		l.cannot(u, "what DynamoDB's own backups say of their tables", b.KeyARN.Source())
	}
	l.key(&w, b.KeyARN)
	l.ways = append(l.ways, w)
}

// expiry is whether something is still within its time. AWS deletes what has expired within some hours, so that what is listed past its
// time may be there or not.
func expiry(at, now estate.Fact[estate.Instant]) (Answer, string) {
	if at.IsAbsent() {
		return Yes, ""
	}
	end, ok := at.Get()
	current, ok2 := now.Get()
	switch {
	case !ok || !ok2:
		return Maybe, "whether it has expired is not known"
	case end <= current:
		return Maybe, "it expired at " + end.Time().Format(time.RFC3339) + ": AWS may have deleted it"
	}
	return Yes, ""
}
