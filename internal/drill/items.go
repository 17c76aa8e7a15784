package drill

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/restorable/restorable/internal/drill/compare"
	"github.com/restorable/restorable/internal/drill/evidence"
)

// items compares source and copy. A table that cannot be read to its end leaves the answer unknown, and never equal.
func (w *Workshop) items(ctx context.Context, d *Drill) error {
	o := d.Wish.options(d.From)
	o.Progress = func(p compare.Progress) { w.tell(d, progressText(p)) }
	result, err := w.compared(ctx, d, o)
	if err != nil {
		return err
	}
	if result.Cause != nil && passing(ctx, result.Cause) {
		return result.Cause
	}
	if result.B.TableID != "" && result.B.TableID != d.Target.TableID {
		return fmt.Errorf("compare items: the table %s that was read is not the one that was restored: its id is %s", d.Target.Name, result.B.TableID)
	}
	d.keep(result)
	return nil
}

// keep takes a comparison into the drill's record: its differing items by a keyed hash, under a key that is drawn for it.
func (d *Drill) keep(r *compare.Result) {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: https://pkg.go.dev/crypto/rand#Read
	d.DifferenceKey = hex.EncodeToString(key)
	d.Items = itemsOf(r, d.Wish, key)
	if n := d.From.Items; n != nil && d.Items.SampleShare == 0 && r.Cause == nil && d.Wish.Sample > 0 && *n > d.Items.Restored.Count {
		d.Items.SampleShare = float64(d.Items.Restored.Count) / float64(*n)
	}
	d.RestoredBytes = measuredBytes(r)
	d.Invariants = invariantsOf(r)
}

// compared holds the copy against its source, or looks at it alone where that is gone.
func (w *Workshop) compared(ctx context.Context, d *Drill, o compare.Options) (*compare.Result, error) {
	if !d.Source.Gone {
		return compare.Items(ctx, w.side(d.Source), w.side(d.Target), o)
	}
	r, err := compare.Alone(ctx, w.side(d.Target), o)
	if err == nil {
		r.Reason = d.counted(r)
	}
	return r, err
}

// options are the wish as package compare knows it.
func (w Wish) options(from Point) compare.Options {
	return compare.Options{
		Segments: w.Segments, RCUPerSecond: w.RCU, Fraction: w.ReadFraction, Moment: from.At, Tolerance: from.Tolerance(),
		ReadStream: w.UseStream, ChangedAt: w.ChangedAt, MaxDrift: w.MaxDrift, Sample: w.Sample, Invariants: w.Invariants,
	}
}

// Check says what is wrong with a wish before anything is restored; a *compare.MistakeError where an invariant is.
func (w Wish) Check() error {
	return compare.Check(w.options(Point{At: time.Unix(1, 0)}))
}

func (w *Workshop) side(t Table) compare.Side {
	return compare.Side{Scope: w.Account(t.Account).Scope(t.Region), Table: t.Name}
}

func progressText(p compare.Progress) string {
	if p.Total <= 0 {
		return fmt.Sprintf("%s, %d items", p.Doing, p.Items)
	}
	return fmt.Sprintf("%s, %d of about %d items", p.Doing, p.Items, p.Total)
}

// itemsOf is the comparison as evidence holds it: no values, and of keys a keyed hash unless they were asked for.
func itemsOf(r *compare.Result, w Wish, key []byte) *evidence.Items {
	out := &evidence.Items{
		Method: evidence.Method(r.Method), Quiet: r.Method == compare.Exact && r.Changed+r.OnlyA+r.OnlyB == 0, ChangedAt: w.ChangedAt,
		Restored: *fingerprintOf(r, r.B), Same: r.Same, Changed: r.Changed, OnlySource: r.OnlyA, OnlyRestored: r.OnlyB,
		Explained: r.Explained, Unexplained: r.Unexplained, MaxDrift: r.MaxDrift, More: r.MoreKeys, BytesRead: r.A.Bytes + r.B.Bytes, RCU: r.A.RCU + r.B.RCU,
		Verdict: evidence.ItemsVerdict(r.Items), Reason: r.Reason, Differences: []evidence.Difference{},
	}
	if r.Method != compare.None {
		out.Source = fingerprintOf(r, r.A)
	}
	if r.Stream != nil {
		out.Stream = r.Stream.ARN
	}
	total := r.Same + r.Changed + r.OnlyA + r.OnlyB + r.Unexamined
	if total > 0 {
		out.DriftShare = float64(r.Unexplained+r.Unexamined) / float64(total)
	}
	if w.Sample > 0 {
		out.SampleShare = sampleShare(r, w.Sample)
	}
	if len(r.Differences) > 0 {
		id := sha256.Sum256(key)
		out.MACKeyID = hex.EncodeToString(id[:])
	}
	for _, x := range r.Differences {
		out.Differences = append(out.Differences, differenceOf(x, w, key))
	}
	return out
}

