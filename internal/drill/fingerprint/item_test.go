package fingerprint

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// attribute is an item of one attribute beside the key.
func attribute(value string) []byte {
	return []byte(`{"pk":{"S":"k"},"sk":{"S":"k"},"a":` + value + `}`)
}

// TestEqual holds ways of writing the same.
func TestEqual(t *testing.T) {
	for _, group := range [][]string{
		{`{"N":"1"}`, `{"N":"1.0"}`, `{"N":"01"}`, `{"N":"+1"}`, `{"N":"1E0"}`, `{"N":"10e-1"}`, `{"N":"0.1E+1"}`, `{"N":"1.00000000000000000000000000000000000000000000"}`, `{"N":"\u0031"}`},
		{`{"N":"100"}`, `{"N":"1E2"}`, `{"N":"1e+2"}`, `{"N":"100.00"}`, `{"N":"0.001E5"}`},
		{`{"N":"0"}`, `{"N":"-0"}`, `{"N":"0.000"}`, `{"N":"0E99999999999999999999"}`, `{"N":"-0.0e-5"}`, `{"N":".0"}`},
		{`{"N":"-1.5"}`, `{"N":"-15E-1"}`, `{"N":"-0.15e1"}`, `{"N":"-01.50"}`},
		{`{"N":"1E-130"}`, `{"N":"0.` + strings.Repeat("0", 129) + `1"}`, `{"N":"10E-131"}`},
		{`{"N":"9.9999999999999999999999999999999999999E+125"}`, `{"N":"` + strings.Repeat("9", 38) + strings.Repeat("0", 88) + `"}`},
		{`{"S":"é"}`, `{"S":"\u00e9"}`, `{"S":"\u00E9"}`},
		{`{"S":"😀"}`, `{"S":"\ud83d\ude00"}`, `{"S":"\uD83D\uDE00"}`},
		{`{"S":"/\"\\\n"}`, `{"S":"\/\u0022\u005c\u000a"}`},
		{`{"S":""}`, ` { "S" : "" } `, `{"\u0053":""}`},
		{`{"B":"AQI="}`, `{"B":"AQI"}`, `{"B":"AQI\u003d"}`, `{"B":"AQJ="}`}, // unused bits at the end carry nothing
		{`{"B":"//8="}`, `{"B":"\/\/8="}`},
		{`{"SS":["a","b",""]}`, `{"SS":["","b","a"]}`, `{"SS":[ "\u0061" ,"", "b"]}`},
		{`{"NS":["1","20","-3"]}`, `{"NS":["2E1","-3.0","1.0"]}`},
		{`{"BS":["AQ==","Ag=="]}`, `{"BS":["Ag==","AQ=="]}`},
		{`{"M":{"x":{"N":"1"},"y":{"L":[]}}}`, `{"M":{"y":{"L":[ ]},"\u0078":{"N":"1.0"}}}`},
	} {
		h := newTest()
		want := mustItem(t, h, attribute(group[0]))
		for _, other := range group[1:] {
			if got := mustItem(t, h, attribute(other)); got != want {
				t.Errorf("%s is not %s", other, group[0])
			}
		}
	}
}

