package report

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/terminal"
)

// A report that lacks what nobody looked at does not say that it could not be read, and one that shows only what is new does not say of the
// others that nothing is wrong with them.
func TestTheTableSaysWhatIsMissing(t *testing.T) {
	for _, row := range []struct {
		tail Tail
		want string
	}{
		{Tail{}, "because what they rest on was not looked at."},
		{Tail{Problems: []Problem{{Operation: "dynamodb:ListTables", Code: "AccessDeniedException"}}}, "because something could not be read."},
	} {
		if got := row.tail.incompleteness(); !strings.HasSuffix(got, row.want) {
			t.Errorf("%+v: %s", row.tail, got)
		}
	}
	var out bytes.Buffer
	w := &tableWriter{w: bufio.NewWriter(&out), o: TableOptions{Screen: terminal.Screen{Width: 80}}}
	orders := &group{resource: control.Resource{Type: control.TypeTable, Name: "orders"}, passed: []string{"table-status"}}
	w.clean([]*group{orders})
	orders.known = 1
	w.clean([]*group{orders})
	if err := w.w.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, "1 table without a finding") || !strings.Contains(got, "1 table without a new finding") {
		t.Error(got)
	}
}
