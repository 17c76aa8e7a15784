package cli

import (
	"fmt"
	"io/fs"
	"os"
	"testing"
)

// TestTemplatesComeThroughPipes: a pipe gives its text once, and a template is looked at before it is read.
func TestTemplatesComeThroughPipes(t *testing.T) {
	if _, err := os.Stat("/dev/fd"); err != nil {
		t.Skip("this system names no open files")
	}
	const text = "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n"
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.WriteString(text); err != nil {
		t.Fatal(err)
	}
	w.Close()
	p, err := find([]string{fmt.Sprintf("/dev/fd/%d", r.Fd())})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Templates) != 1 {
		t.Fatalf("found %+v, want a template", p.Found)
	}
	for range 2 {
		got, err := fs.ReadFile(p.tree, p.Templates[0])
		if err != nil || string(got) != text {
			t.Errorf("read %q, %v", got, err)
		}
	}
}
