package collect

import (
	"context"
	"sort"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// refs gathers what facts refer to, and whether some of those facts are unknown, in which case there may be more.
type refs struct {
	seen map[string]bool
	gap  estate.Fact[bool]
}

func (r *refs) add(f estate.Fact[string]) {
	if v, ok := f.Get(); ok {
		r.seen[v] = true
	} else if f.IsUnknown() {
		r.open(f.Source())
	}
}

func (r *refs) whole(f estate.Fact[bool]) {
	if !f.IsKnown() {
		r.open(f.Source())
	}
}

// open notes the first reason why references may be missing.
func (r *refs) open(src estate.Source) {
	if r.gap.IsZero() {
		r.gap = estate.UnknownFact[bool](src)
	}
}

func (r *refs) sorted() []string {
	list := make([]string, 0, len(r.seen))
	for v := range r.seen {
		list = append(list, v)
	}
	sort.Strings(list)
	return list
}

// wholeness is that of a list made from the references: whole when no fact that could have held one is unknown.
func (u *unitRun) wholeness(r *refs, call awsapi.CallID) estate.Fact[bool] {
	if !r.gap.IsZero() {
		return r.gap
	}
	return estate.KnownFact(true, u.share(estate.Provenance{Operation: string(call)}))
}

func (u *unitRun) keyRefs() *refs {
	r := &refs{seen: map[string]bool{}}
	r.whole(u.unit.Tables.Whole)
	for i := range u.unit.Tables.Items {
		r.add(u.unit.Tables.Items[i].KeyARN)
	}
	r.whole(u.unit.Vaults.Whole)
	for i := range u.unit.Vaults.Items {
		v := &u.unit.Vaults.Items[i]
		r.add(v.KeyARN)
		r.whole(v.RecoveryPoints.Whole)
		for j := range v.RecoveryPoints.Items {
			r.add(v.RecoveryPoints.Items[j].KeyARN)
		}
	}
	if u.needs(awsapi.GroupBackupDetails) {
		r.whole(u.unit.Backups.Whole)
		for i := range u.unit.Backups.Items {
			r.add(u.unit.Backups.Items[i].KeyARN)
		}
	}
	return r
}

// collectKeys asks about each key that a table, a vault or a recovery point refers to.
func (u *unitRun) collectKeys(ctx context.Context) {
	list := &u.unit.Keys
	if !u.needs(awsapi.GroupKeys) {
		list.Whole = u.skipped(awsapi.DescribeKey)
		return
	}
	found := u.keyRefs()
	found.name(u.beside().Keys)
	list.Whole = u.wholeness(found, awsapi.DescribeKey)
	arns := some(u, found.sorted())
	list.Items = make([]estate.Key, len(arns))
	each := newPool(someAtOnce, func(k *estate.Key) { u.collectKey(ctx, k) })
	for i, arn := range arns {
		list.Items[i].ID = arn
		each.add(&list.Items[i])
	}
	each.wait()
}

// collectKey: KMS's NotFoundException says that the key is gone for ever, which is known and not a gap.
// https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
func (u *unitRun) collectKey(ctx context.Context, k *estate.Key) {
	out, src, err := ask(ctx, question{u: u, call: awsapi.DescribeKey, resource: k.ID}, u.scope.KMS.DescribeKey, &kms.DescribeKeyInput{KeyId: aws.String(k.ID)})
	if err == nil && out.KeyMetadata == nil {
		src, err = u.missing(src, "key metadata"), errMissing
	}
	k.ARN = estate.KnownFact(k.ID, src)
	if !strings.HasPrefix(k.ID, "arn:") {
		k.ARN = estate.UnknownFact[string](src)
	}
	switch {
	case hasCode(err, "NotFoundException"):
		src = u.answered(src)
		k.State, k.Manager = estate.AbsentFact[string](src), estate.AbsentFact[string](src)
		k.DeletionDate, k.MultiRegion = estate.AbsentFact[estate.Instant](src), estate.AbsentFact[bool](src)
	case err != nil:
		k.State, k.Manager = estate.UnknownFact[string](src), estate.UnknownFact[string](src)
		k.DeletionDate, k.MultiRegion = estate.UnknownFact[estate.Instant](src), estate.UnknownFact[bool](src)
	default:
		m := out.KeyMetadata
		k.ARN, k.State, k.Manager = text(m.Arn, src), word(m.KeyState, src), word(m.KeyManager, src)
		k.DeletionDate, k.MultiRegion = instant(m.DeletionDate, src), estate.PtrFact(m.MultiRegion, src)
	}
}
