package inline

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/overlay"
	"github.com/restorable/restorable/internal/yamlfile"
)

// table is a template with one line within its table's block.
func table(line string) File {
	return File{"a.yaml", []byte("Resources:\n  Orders:\n    " + line + "\n    Type: AWS::DynamoDB::Table\n")}
}

func TestAnExceptionIsReadWhole(t *testing.T) {
	want := overlay.Exception{Kind: overlay.Mute, Controls: []string{"pitr-window", "plan-retention"}, Owner: "jane@example.com", Reason: `rebuilt "nightly"`, File: "a.yaml", Line: 3, Col: 5}
	for _, f := range []File{
		table(`# restorable:ignore pitr-window,plan-retention reason="rebuilt \"nightly\"" owner=jane@example.com expires=2026-12-31`),
		table(`#restorable: ignore pitr-window plan-retention owner='jane@example.com', expires="2026-12-31" reason='rebuilt "nightly"'`),
		{"a.yaml", []byte(`{"Resources": {
  "Orders":{"Metadata":
     {"restorable": {"ignore": [
    {"control": ["pitr-window", "plan-retention"], "reason": "rebuilt \"nightly\"", "owner": "jane@example.com", "expires": "2026-12-31"}]}}}}}`)},
	} {
		x, err := Read([]File{f})
		if err != nil || len(x.List) != 1 {
			t.Errorf("%s\ngives %v, %v", f.Text, x.List, err)
			continue
		}
		got := x.List[0]
		if got.Block == nil || got.Block.Name != "Orders" || got.Block.File != "a.yaml" || got.Day() != "2026-12-31" {
			t.Errorf("%s\nholds for %+v until %s", f.Text, got.Block, got.Day())
		}
		got.Block, got.Until = nil, want.Until
		want.Line = got.Line // that of JSON is another
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Errorf("got\n%+v\nwant\n%+v", got, want)
		}
	}
}

func TestCommentsOfTerraformAreReadAlike(t *testing.T) {
	for _, comment := range []string{"# restorable:ignore * reason=x owner=o expires=2026-12-31", "// restorable:ignore * reason=x owner=o expires=2026-12-31",
		"/* restorable:ignore *\n reason=x\n owner=o expires=2026-12-31 */", "/*restorable:ignore * reason=x owner=o expires=2026-12-31*/"} {
		x, err := Read([]File{{"main.tf", []byte("resource \"aws_dynamodb_table\" \"orders\" {\n" + comment + "\n}\n")}})
		if err != nil || len(x.List) != 1 || x.List[0].Owner != "o" || x.List[0].Reason != "x" || x.List[0].Day() != "2026-12-31" || x.List[0].Block.Name != "aws_dynamodb_table.orders" {
			t.Errorf("%s gives %+v, %v", comment, x.List, err)
			continue
		}
		if err := x.Resolve(nil); err != nil || len(x.List[0].Controls) != 0 {
			t.Errorf("%s is about %v, %v", comment, x.List[0].Controls, err)
		}
	}
}

func TestWhatDoesNotSpeakToUsIsPassedOver(t *testing.T) {
	for _, line := range []string{"# keep", "# see restorable: it says more", "# the tag restorable:drill marks drills", "# restorable:drill marks drills", "# restorable: as it is", `X: "# restorable:ignore"`} {
		if x, err := Read([]File{table(line)}); err != nil || len(x.List) > 0 {
			t.Errorf("%s gives %v, %v", line, x.List, err)
		}
	}
}