// TestDifferent holds what is easily taken for the same.
func TestDifferent(t *testing.T) {
	values := []string{
		`{"S":"1"}`, `{"N":"1"}`, `{"N":"-1"}`, `{"N":"10"}`, `{"N":"0"}`, `{"N":"1.0000000000000000000000000000000000001"}`, `{"N":"1.0000000000000000000000000000000000002"}`, `{"S":"1.0"}`, `{"S":"0"}`,
		`{"SS":["1"]}`, `{"NS":["1"]}`, `{"BS":["MQ=="]}`, `{"B":"MQ=="}`, `{"S":"MQ=="}`, `{"L":[{"S":"1"}]}`, `{"L":[{"N":"1"}]}`, `{"M":{"1":{"S":"1"}}}`, `{"M":{"S":{"S":"1"}}}`,
		`{"S":""}`, `{"B":""}`, `{"L":[]}`, `{"M":{}}`, `{"SS":[]}`, `{"NS":[]}`, `{"BS":[]}`, `{"NULL":true}`, `{"BOOL":true}`, `{"BOOL":false}`, `{"S":"true"}`, `{"S":"T"}`,
		`{"S":"é"}`, `{"S":"e\u0301"}`, `{"S":"É"}`, `{"S":"\u0000"}`, `{"S":" "}`, `{"S":"\ufffd"}`, `{"S":"\\u00e9"}`, `{"B":"AA=="}`, `{"B":"AAA="}`,
		`{"L":[{"S":"a"},{"S":"b"}]}`, `{"L":[{"S":"b"},{"S":"a"}]}`, `{"L":[{"S":"ab"}]}`, `{"L":[{"S":"a"},{"S":"b"},{"S":""}]}`, `{"L":[{"L":[{"S":"a"}]},{"S":"b"}]}`, `{"L":[{"L":[{"S":"a"},{"S":"b"}]}]}`,
		`{"SS":["a","b"]}`, `{"SS":["ab"]}`, `{"SS":["a"]}`, `{"SS":["","ab"]}`, `{"M":{"a":{"S":"b"}}}`, `{"M":{"b":{"S":"a"}}}`, `{"M":{"a":{"S":"b"},"b":{"S":"a"}}}`, `{"M":{"ab":{"S":""}}}`, `{"M":{"":{"S":"ab"}}}`,
		`{"S":"aS\u0001b"}`, `{"L":[{"NULL":true}]}`, `{"L":[{"NULL":true},{"NULL":true}]}`, `{"SS":["` + longSet(127) + `"]}`, `{"SS":["` + longSet(128) + `"]}`, `{"SS":["` + longSet(129) + `"]}`,
	}
	h := newTest()
	seen := map[Sum]string{}
	for _, v := range values {
		item := mustItem(t, h, attribute(v))
		if other, ok := seen[item.Value]; ok {
			t.Errorf("%s hashes as %s", v, other)
		}
		seen[item.Value] = v
	}
	// The name is as much of an item as the value, and an attribute that is null is not one that is absent.
	for _, raw := range []string{`{"pk":{"S":"k"},"sk":{"S":"k"},"b":{"S":"1"}}`, `{"pk":{"S":"k"},"sk":{"S":"k"}}`, `{"pk":{"S":"k"},"sk":{"S":"k"},"a":{"S":"1"},"b":{"NULL":true}}`} {
		if other, ok := seen[mustItem(t, h, []byte(raw)).Value]; ok {
			t.Errorf("%s hashes as %s", raw, other)
		}
	}
}

func longSet(n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint(i)
	}
	return strings.Join(out, `","`)
}

// TestLongerThanOneByteCounts reads what has more members than a count of one byte tells, in several orders.
func TestLongerThanOneByteCounts(t *testing.T) {
	for _, n := range []int{few - 1, few, few + 1, 127, 128, 129, 16383, 16384, 20000} {
		v := val{t: "M", names: []string{"pk", "sk", "s", "l", "m", "b"}, kids: []val{{t: "S", s: "k"}, {t: "S", s: "k"}, {t: "SS"}, {t: "L"}, {t: "M"}, {t: "B", s: strings.Repeat("x", n)}}}
		for i := range n {
			s := fmt.Sprintf("%d-%s", i, strings.Repeat("z", i%11))
			v.kids[2].kids = append(v.kids[2].kids, val{t: "S", s: s})
			v.kids[3].kids = append(v.kids[3].kids, val{t: "NULL", b: true})
			v.kids[4].names, v.kids[4].kids = append(v.kids[4].names, s), append(v.kids[4].kids, val{t: "BOOL"})
		}
		if n > 129 { // the tests' own way would take too long
			v.kids[4] = val{t: "M"}
		}
		for seed := range uint64(2) {
			got, err := Canonical(nil, written(v, seed))
			if err != nil || string(got) != string(v.encodedItem()) {
				t.Errorf("%d members: %v", n, err)
			}
		}
	}
}

