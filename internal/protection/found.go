package protection

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// backup is a recovery point or a native backup, as far as it may serve this table.
type backup struct {
	ok       tri // restorable, and of this incarnation of the table
	leftover tri // of an earlier table of the same name
	at       estate.Fact[estate.Instant]
	point    point // zero for a native backup
	native   *estate.NativeBackup
	job      *estate.CopyJob // a copy known from its job alone
}

// found is everything there is for a table.
type found struct {
	points  []backup // in the table's account and Region
	natives []backup
	away    []backup // in another account or Region

	pointsWhole, nativesWhole, awayWhole tri
}

func (x *Index) find(t *estate.Table) *found {
	f := &found{pointsWhole: x.pointsWhole, nativesWhole: x.nativesWhole}
	arn, ok := t.ARN.Get()
	if !ok || symbolic(arn) {
		// What a template declares has no backups that anybody could know.
		f.pointsWhole, f.nativesWhole, f.awayWhole = maybe, maybe, maybe
		return f
	}
	mine := x.points.of(arn)
	f.points = make([]backup, 0, len(mine)+len(x.points.stray))
	for _, p := range mine {
		f.points = append(f.points, x.judgePoint(t, p, yes))
	}
	for _, p := range x.points.stray {
		f.points = append(f.points, x.judgePoint(t, p, maybe))
	}
	for _, b := range x.natives.of(arn) {
		f.natives = append(f.natives, x.judgeNative(t, b, yes))
	}
	for _, b := range x.natives.stray {
		f.natives = append(f.natives, x.judgeNative(t, b, maybe))
	}
	x.findAway(t, arn, f)
	return f
}

// judgePoint says whether a recovery point can bring this table back. It has no table id, so one that was made before the table
// belongs to an earlier table of that name (semantics 11).
func (x *Index) judgePoint(t *estate.Table, p point, mine tri) backup {
	b := backup{at: p.CreatedAt, point: p}
	before := earlier(p.CreatedAt, t.CreatedAt)
	alive := usableStatus(p.Status).and(past(p.DeleteAt, p.home.unit.Now).not())
	b.ok = mine.and(alive).and(before.not())
	if b.ok != no {
		b.ok = b.ok.and(p.home.keyTri(p.KeyARN))
	}
	b.leftover = mine.and(alive).and(before)
	return b
}

// usableStatus: COMPLETED, or AVAILABLE for continuous points. EXPIRED is past its retention and must not count (semantics 2.6).
func usableStatus(f estate.Fact[string]) tri {
	s, ok := f.Get()
	if !ok {
		return maybe
	}
	return truth(s == "COMPLETED" || s == "AVAILABLE")
}

// earlier is whether a comes before b.
func earlier(a, b estate.Fact[estate.Instant]) tri {
	x, ok := a.Get()
	y, ok2 := b.Get()
	if !ok || !ok2 {
		return maybe
	}
	return truth(x < y)
}

// keyTri is keyUsable without the words.
func (x *Index) keyTri(f estate.Fact[string]) tri {
	arn, ok := f.Get()
	if !ok {
		return truth(f.IsAbsent()).or(maybe)
	}
	k := x.keys[arn]
	if k == nil {
		return maybe
	}
	state, ok := k.State.Get()
	switch {
	case k.State.IsAbsent():
		return no
	case !ok || state == "Creating":
		return maybe
	case state == "Enabled" || state == "Updating":
		return yes
	}
	return no
}

// judgeNative: DynamoDB's own backups know the id of their table (semantics 2.8). They are under the table's key.
func (x *Index) judgeNative(t *estate.Table, n *estate.NativeBackup, mine tri) backup {
	b := backup{at: n.CreatedAt, native: n}
	same := sameText(n.TableID, t.TableID)
	kind, alive := maybe, maybe
	if v, ok := n.Type.Get(); ok {
		kind = truth(v == "USER")
	}
	if v, ok := n.Status.Get(); ok {
		alive = truth(v == "AVAILABLE")
	}
	alive = alive.and(past(n.ExpiresAt, x.unit.Now).not())
	b.ok = mine.and(kind).and(alive).and(same)
	if b.ok != no {
		b.ok = b.ok.and(triOf(x.tableKey(t)))
	}
	b.leftover = mine.and(alive).and(same.not())
	return b
}

func sameText(a, b estate.Fact[string]) tri {
	x, ok := a.Get()
	y, ok2 := b.Get()
	if !ok || !ok2 {
		return maybe
	}
	return truth(x == y)
}

// keepDays is how long a backup is kept altogether; false when that is not known.
func (b *backup) keepDays() (int64, bool) {
	end := estate.Fact[estate.Instant]{}
	switch {
	case b.native != nil:
		end = b.native.ExpiresAt
	case b.point.RecoveryPoint != nil:
		end = b.point.DeleteAt
	}
	if end.IsAbsent() {
		return Forever, true
	}
	until, ok := end.Get()
	at, ok2 := b.at.Get()
	if !ok || !ok2 {
		return 0, false
	}
	// Rounded to days: AWS counts from the start of the job.
	return (seconds(until.Sub(at)) + secondsPerDay/2) / secondsPerDay, true
}

