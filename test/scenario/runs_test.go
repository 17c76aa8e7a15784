package scenario

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// damageCommand changes a byte in the second line of every journal below a folder: damage FOLDER.
func damageCommand(ts *testscript.TestScript, _ bool, args []string) {
	found := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "journal.jsonl" {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		at := bytes.IndexByte(text, '\n') + 10
		text[at] ^= 1
		found++
		return os.WriteFile(name, text, 0o600)
	}))
	if found == 0 {
		ts.Fatalf("no journal in %s", args[0])
	}
}