// TestTextsOfEveryLength reads texts around the lengths at which words and lengths end, plain and with an escape or another letter
// anywhere. A text that differs in one byte has another hash.
func TestTextsOfEveryLength(t *testing.T) {
	h, seen, meant := newTest(), map[Sum]bool{}, map[string]bool{}
	for _, n := range []int{1, 2, 6, 7, 8, 9, 15, 16, 17, 126, 127, 128, 129, 130, 300, 16383, 16384, 16390} {
		for _, other := range []string{"", "b", "é", `\u00e9`, "😀", `\ud83d\ude00`, `\"`, `\u0022`, `\n`} {
			for _, at := range []int{0, n / 2, n} {
				raw := attribute(`{"S":"` + strings.Repeat("a", at) + other + strings.Repeat("a", n-at) + `"}`)
				want, err := reference(raw)
				if err != nil {
					t.Fatal(err)
				}
				got, err := Canonical(nil, raw)
				if err != nil || string(got) != string(want.encodedItem()) {
					t.Errorf("%d letters with %q at %d: %v", n, other, at, err)
				}
				seen[mustItem(t, h, raw).Value], meant[string(got)] = true, true
			}
		}
	}
	if len(seen) != len(meant) || len(meant) < 200 {
		t.Errorf("%d hashes of %d texts", len(seen), len(meant))
	}
}

// TestMistakes are what is no item. None of the errors tells what the item holds.
func TestMistakes(t *testing.T) {
	for value, want := range map[string]string{
		`{"S":"secret`: "ends within a string", `{"S":"secret"`: "ends early", `{"S":1}`: "not the JSON", `{"X":"secret"}`: "unknown type", `{"SSS":["secret"]}`: "unknown type", `{"":"secret"}`: "unknown type", `{"s":"secret"}`: "unknown type",
		`{}`: "not the JSON", `"secret"`: "not the JSON", `{"S":"secret","N":"1"}`: "not the JSON", `{"S":null}`: "not the JSON", `null`: "not the JSON", `{"NULL":false}`: "no such value", `{"BOOL":"true"}`: "no such value", `{"BOOL":truth}`: "unknown word",
		`{"S":"\x"}`: "unknown escape", `{"S":"\u12g4"}`: "no Unicode", `{"S":"\ud83d"}`: "no Unicode", `{"S":"\ud83d\u0041"}`: "no Unicode", `{"S":"\ude00\ud83d"}`: "no Unicode", "{\"S\":\"\xff\"}": "not UTF-8", "{\"S\":\"\xed\xa0\x80\"}": "not UTF-8", "{\"S\":\"secret\n\"}": "control character",
		`{"N":""}`: "without digits", `{"N":"."}`: "without digits", `{"N":"-"}`: "without digits", `{"N":"secret"}`: "without digits", `{"N":"1x"}`: "none", `{"N":"1e"}`: "exponent", `{"N":"1e1.5"}`: "exponent", `{"N":"--1"}`: "without digits", `{"N":" 1"}`: "without digits", `{"N":"1.2.3"}`: "none",
		`{"N":"1` + strings.Repeat("0", 37) + `1"}`: "38 significant", `{"N":"1E126"}`: "range", `{"N":"0.9E-130"}`: "range", `{"N":"1E99999999999999999999"}`: "range", `{"N":"1E-99999999999999999999"}`: "range",
		`{"B":"secret!"}`: "base64", `{"B":"A"}`: "base64", `{"B":"AQ="}`: "base64", `{"B":"AQ==AQ=="}`: "base64", `{"B":"AQ\n=="}`: "base64",
		`{"SS":["secret","secret"]}`: "member twice", `{"NS":["1","1.0"]}`: "member twice", `{"BS":["AQ==","AQ"]}`: "member twice", `{"SS":["` + longSet(200) + `","7"]}`: "member twice", `{"SS":[1]}`: "not the JSON", `{"SS":["secret",]}`: "not the JSON", `{"SS":["secret"  "b"]}`: "neither a comma",
		`{"M":{"secret":{"S":""},"secret":{"S":""}}}`: "name twice", `{"M":{"secret":{"S":""},"\u0073ecret":{"N":"1"}}}`: "name twice", `{"M":[]}`: "not the JSON", `{"L":{}}`: "not the JSON", `{"L":[{"S":"a"}}`: "neither a comma",
		strings.Repeat(`{"L":[`, maxDepth+1) + strings.Repeat(`]}`, maxDepth+1):                  "too deeply",
		strings.Repeat(`{"M":{"a":`, maxDepth+1) + `{"S":""}` + strings.Repeat(`}}`, maxDepth+1): "too deeply",
		strings.Repeat(`{"L":[`, 200000):                                                         "too deeply",
	} {
		_, err := newTest().Item(attribute(value))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%.80s: %v, want …%s…", value, err, want)
		}
		if _, err := Canonical(nil, attribute(value)); err == nil {
			t.Errorf("%.80s has an encoding", value)
		}
	}
	for raw, want := range map[string]string{
		``: "ends early", `[]`: "not the JSON", `{"pk":{"S":"k"}}`: "without its key", `{}`: "without its key", `{"pk":{"S":"k"},"sk":{"S":"k"}} x`: "after the end", `{"pk":{"S":"k"},"sk":{"S":"k"},}`: "not the JSON",
		`{"pk":{"S":"k"},"sk":{"S":"k"},"pk":{"S":"k"}}`: "name twice",
	} {
		if _, err := newTest().Item([]byte(raw)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want …%s…", raw, err, want)
		}
	}
	if _, err := New(Key{}, nil, 1).Item([]byte(`{"pk":{"S":"k"}}`)); err == nil {
		t.Error("an item has a key of no attributes")
	}
}

