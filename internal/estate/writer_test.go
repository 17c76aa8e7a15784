package estate

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// Unit by unit, from units or from the text of units, the same file comes of it; and it comes back unit by unit.
func TestAFileUnitByUnit(t *testing.T) {
	whole, err := Load(strings.NewReader(`{"schema_version":1,"tool":"t","collected_at":"1970-01-01T00:00:00Z","units":[
		{"provenance":[{},{"operation":"dynamodb:ListTables"}],"src":1,"region":"eu-west-1","tables":{"src":1,"whole":true,"items":[{"id":"a","src":1,"name":"a"}]}},
		{"provenance":[{},{"operation":"backup:ListBackupVaults","code":"AccessDenied"}],"region":"us-east-1","vaults":{"whole":{"$unknown":1},"items":[]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var want, got, text bytes.Buffer
	if err := Write(&want, whole); err != nil {
		t.Fatal(err)
	}
	w := NewWriter(&got, whole.Tool, whole.CollectedAt)
	if err := errors.Join(WriteUnit(&text, whole.Units[0]), w.Text(&text), w.Unit(whole.Units[1]), w.Close()); err != nil {
		t.Fatal(err)
	}
	if got.String() != want.String() {
		t.Errorf("wrote %s\nwant  %s", got.String(), want.String())
	}
	var regions []string
	e, err := LoadEach(&got, func(u *Unit) error { regions = append(regions, u.Region.Or("")); return nil })
	if err != nil || e.Tool != "t" || strings.Join(regions, " ") != "eu-west-1 us-east-1" {
		t.Errorf("read %v of %+v: %v", regions, e, err)
	}
	enough := errors.New("enough")
	if _, err := LoadEach(&want, func(*Unit) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("a reader that has enough is told %v", err)
	}
	if err := NewWriter(full{}, "t", 0).Text(strings.NewReader("{}")); err != nil {
		t.Errorf("before anything is flushed: %v", err)
	}
	if err := NewWriter(full{}, "t", 0).Close(); err == nil {
		t.Error("a full disk is no error")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

// Unread leaves what is known alone and gives all else one reason.
func TestUnreadSaysWhy(t *testing.T) {
	u := &Unit{}
	own, lost := u.Record(Provenance{Operation: "restorable:scope"}), u.Record(Provenance{Operation: "sts:AssumeRole", Code: "AccessDenied"})
	u.Account = KnownFact("111122223333", own)
	Unread(u, lost)
	if u.Account.Or("") != "111122223333" || u.Tables.IsWhole() || u.Tables.Whole.Source() != lost || u.Settings.OptIn.Source() != lost || !u.Settings.OptIn.IsUnknown() {
		t.Errorf("got %+v", u)
	}
	if n := UnknownBySource(u); len(n) != 1 || n[lost] < 10 {
		t.Errorf("unknown by source: %v", n)
	}
}