// sampleShare is the share of a table that a sample was, by DynamoDB's own count of items; 0: not known. Fewer than were asked for are all.
func sampleShare(r *compare.Result, asked int) float64 {
	read := max(r.A.Count, r.B.Count)
	switch all := max(r.A.Estimate, r.B.Estimate); {
	case r.Cause != nil || read == 0:
		return 0
	case read < int64(asked):
		return 1
	case all > read:
		return float64(read) / float64(all)
	}
	return 0
}

func differenceOf(x compare.Difference, w Wish, key []byte) evidence.Difference {
	kinds := map[compare.Kind]evidence.DifferenceKind{compare.Changed: evidence.ItemChanged, compare.OnlyA: evidence.ItemOnlySource, compare.OnlyB: evidence.ItemOnlyRestored}
	mac := hmac.New(sha256.New, key)
	mac.Write(x.Key)
	d := evidence.Difference{Kind: kinds[x.Kind], MAC: hex.EncodeToString(mac.Sum(nil))}
	if w.ShowKeys {
		d.Key = string(x.Key)
	}
	if x.Explained {
		d.Explanation = x.Why
		if d.Explanation == "" {
			d.Explanation = "explained"
		}
	}
	return d
}

// fingerprintOf states what a reading of the whole table came to. Of one that was not read to its end, or of a sample, count and sum are all there
// is: one bucket.
func fingerprintOf(r *compare.Result, t compare.Table) *evidence.Fingerprint {
	if t.Buckets > 0 {
		return &evidence.Fingerprint{Algorithm: "restorable-items-v1", HashKey: r.Key.String(), Count: t.Count, Total: t.Fingerprint.String(), Buckets: t.Buckets,
			BucketsSHA256: t.Digest.String()}
	}
	digest := sha256.New()
	_ = binary.Write(digest, binary.BigEndian, t.Count) // a hash takes everything
	digest.Write(t.Fingerprint[:])
	return &evidence.Fingerprint{Algorithm: "restorable-items-v1", HashKey: r.Key.String(), Count: t.Count, Total: t.Fingerprint.String(), Buckets: 1,
		BucketsSHA256: hex.EncodeToString(digest.Sum(nil))}
}

// readUnitBytes is what one read capacity unit reads, strongly consistent.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
const readUnitBytes = 4096

// measuredBytes is the size of the copy by the capacity that one reading of it consumed, rounded up by DynamoDB once for each page; 0: it was
// not read so.
func measuredBytes(r *compare.Result) int64 {
	if !r.Consistent || r.Readings != 1 || r.B.Buckets == 0 {
		return 0
	}
	return int64(r.B.RCU * readUnitBytes)
}

func invariantsOf(r *compare.Result) []evidence.Invariant {
	verdicts := map[compare.Outcome]evidence.Truth{compare.Holds: evidence.Holds, compare.Fails: evidence.Broken}
	out := []evidence.Invariant{}
	for _, i := range r.Invariants {
		one := evidence.Invariant{Expression: i.Expr, Verdict: evidence.Undecided, Checked: i.Checked, Failed: i.Failed, Reason: i.Reason}
		if i.Name != i.Expr {
			one.Name = i.Name
		}
		if v, ok := verdicts[i.Outcome]; ok {
			one.Verdict = v
		}
		out = append(out, one)
	}
	return out
}