// TestDepth reads what DynamoDB nests at most.
func TestDepth(t *testing.T) {
	for _, depth := range []int{1, 32, maxDepth} {
		mustItem(t, newTest(), attribute(strings.Repeat(`{"L":[`, depth)+strings.Repeat(`]}`, depth)))
	}
	if _, err := newTest().Item(attribute(strings.Repeat(`{"L":[`, 64) + strings.Repeat(`]}`, 64))); err == nil {
		t.Error("twice as deep as DynamoDB goes is read")
	}
}

// TestKeysAndHashes: the key's hash is of the key alone, whatever the order of its attributes, and the drill's key is in all hashes.
func TestKeysAndHashes(t *testing.T) {
	raw := []byte(`{"v":{"N":"1"},"sk":{"S":"s"},"pk":{"S":"p"}}`)
	a := mustItem(t, New(testKey, []string{"pk", "sk"}, 1024), raw)
	if b := mustItem(t, New(testKey, []string{"sk", "pk"}, 1024), raw); a != b {
		t.Error("the order of the key attributes matters")
	}
	if b := mustItem(t, New(testKey, []string{"sk", "pk"}, 1024), []byte(`{"v":{"N":"2"},"sk":{"S":"s"},"pk":{"S":"p"}}`)); a.Key != b.Key || a.Bucket != b.Bucket || a.Value == b.Value {
		t.Error("two states of an item differ in their keys, or not in their values")
	}
	swapped := mustItem(t, New(testKey, []string{"pk", "sk"}, 1024), []byte(`{"v":{"N":"1"},"sk":{"S":"p"},"pk":{"S":"s"}}`))
	other := mustItem(t, New(Key{1}, []string{"pk", "sk"}, 1024), raw)
	keyAlone := mustItem(t, New(testKey, []string{"pk", "sk"}, 1024), []byte(`{"sk":{"S":"s"},"pk":{"S":"p"}}`))
	sums := []Sum{a.Key, a.Value, swapped.Key, swapped.Value, other.Key, other.Value, keyAlone.Value}
	slices.SortFunc(sums, func(a, b Sum) int { return strings.Compare(string(a[:]), string(b[:])) })
	if len(slices.Compact(sums)) != 7 {
		t.Error("two hashes are the same")
	}
}

// TestKnownHashes holds the figures that docs/fingerprint.md gives to who implements it anew.
func TestKnownHashes(t *testing.T) {
	var key Key
	for i := range key {
		key[i] = byte(i)
	}
	raw := []byte(`{"id":{"S":"a\u00e9"},"n":{"N":"-12.50"},"tags":{"SS":["b","a"]},"list":{"L":[{"NULL":true},{"BOOL":false},{"M":{"x":{"B":"AQI="}}}]}}`)
	encoding, err := Canonical(nil, raw)
	if err != nil {
		t.Fatal(err)
	}
	h := New(key, []string{"id"}, 1024)
	item := mustItem(t, h, raw)
	got := fmt.Sprintf("%x\n%s\n%s\n%d", encoding, item.Key, item.Value, item.Bucket)
	const want = `04026964530361c3a9046c6973744c0330464d01017842020102016e4e072d313235452d310474616773730201610162
0d47ea495c90418d4b47118776ea9071258d42a8e92826ea80795ab4f1acca8f
51b8491b325da453c12d15c1bc766370bdde0f0e0efa2a8b01180609b68e98af
655` // made by another program after the document
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
