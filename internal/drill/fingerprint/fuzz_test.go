package fingerprint

import (
	"bytes"
	"errors"
	"testing"
)

func seeds(f *testing.F, add func(raw []byte)) {
	for _, raw := range []string{
		`{}`, itemA, itemB, `{"pk":{"S":"\u00e9\ud83d\ude00"},"sk":{"N":"-1.50E+2"},"b":{"B":"AQI="},"s":{"SS":["b","a"]},"n":{"NS":["3","2e1"]},"bs":{"BS":["AQ","Ag=="]},"l":{"L":[{"NULL":true},{"M":{"z":{"BOOL":true},"y":{"S":""}}}]}}`,
		`{"pk":{"S":"a"},"sk":{"S":"a"},"a\u0000":{"BOOL":false},"a":{"SS":[]},"":{"M":{}}}`, ` { "sk" : { "S" : "" } , "pk" : { "N" : "0" } } `, `{"pk":{"N":"1E-130"},"sk":{"N":"9.9999999999999999999999999999999999999E125"}}`,
	} {
		add([]byte(raw))
	}
	for seed := range uint64(3) {
		add(written(val{t: "M", names: []string{"pk", "sk", "long"}, kids: []val{{t: "N", s: "15E-1"}, {t: "B", s: "xyz"}, {t: "SS", kids: members("S", []string{"", "aaaaaaaaaaaaaaaa", "aaaaaaaa", "b"})}}}, seed))
	}
}

// FuzzCanonical holds the encoding to the slow reference: the same bytes, and errors for the same texts.
func FuzzCanonical(f *testing.F) {
	seeds(f, func(raw []byte) { f.Add(raw) })
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		got, err := Canonical([]byte("head"), raw)
		if !bytes.Equal(raw, before) {
			t.Fatal("the text was written to")
		}
		want, wrong := reference(raw)
		if (err == nil) != (wrong == nil) {
			t.Fatalf("%v, the reference %v: %q", err, wrong, raw)
		}
		if err == nil && !bytes.Equal(got, append([]byte("head"), want.encodedItem()...)) {
			t.Fatalf("%q, the reference %q: %q", got, want.encodedItem(), raw)
		}
	})
}

// FuzzItem changes a byte of an item: the hash changes exactly when the meaning does. One hasher reads all, after whatever mistakes.
func FuzzItem(f *testing.F) {
	seeds(f, func(raw []byte) {
		for _, at := range []uint{9, 10, 20, 31} {
			f.Add(raw, at, byte('0'))
		}
	})
	h := newTest()
	f.Fuzz(func(t *testing.T, raw []byte, at uint, to byte) {
		if len(raw) == 0 {
			return
		}
		changed := bytes.Clone(raw)
		changed[at%uint(len(raw))] = to
		a, errA := h.Item(raw)
		b, errB := h.Item(changed)
		if errA != nil || errB != nil {
			return
		}
		x, wrongX := reference(raw)
		y, wrongY := reference(changed)
		if wrongX != nil || wrongY != nil {
			t.Fatalf("%v, %v: %q", wrongX, wrongY, raw)
		}
		if same := bytes.Equal(x.encodedItem(), y.encodedItem()); same != (a.Value == b.Value) {
			t.Fatalf("meaning the same: %v, but hashes %s and %s: %q and %q", same, a.Value, b.Value, raw, changed)
		}
	})
}

// FuzzPage holds the two ways through an answer to each other.
func FuzzPage(f *testing.F) {
	seeds(f, func(raw []byte) { f.Add(page(raw, []byte(itemB))); f.Add(page(raw)); f.Add(raw) })
	f.Add([]byte(`{"Count":0,"Items":[],"X":[1.5e3,null,{"a":"\n"}],"LastEvaluatedKey":{"pk":{"S":"b"}},"ConsumedCapacity":{"CapacityUnits":1.5}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, one := newTest(), newTest()
		got, err := h.Page(raw)
		var wrong error
		same, errEach := Each(raw, func(raw []byte) error {
			item, mistake := one.Item(raw)
			if mistake == nil {
				one.Add(&item)
			}
			wrong = errors.Join(wrong, mistake)
			return nil
		})
		if err != nil {
			if wrong == nil && errEach == nil || h.Table().Count != 0 {
				t.Fatalf("%v only for a page at once: %q", err, raw)
			}
			return
		}
		if wrong != nil || errEach != nil || got.Items != same.Items || !bytes.Equal(got.LastEvaluatedKey, same.LastEvaluatedKey) || Differing(h.Table(), one.Table()) != nil {
			t.Fatalf("%+v, one by one %+v, %v, %v: %q", got, same, wrong, errEach, raw)
		}
	})
}
