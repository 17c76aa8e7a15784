package fingerprint

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var testKey = Key{7, 1, 2, 3}

func newTest() *Hasher { return New(testKey, []string{"sk", "pk"}, 16) }

func mustItem(t rapid.TB, h *Hasher, raw []byte) Item {
	t.Helper()
	item, err := h.Item(raw)
	if err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return item
}

// TestEqualItemsHashEqual writes an item in two of the many ways.
func TestEqualItemsHashEqual(t *testing.T) {
	h := newTest()
	rapid.Check(t, func(t *rapid.T) {
		v := items().Draw(t, "item")
		for range 2 {
			raw := written(v, rapid.Uint64().Draw(t, "seed"))
			got, err := Canonical(nil, raw)
			if err != nil {
				t.Fatalf("%v: %s", err, raw)
			}
			if want := v.encodedItem(); !bytes.Equal(got, want) {
				t.Fatalf("encoding\n%q, want\n%q of\n%s", got, want, raw)
			}
			if ours, fresh := mustItem(t, h, raw), mustItem(t, newTest(), raw); ours != fresh {
				t.Fatalf("what was hashed before has a part in the hash of %s", raw)
			}
		}
	})
}

// TestChangedItemsHashDifferent changes one thing.
func TestChangedItemsHashDifferent(t *testing.T) {
	h, unchanged, all := newTest(), 0, 0
	rapid.Check(t, func(t *rapid.T) {
		v := items().Draw(t, "item")
		changed := mutated(t, v)
		if !slices.Contains(changed.names, "pk") || !slices.Contains(changed.names, "sk") {
			return
		}
		a, b := mustItem(t, h, written(v, 1)), mustItem(t, h, written(changed, 2))
		same := reflect.DeepEqual(v.normal(), changed.normal())
		all++
		if same {
			unchanged++
		}
		if same != (a.Value == b.Value) {
			t.Fatalf("same %v, hashes %s %s\n%s\n%s", same, a.Value, b.Value, written(v, 1), written(changed, 2))
		}
		key := func(v val) string {
			out := ""
			for _, name := range []string{"pk", "sk"} {
				out += string(v.kids[slices.Index(v.names, name)].encoded())
			}
			return out
		}
		if (key(v) == key(changed)) != (a.Key == b.Key) {
			t.Fatalf("keys %q %q, hashes %s %s", key(v), key(changed), a.Key, b.Key)
		}
	})
	if unchanged*5 > all {
		t.Errorf("%d of %d changes changed nothing", unchanged, all)
	}
}

// page is a Scan answer of items.
func page(items ...[]byte) []byte {
	return fmt.Appendf(nil, `{"Count":%d,"Items":[%s],"ScannedCount":%d}`, len(items), bytes.Join(items, []byte(",")), len(items))
}

// TestShardsInAnyOrder reads the same items in shards of any number and order, and merges these in any order.
func TestShardsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "items")
		all := make([][]byte, n)
		for i := range all {
			all[i] = fmt.Appendf(nil, `{"pk":{"S":"%d"},"sk":{"N":"1"}}`, i)
		}
		whole := newTest()
		if _, err := whole.Page(page(all...)); err != nil {
			t.Fatal(err)
		}
		shards := make([]*Hasher, rapid.IntRange(1, 5).Draw(t, "shards"))
		for i := range shards {
			shards[i] = newTest()
		}
		for _, raw := range rapid.Permutation(all).Draw(t, "order") {
			if _, err := rapid.SampledFrom(shards).Draw(t, "shard").Page(page(raw)); err != nil {
				t.Fatal(err)
			}
		}
		got := newTest().Table()
		for _, h := range rapid.Permutation(shards).Draw(t, "merging") {
			got.Merge(h.Table())
		}
		if want := whole.Table(); !reflect.DeepEqual(got, want) || Differing(got, want) != nil || want.Count != int64(n) {
			t.Fatalf("%+v, want %+v", got, want)
		}
	})
}

// TestPlantedDamage changes, drops and adds items of a table. Exactly the buckets of these differ, also when there are fewer buckets
// on one side.
func TestPlantedDamage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		good, bad := newTest(), New(testKey, []string{"pk", "sk"}, rapid.SampledFrom([]int{1, 8, 16, 64}).Draw(t, "buckets"))
		n := rapid.IntRange(1, 60).Draw(t, "items")
		var damaged []int
		for i := range n {
			raw := fmt.Sprintf(`{"pk":{"S":"%d"},"sk":{"N":"1"},"v":{"N":"1.5"}}`, i)
			item := mustItem(t, good, []byte(raw))
			good.Add(&item)
			switch damage := rapid.IntRange(0, 20).Draw(t, "damage"); damage {
			case 0: // missing
			case 1:
				raw = strings.Replace(raw, "1.5", "1.50000000000000000000000000000000001", 1)
				fallthrough
			default:
				other := mustItem(t, bad, []byte(raw))
				bad.Add(&other)
				if damage > 1 {
					continue
				}
			}
			damaged = append(damaged, item.Bucket%min(16, len(bad.buckets)))
		}
		slices.Sort(damaged)
		damaged = slices.Compact(damaged)
		if got := Differing(good.Table(), bad.Table()); !slices.Equal(got, damaged) {
			t.Fatalf("differing %v, want %v", got, damaged)
		}
	})
}

// TestSumIsAddition holds sums to math: big-endian integers modulo 2^256.
func TestSumIsAddition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a, b Sum
		copy(a[:], rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 0x7f, 0x80, 0xff}), 32, 32).Draw(t, "a"))
		copy(b[:], rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 0x7f, 0x80, 0xff}), 32, 32).Draw(t, "b"))
		var want Sum
		carry := uint16(0)
		for i := 31; i >= 0; i-- {
			carry += uint16(a[i]) + uint16(b[i])
			want[i] = byte(carry)
			carry >>= 8
		}
		got := a
		got.Add(&b)
		if got != want {
			t.Fatalf("%s + %s = %s, want %s", a, b, got, want)
		}
	})
}

// TestEncodingsArePrefixFree holds what the key in front rests on.
func TestEncodingsArePrefixFree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := items().Draw(t, "item")
		a, b := v.encodedItem(), mutated(t, v).encodedItem()
		if !bytes.Equal(a, b) && (bytes.HasPrefix(a, b) || bytes.HasPrefix(b, a)) {
			t.Fatalf("%q begins as %q", a, b)
		}
	})
}

// TestTheDigestIsOfAllBuckets, in their order: equal tables have one, and two items that trade their buckets change it.
func TestTheDigestIsOfAllBuckets(t *testing.T) {
	table := func(counts ...int64) *Table {
		out := &Table{}
		for i, n := range counts {
			out.Buckets = append(out.Buckets, Bucket{Count: n, Sum: Sum{byte(i)}})
		}
		return out
	}
	if a, b := table(1, 2).Digest(), table(1, 2).Digest(); a != b {
		t.Errorf("%s and %s", a, b)
	}
	for name, other := range map[string]*Table{"another count": table(1, 3), "another order": {Buckets: []Bucket{{2, Sum{1}}, {1, Sum{0}}}}, "another sum": {Buckets: []Bucket{{1, Sum{0}}, {2, Sum{9}}}}, "fewer": table(1)} {
		if other.Digest() == table(1, 2).Digest() {
			t.Errorf("%s: the same digest", name)
		}
	}
}