func TestMistakesAreShownWhereTheyStand(t *testing.T) {
	const rest = ` reason=r owner=o expires=2026-12-31`
	for _, row := range []struct{ line, want string }{
		{"# restorable:ignore" + rest, "a.yaml:3:5: an exception must name a control"},
		{"# restorable:ignore c owner=o expires=2026-12-31", "a.yaml:3:5: an exception must have the member reason"},
		{"# restorable:ignore c reason=r expires=2026-12-31", "a.yaml:3:5: an exception must have the member owner"},
		{"# restorable:ignore c reason=r owner=o", "a.yaml:3:5: an exception must have the member expires"},
		{"# restorable:ignore c reason=r owner=o expires=2026-02-30", "a.yaml:3:52: expires: 2026-02-30 is no day"},
		{"# restorable:ignore c reason=r owner=o expires=", "a.yaml:3:52: expires is empty"},
		{"# restorable:ignore c reason=rebuilt nightly owner=o expires=2026-12-31", "a.yaml:3:42: nightly stands alone"},
		{"# restorable:ignore c reason='r owner=o expires=2026-12-31", "a.yaml:3:27: the quote of reason is not closed"},
		{"# restorable:ignore c" + rest + " reason=s", "a.yaml:3:63: reason is given twice"},
		{"# restorable:ignore c" + rest + " expiry=s", "a.yaml:3:63: unknown member expiry"},
		{"# restorable:ignore c,*" + rest, "a.yaml:3:5: * is every control, and stands alone"},
		{"# restorable:ingore c" + rest, "a.yaml:3:5: unknown command restorable:ingore"},
		{"# restorable:skip c" + rest, "a.yaml:3:5: unknown command restorable:skip"},
		{"# é TODO restorable:ignore c" + rest, "a.yaml:3:5: restorable:ignore must begin its comment"},
		{"é: 1 # restorable:ignore c reason=ü owner=o expires=x", "a.yaml:3:57: expires: x is no day"},
		{"Metadata: {restorable: {ignore: [{control: c, reason: r, owner: o, expires: x}]}}", "a.yaml:3:81: expires: x is no day"},
		{"Metadata: {restorable: {ignore: [{control: {a: b}}]}}", "a.yaml:3:39: control is a text"},
		{"Metadata: {restorable: {ignore: [{control: c, reason: [a, b], owner: o, expires: 2026-12-31}]}}", "a.yaml:3:51: reason is one text"},
	} {
		_, err := Read([]File{table(row.line)})
		var wrong *yamlfile.Error
		if !errors.As(err, &wrong) || len(wrong.Mistakes) > 2 {
			t.Errorf("%s: got %v", row.line, err)
			continue
		}
		if got, _, _ := strings.Cut(wrong.Mistakes[0].Error(), "\n"); got != row.want {
			t.Errorf("%s: got %q, want %q", row.line, got, row.want)
		}
	}
}

func TestMistakesOfAllFilesComeAtOnce(t *testing.T) {
	one := table("# restorable:ignore c reason=r owner=o")
	other := File{"main.tf", []byte("# restorable:ignore c reason=r owner=o\n")}
	_, err := Read([]File{one, other})
	var wrong *yamlfile.Error
	if !errors.As(err, &wrong) || len(wrong.Mistakes) != 2 || wrong.Mistakes[0].File != "a.yaml" || wrong.Mistakes[1].File != "main.tf" {
		t.Errorf("got %v", err)
	}
}

func TestControlsMustBeThere(t *testing.T) {
	x, err := Read([]File{table("# restorable:ignore CKV_AWS_28, nosuch reason=r owner=o expires=2026-12-31")})
	if err != nil {
		t.Fatal(err)
	}
	err = x.Resolve(func(name string) ([]string, string) {
		if name == "CKV_AWS_28" {
			return []string{"point-in-time-recovery"}, ""
		}
		return nil, "did you mean such?"
	})
	var wrong *yamlfile.Error
	if !errors.As(err, &wrong) || !strings.HasPrefix(wrong.Mistakes[0].Error(), "a.yaml:3:37: there is no control nosuch\n") {
		t.Errorf("got %v", err)
	}
	if got := x.List[0].Controls; len(got) != 1 || got[0] != "point-in-time-recovery" {
		t.Errorf("about %v", got)
	}
}

func FuzzCommentsAreExceptionsOrMistakes(f *testing.F) {
	for _, text := range []string{"# restorable:ignore c reason=\"a\\\"b\" owner=o expires=2026-12-31", "/* restorable:ignore =", "# restorable:ignore ,,= '", "// restorable:ignore c=\"", "# restorable: ignore"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x, err := Read([]File{{"main.tf", []byte("resource \"a\" \"b\" {\n" + text + "\n}\n")}, table(text)})
		if err == nil {
			for _, e := range x.List {
				if len(e.Controls) == 0 || e.Owner == "" || e.Reason == "" || e.Until.IsZero() || e.Line < 1 {
					t.Fatalf("%q is taken as %+v", text, e)
				}
			}
			return
		}
		var wrong *yamlfile.Error
		if !errors.As(err, &wrong) {
			t.Fatalf("%q: %v", text, err)
		}
		for _, m := range wrong.Mistakes {
			if m.Line < 1 || m.Column < 1 {
				t.Fatalf("%q has a mistake at %d:%d", text, m.Line, m.Column)
			}
		}
	})
}
