package estate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

func TestZeroFactIsUnknown(t *testing.T) {
	var f Fact[bool]
	if _, ok := f.Get(); ok || !f.IsUnknown() || f.IsAbsent() || f.IsKnown() {
		t.Errorf("the zero fact reads as %v", f.State())
	}
}

func TestRefKeepsStateAndSource(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		state := State(rapid.IntRange(0, 2).Draw(t, "state"))
		src := Source(rapid.Uint32Range(0, sourceMask).Draw(t, "source"))
		if r := newRef(state, src); r.State() != state || r.Source() != src {
			t.Errorf("%v/%d came back as %v/%d", state, src, r.State(), r.Source())
		}
	})
}

// fill sets every fact of a record at random; text includes what a hostile tag or table name could hold.
func fill(t *rapid.T, record any, sources int) {
	v := reflect.ValueOf(record).Elem()
	for _, f := range (&layouts{}).of(v.Type()) {
		member := v.Field(f.index).Addr().Interface()
		switch f.kind {
		case factField:
			fillFact(t, member.(factCodec), sources)
		case listField:
			list := member.(listCodec)
			fillFact(t, list.whole(), sources)
			for range rapid.IntRange(0, 2).Draw(t, "items") {
				fill(t, list.grow(), sources)
			}
		case recordField:
			fill(t, member, sources)
		case plainField:
			if s, ok := member.(*string); ok {
				*s = hostile().Draw(t, "id")
			}
		}
	}
}

func hostile() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"$unknown", "$src", "\x1b[31m", "::error::", "=1+1", "<b>&", "null", strings.Repeat("x", 2000)}))
}

func fillFact(t *rapid.T, f factCodec, sources int) {
	state := State(rapid.IntRange(0, 2).Draw(t, "state"))
	if state == Known {
		fillValue(t, reflect.ValueOf(f.target()).Elem())
	}
	f.setRef(newRef(state, Source(rapid.IntRange(0, sources-1).Draw(t, "source"))))
}

func fillValue(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.ToValidUTF8(hostile().Draw(t, "text"), "?"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int64:
		v.SetInt(rapid.Int64Range(-62e12, 253e12).Draw(t, "int"))
	case reflect.Float64:
		v.SetFloat(float64(rapid.IntRange(0, 100).Draw(t, "float")))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 2).Draw(t, "length"), 2))
		for i := range v.Len() {
			fillValue(t, v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range rapid.IntRange(0, 2).Draw(t, "entries") {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fillValue(t, key)
			fillValue(t, value)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fillValue(t, v.Field(i))
		}
	}
}

func randomEstate(t *rapid.T) *Estate {
	u := &Unit{}
	for i := range 3 {
		u.Record(Provenance{Operation: fmt.Sprintf("dynamodb:Op%d", i), ObservedAt: Instant(i), Code: "Denied"})
	}
	fill(t, u, len(u.Provenance))
	u.Provenance = append([]Provenance{}, u.Provenance...)
	return &Estate{Tool: "test", CollectedAt: 1, Units: []*Unit{u}}
}

func write(t interface{ Fatal(...any) }, e *Estate) []byte {
	var b bytes.Buffer
	if err := Write(&b, e); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFileRoundTripsByteForByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := randomEstate(t)
		first := write(t, e)
		back, err := Load(bytes.NewReader(first))
		if err != nil {
			t.Fatalf("%v\n%s", err, first)
		}
		if second := write(t, back); !bytes.Equal(first, second) {
			t.Fatalf("changed:\n%s", cmp.Diff(string(first), string(second)))
		}
		sameFacts(t, e, back)
	})
}

