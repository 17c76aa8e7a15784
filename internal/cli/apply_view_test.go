package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/terminal"
)

// AWS names the thing in each denial: a hundred tables would be a hundred paragraphs about one permission.
func TestDenialsThatOnePermissionMendsAreOneMessage(t *testing.T) {
	var out bytes.Buffer
	denied := func(table, action string) resultLine {
		return resultLine{word: "failed", summary: "change " + table, reason: "AccessDeniedException: not on table/" + table + " (allow " + action + ")"}
	}
	lines := []resultLine{denied("orders", "dynamodb:UpdateTable"), denied("carts", "dynamodb:UpdateTable"), denied("carts", "dynamodb:TagResource")}
	(&app{}).resultLines(printer{w: &out, screen: terminal.Screen{Width: 80}}, lines)
	want := `  failed    change orders
  failed    change carts
            the first of them: AccessDeniedException: not on table/orders
              (allow dynamodb:UpdateTable)
  failed    change carts
            AccessDeniedException: not on table/carts (allow
              dynamodb:TagResource)
`
	if got := out.String(); strings.TrimRight(got, "\n") != strings.TrimRight(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