// keepAnswer is keepDays with the facts that it rests on.
func (b *backup) keepAnswer() Answer[int64] {
	days, ok := b.keepDays()
	var basis []estate.Reading
	switch {
	case b.native != nil:
		basis = []estate.Reading{estate.Read("native_backup.expires_at", b.native.ID, b.native.ExpiresAt)}
	case b.point.RecoveryPoint != nil:
		basis = []estate.Reading{estate.Read("recovery_point.delete_at", b.point.ID, b.point.DeleteAt)}
	}
	if !ok {
		return unknown[int64]("how long the backup is kept is not known", basis...)
	}
	return known(days, "kept "+dayCount(days), basis...)
}

func (b *backup) reading() estate.Reading {
	switch {
	case b.native != nil:
		return estate.Read("native_backup.created_at", b.native.ID, b.at)
	case b.job != nil:
		return estate.Read("copy_job.created_at", b.job.ID, b.at)
	}
	return estate.Read("recovery_point.created_at", b.point.ID, b.at)
}

// doubts are the facts that keep one from saying whether the backup serves.
func (b *backup) doubts() []estate.Reading {
	switch {
	case b.native != nil:
		n := b.native
		return missing([]estate.Reading{
			estate.Read("native_backup.table_arn", n.ID, n.TableARN), estate.Read("native_backup.table_id", n.ID, n.TableID),
			estate.Read("native_backup.status", n.ID, n.Status), estate.Read("native_backup.type", n.ID, n.Type),
		})
	case b.job != nil:
		return missing([]estate.Reading{
			estate.Read("copy_job.state", b.job.ID, b.job.State), estate.Read("copy_job.source_point", b.job.ID, b.job.SourcePoint),
		})
	}
	p := b.point
	return missing([]estate.Reading{
		estate.Read("recovery_point.resource_arn", p.ID, p.ResourceARN), estate.Read("recovery_point.status", p.ID, p.Status),
		estate.Read("recovery_point.created_at", p.ID, p.CreatedAt), estate.Read("recovery_point.delete_at", p.ID, p.DeleteAt),
		estate.Read("recovery_point.key_arn", p.ID, p.KeyARN),
	})
}

// fullyManaged reports whether a recovery point is one of advanced features: those are AWS Backup's own resources and cannot be
// deleted through DynamoDB (semantics 1.7).
func (p point) fullyManaged() bool {
	return strings.HasPrefix(p.ID, "arn:") && arnField(p.ID, arnService) == "backup"
}

// findAway gathers copies in other accounts and Regions: recovery points where the estate holds their unit, else finished copy jobs.
func (x *Index) findAway(t *estate.Table, arn string, f *found) {
	f.awayWhole = x.copiesWhole
	if x.away != nil {
		for _, p := range x.away.points.of(arn) {
			f.away = append(f.away, x.judgePoint(t, p, yes))
		}
		for _, p := range x.away.points.stray {
			if p.home != x { // its own are counted as at home
				f.away = append(f.away, x.judgePoint(t, p, maybe))
			}
		}
		f.awayWhole = f.awayWhole.and(x.away.whole)
	}
	for _, j := range x.copies.of(arn) {
		f.addCopyJob(x, t, j, yes)
	}
	for _, j := range x.copies.stray {
		f.addCopyJob(x, t, j, maybe)
	}
}

func (f *found) addCopyJob(x *Index, t *estate.Table, j *estate.CopyJob, mine tri) {
	dest, ok := j.DestinationVault.Get()
	region, account := arnField(dest, arnRegion), arnField(dest, arnAccount)
	switch {
	case !ok, x.region == "", x.account == "", x.strangers:
		mine = mine.and(maybe)
	case region == x.region && account == x.account, x.sib[account+":"+region] != nil:
		return // the vaults of that account and Region tell
	}
	done := maybe
	if s, known := j.State.Get(); known {
		done = truth(s == "COMPLETED")
	}
	at := f.copied(j)
	f.away = append(f.away, backup{ok: mine.and(done).and(earlier(at, t.CreatedAt).not()), at: at, job: j})
}

// copied is the moment that a copy holds: that of the recovery point it was made of, which may be much older than the copy. Where that
// point is there no more, the copy is assumed to have followed it at once, as the copies of plans do.
func (f *found) copied(j *estate.CopyJob) estate.Fact[estate.Instant] {
	source, ok := j.SourcePoint.Get()
	if !ok && !j.SourcePoint.IsAbsent() {
		return estate.UnknownFact[estate.Instant](j.SourcePoint.Source())
	}
	for i := range f.points {
		if ok && f.points[i].point.ID == source {
			return f.points[i].at
		}
	}
	return j.CreatedAt
}