// sameFacts compares state, source and value of every fact: equal bytes alone would not notice two states written alike.
func sameFacts(t *rapid.T, a, b *Estate) {
	collect := func(e *Estate) map[string]string {
		out := map[string]string{}
		for i, u := range e.Units {
			EachFact(u, func(path string, f AnyFact) {
				value, _ := json.Marshal(f.Any())
				out[indexed("", i)+path] = fmt.Sprint(f.Ref(), string(bytes.ReplaceAll(bytes.ReplaceAll(value, []byte("null"), nil), []byte("[]"), nil)))
			})
		}
		return out
	}
	if diff := cmp.Diff(collect(a), collect(b)); diff != "" {
		t.Fatal(diff)
	}
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("estate.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("estate.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryFileSatisfiesTheSchema(t *testing.T) {
	schema := compiledSchema(t)
	rapid.Check(t, func(t *rapid.T) {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(write(t, randomEstate(t))))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSchemaRefusesWhatTheLoaderRefuses(t *testing.T) {
	schema := compiledSchema(t)
	for _, text := range []string{
		`{"schema_version":2,"units":[]}`,
		`{"schema_version":1,"units":[{"tables":[{"status":3}]}]}`,
		`{"schema_version":1,"units":[{"tables":[{"statis":"ACTIVE"}]}]}`,
	} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(doc) == nil {
			t.Errorf("the schema takes %s", text)
		}
		if _, err := Load(strings.NewReader(text)); err == nil {
			t.Errorf("the loader takes %s", text)
		}
	}
}

func TestPublishedSchemaIsUpToDate(t *testing.T) {
	want, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("..", "..", "docs", "schemas", "estate-v1.schema.json")
	got, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s differs from the types (%v): run go run ./tools/generate", file, err)
	}
}

func TestBadFilesAreRefusedWithTheirPlace(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":               {"", "ends early"},
		"truncated":           {`{"schema_version":1,"units":[{"tables":[{"name":"or`, "ends early"},
		"not JSON":            {`{"schema_version":1,"units":[}`, "not JSON at byte"},
		"other JSON":          {`{"version":4,"resources":[]}`, `must begin with "schema_version"`},
		"a list":              {`[1]`, "want an object, got a list"},
		"no version":          {`{}`, `must begin with "schema_version"`},
		"newer version":       {`{"schema_version":7,"units":[]}`, "version 7 is newer than this program understands (1)"},
		"older version":       {`{"schema_version":0,"units":[]}`, "version 0 is not known"},
		"version of text":     {`{"schema_version":"one","units":[]}`, "schema_version: want 1"},
		"wrong type":          {`{"schema_version":1,"units":[{"tables":[{"name":"a"},{"status":3}]}]}`, "units[0].tables[1].status: want text, got 3"},
		"wrong type in list":  {`{"schema_version":1,"units":[{"tables":[{"gsis":[{"name":1}]}]}]}`, "units[0].tables[0].gsis: want text, got number"},
		"bad time":            {`{"schema_version":1,"units":[{"now":"yesterday"}]}`, "units[0].now: parse time"},
		"misspelt member":     {`{"schema_version":1,"units":[{"tabels":[]}]}`, "units[0].tabels: unknown member"},
		"member of an index":  {`{"schema_version":1,"units":[{"tables":[{"gsis":[{"nmae":"x"}]}]}]}`, `unknown field "nmae"`},
		"member given twice":  {`{"schema_version":1,"units":[{"region":"a","region":"b"}]}`, "units[0].region: given twice"},
		"source out of range": {`{"schema_version":1,"units":[{"provenance":[{},{}],"tables":[{"src":2,"name":"a"}]}]}`, "units[0].tables[0].name: source 2 is not in the provenance table"},
		"broken marker":       {`{"schema_version":1,"units":[{"region":{"$unknown":1,"$absent":1}}]}`, "units[0].region: want {"},
		"something after":     {`{"schema_version":1,"units":[]} {}`, "something follows"},
		"a table of text":     {`{"schema_version":1,"units":[{"tables":["orders"]}]}`, `units[0].tables[0]: want an object, got "orders"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(strings.NewReader(c.text))
			var format *FormatError
			if !errors.As(err, &format) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want a format error with %q", err, c.want)
			}
		})
	}
}

func TestFragmentsMayBeWrittenByHand(t *testing.T) {
	u, err := DecodeUnit([]byte(`{"region":"eu-west-1","tables":[{"id":"t","name":"orders","tags":{"a":"b"},"kms":null}]}`))
	if err == nil || !strings.Contains(err.Error(), "tables[0].kms: unknown member") {
		t.Fatalf("got %v, %v", u, err)
	}
	u, err = DecodeUnit([]byte(`{"tables":[{"id":"t","name":"orders","tags":{"a":"b"},"key_arn":null,"status":{"$unknown":0}}],"plans":{"items":[]}}`))
	if err != nil {
		t.Fatal(err)
	}
	table := u.Tables.Items[0]
	if !u.Tables.IsWhole() || u.Plans.IsWhole() || !table.KeyARN.IsAbsent() || !table.Status.IsUnknown() || !table.PITRStatus.IsUnknown() || table.Tags.Or(nil)["a"] != "b" {
		t.Errorf("read %+v", u)
	}
}

func TestSniffing(t *testing.T) {
	if !IsEstateFile([]byte("\ufeff {\n \"schema_version\": 9, \"tool\":\"x\", \"units\":[")) {
		t.Error("an estate file of a newer version is not recognised")
	}
	if IsEstateFile([]byte(`{"schema_version":"1","tool":{},"findings":[]}`)) || IsEstateFile([]byte("Resources:\n")) {
		t.Error("something else is taken for an estate file")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"schema_version":1,"units":[{"provenance":[{},{"operation":"a"}],"tables":{"whole":true,"items":[{"src":1,"id":"x","name":"y","tags":{"$src":0,"$value":{"$a":"b"}}}]}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := Load(bytes.NewReader(text))
		if err != nil {
			return
		}
		if !json.Valid(text) {
			t.Fatalf("what is not JSON was read: %q", text)
		}
		first := write(t, e)
		again, err := Load(bytes.NewReader(first))
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, first)
		}
		if second := write(t, again); !bytes.Equal(first, second) {
			t.Fatalf("not stable:\n%s\n%s", first, second)
		}
	})
}

func TestUnknownFactsAreCountedByWhatFailed(t *testing.T) {
	u := &Unit{}
	denied := u.Record(Provenance{Operation: "dynamodb:DescribeContinuousBackups", Code: "AccessDeniedException"})
	fine := u.Record(Provenance{Operation: "dynamodb:DescribeTable"})
	u.Tables.Items = []Table{{PITRStatus: UnknownFact[string](denied), PITRLatest: UnknownFact[Instant](denied), Name: KnownFact("a", fine)}, {PITRStatus: UnknownFact[string](denied)}}
	u.Tables.Whole = KnownFact(true, fine)
	u.Plans.Whole = UnknownFact[bool](denied)
	if diff := cmp.Diff(map[Source]int{denied: 4}, UnknownBySource(u)); diff != "" {
		t.Error(diff)
	}
}
