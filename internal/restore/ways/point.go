package ways

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// vaults adds the recovery points of AWS Backup: those of the table in every vault, whatever Region or account the table was in.
func (l *lister) vaults(u *estate.Unit) {
	if !u.Vaults.IsWhole() {
		l.cannot(u, "vaults of AWS Backup", u.Vaults.Whole.Source())
	}
	for i := range u.Vaults.Items {
		v := &u.Vaults.Items[i]
		if !v.RecoveryPoints.IsWhole() {
			l.cannot(u, "recovery points of vault "+v.Name.Or(v.ID), v.RecoveryPoints.Whole.Source())
		}
		for j := range v.RecoveryPoints.Items {
			if p := &v.RecoveryPoints.Items[j]; p.ResourceType.Or("DynamoDB") == "DynamoDB" {
				l.point(u, v, p)
			}
		}
	}
}

func (l *lister) point(u *estate.Unit, v *estate.Vault, p *estate.RecoveryPoint) {
	arn := p.ResourceARN
	if at := strings.Index(p.ID, "/backup/"); !arn.IsKnown() && at > 0 { // without advanced features the ARN holds the table's
		arn = estate.KnownFact(p.ID[:at], arn.Source())
	}
	mine := l.belongs(arn)
	if mine == No {
		return
	}
	w := l.way(u, RecoveryPoint, p.ID)
	if p.SourceVault.IsKnown() || regionOf(arn.Or("")) != "" && (regionOf(arn.Or("")) != w.Region || accountOf(arn.Or("")) != w.Account) {
		w.Kind = Copy
	}
	w.Table = Table{Name: tableOf(arn.Or("")), ARN: arn.Or("")}
	w.At, w.Completed, w.Bytes, w.Status, w.Expires = moment(p.CreatedAt), moment(p.CompletedAt), p.SizeBytes, p.Status.Or(""), p.DeleteAt
	w.Vault, w.VaultARN = v.Name.Or(""), v.ARN.Or(v.ID)
	w.Role = p.RoleARN.Or("")
	w.judge(mine, "it is not known of which table it is")
	w.judge(pointStatus(p))
	w.judge(expiry(p.DeleteAt, u.Now))
	if w.At.IsZero() {
		w.judge(Maybe, "when it was made is not known")
	}
	if !w.Plain() {
		w.Cold = cold(p, u.Now)
	}
	l.key(&w, p.KeyARN)
	l.ways = append(l.ways, w)
}

// pointStatus: COMPLETED, or AVAILABLE for continuous points, can be restored. An EXPIRED one is past its retention, and could not be
// deleted: it may still do (aws-semantics 2.6).
func pointStatus(p *estate.RecoveryPoint) (Answer, string) {
	status, ok := p.Status.Get()
	switch {
	case !ok:
		return Maybe, "its status is not known"
	case status == "COMPLETED", status == "AVAILABLE":
		return Yes, ""
	case status == "EXPIRED":
		return Maybe, "it is EXPIRED: past its retention, and AWS could not delete it; it may still be restored"
	}
	why := "it is " + status
	if m := p.Message.Or(""); m != "" {
		why += ": " + m
	}
	return No, why
}

// cold is whether a point lies in cold storage. The listing tells when it moves, not whether it has.
func cold(p *estate.RecoveryPoint, now estate.Fact[estate.Instant]) Answer {
	switch p.StorageClass.Or("") {
	case "COLD":
		return Yes
	case "WARM":
		return No
	}
	if p.ColdAt.IsAbsent() {
		return No
	}
	at, ok := p.ColdAt.Get()
	current, ok2 := now.Get()
	switch {
	case !ok || !ok2:
		return Maybe
	case at <= current:
		return Yes
	}
	return No
}

// copyJobs adds copies that went to an account or Region that was not looked at: the job that made them tells of them.
func (l *lister) copyJobs(u *estate.Unit) {
	if !u.CopyJobs.IsWhole() {
		l.cannot(u, "copies in other Regions and accounts", u.CopyJobs.Whole.Source())
	}
	for i := range u.CopyJobs.Items {
		j := &u.CopyJobs.Items[i]
		to, mine := j.DestinationVault.Or(""), l.belongs(j.ResourceARN)
		if mine == No || j.State.Or("COMPLETED") != "COMPLETED" || l.read(to) || l.has(j.DestinationPoint.Or("")) {
			continue
		}
		w := l.way(u, Copy, j.DestinationPoint.Or(""))
		w.Account, w.Region, w.VaultARN = accountOf(to), regionOf(to), to
		_, w.Vault, _ = strings.Cut(to, ":backup-vault:")
		w.Table = Table{Name: tableOf(j.ResourceARN.Or("")), ARN: j.ResourceARN.Or("")}
		w.At, w.Cold = l.sourceMoment(j.SourcePoint.Or("")), Maybe
		w.judge(Maybe, "copy job "+j.ID+" tells of it; nobody looked there: "+l.lookThere(u, &w))
		l.ways = append(l.ways, w)
	}
}

// lookThere says what has the place looked at where a way of a unit's copy job lies.
func (l *lister) lookThere(u *estate.Unit, w *Way) string {
	var missing []string
	here := func(same func(*estate.Unit) bool) bool { return slices.ContainsFunc(l.es.Units, same) }
	if !here(func(u *estate.Unit) bool { return u.Region.Or("") == w.Region }) {
		missing = append(missing, w.Region+" to --region")
	}
	if u.Account.Or("") != w.Account && !here(func(u *estate.Unit) bool { return u.Account.Or("") == w.Account }) {
		missing = append(missing, w.Account+" to --accounts")
	}
	if len(missing) == 0 {
		return "its vault could not be read"
	}
	return "add " + strings.Join(missing, ", and ")
}

// read reports whether the vault's Region and account were looked at.
func (l *lister) read(vaultARN string) bool {
	for _, u := range l.es.Units {
		if vaultARN != "" && u.Account.Or("") == accountOf(vaultARN) && u.Region.Or("") == regionOf(vaultARN) && u.Vaults.IsWhole() {
			for i := range u.Vaults.Items {
				if v := &u.Vaults.Items[i]; v.ARN.Or(v.ID) == vaultARN {
					return v.RecoveryPoints.IsWhole()
				}
			}
			return true // the vault is gone, and what was in it
		}
	}
	return false
}

func (l *lister) has(arn string) bool {
	for i := range l.ways {
		if arn != "" && l.ways[i].ARN == arn {
			return true
		}
	}
	return false
}
