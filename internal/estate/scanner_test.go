package estate

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

const scanned = `{"schema_version":1,"tool":"a\u0062\"c","collected_at":"2026-11-20T12:00:00.5Z","units":[ {"region" : "eu-west-1",
 "tables":[{"id":"ü\\","name":"orders","item_count":-12,"deletion_protection":true,"tags":{"a]}":"b\"{["},"key_arn":null}],"plans":{"items":[],"whole":true}} ] }`

// However the input is cut into reads, the same comes out.
func TestReadsOfAnySize(t *testing.T) {
	want, err := Load(strings.NewReader(scanned))
	if err != nil {
		t.Fatal(err)
	}
	if want.Tool != `ab"c` || want.Units[0].Tables.Items[0].ID != `ü\` || want.Units[0].Tables.Items[0].ItemCount.Or(0) != -12 {
		t.Errorf("read %+v", want)
	}
	got, err := Load(iotest.DataErrReader(iotest.OneByteReader(strings.NewReader(scanned))))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(write(t, want), write(t, got)); diff != "" {
		t.Error(diff)
	}
}

// A value larger than the buffer, and one that lies across its end, are read whole.
func TestValuesAcrossTheBuffer(t *testing.T) {
	for _, n := range []int{scanBuffer - 60, scanBuffer, 5 * scanBuffer} {
		text := strings.Repeat("x", n)
		e, err := Load(strings.NewReader(`{"schema_version":1,"tool":"` + text + `","units":[{"region":"` + text + `"}]}`))
		if err != nil || e.Tool != text || e.Units[0].Region.Or("") != text {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// Every beginning of a file is refused as one that ends early, and never as anything else.
func TestEveryTruncationIsSeen(t *testing.T) {
	for n := range len(scanned) - 1 {
		_, err := Load(strings.NewReader(scanned[:n]))
		var format *FormatError
		if !errors.As(err, &format) || !strings.Contains(format.Reason, "ends early") {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
}

func TestBrokenSyntaxIsRefusedWithItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		`{"schema_version":1,}`:                                                           "not JSON at byte 20: want the name of a member",
		`{"schema_version":1 "units":[]}`:                                                 "not JSON at byte 20: want a comma",
		`{"schema_version" 1}`:                                                            "not JSON at byte 18: want a colon",
		`{"schema_version":1,"units":[{},]}`:                                              "want a value, got ']'",
		`{"schema_version":1,"units":[{}{}]}`:                                             "not JSON at byte 31: want a comma",
		`{"schema_version":1,"units":[{"region":"\x"}]}`:                                  "want text",
		`{"schema_version":1,"units":[{"region":"a` + "\n" + `"}]}`:                       "want text",
		`{"schema_version":1,"units":[{"tables":[{"item_count":007}]}]}`:                  "not JSON at byte",
		`{"schema_version":1,"units":[{"tables":[{"item_count":+7}]}]}`:                   "not JSON at byte",
		`{"schema_version":1,"units":[{"tables":[{"item_count":1.5}]}]}`:                  "want a number",
		`{"schema_version":1,"units":[{"tables":[{"deletion_protection":truth}]}]}`:       "not JSON at byte",
		`{"schema_version":1,"units":[{"tables":[{"tags":{"a":"b"]}}]}]}`:                 "not JSON at byte",
		`{"schema_version":1,"units":[{"tables":[{"item_count":99999999999999999999}]}]}`: "want a number",
	} {
		_, err := Load(strings.NewReader(text))
		var format *FormatError
		if !errors.As(err, &format) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

// What the reader answers is told as it is.
func TestReadErrorsAreToldAsTheyAre(t *testing.T) {
	_, err := Load(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(scanned))))
	if !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("got %v", err)
	}
	_, err = Load(iotest.ErrReader(os.ErrClosed))
	if !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// Load must not keep what it reads: a file of many equal records leaves little behind.
func TestLoadingAllocatesLittle(t *testing.T) {
	var file bytes.Buffer
	file.WriteString(`{"schema_version":1,"units":[{"tables":[`)
	for i := range 1000 {
		if i > 0 {
			file.WriteString(",")
		}
		file.WriteString(`{"name":"orders","status":"ACTIVE","item_count":7,"created_at":"2026-11-20T12:00:00Z","deletion_protection":false,"key_arn":null}`)
	}
	file.WriteString(`]}]}`)
	allocated := testing.AllocsPerRun(3, func() {
		if _, err := Load(bytes.NewReader(file.Bytes())); err != nil {
			t.Fatal(err)
		}
	})
	if perTable := allocated / 1000; perTable > 4 {
		t.Errorf("%.1f allocations for each table", perTable)
	}
}
