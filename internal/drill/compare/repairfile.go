package compare

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// RepairFile writes what Repair hands out: as JSON lines, or as a shell script for AWS CLI 2. Both are to be read before anybody runs them.
type RepairFile struct {
	w      io.Writer
	script bool
	region string
}

// RepairHead is the first line of a repair file in JSON lines.
type RepairHead struct {
	SchemaVersion string `json:"schema_version"`
	Tool          string `json:"tool"`
	Table         string `json:"table"`  // ARN of the one to be written to
	From          string `json:"from"`   // ARN of the one whose items are copied back
	Region        string `json:"region"` // of the table
	Warning       string `json:"warning"`
}

const repairWarning = "Nothing was written. Read each line: it replaces or deletes an item of the table, if the item is still what was seen. An attribute added meanwhile that neither table had is lost."

// NewRepairFile begins a file with what it is about.
func NewRepairFile(w io.Writer, script bool, head RepairHead) (*RepairFile, error) {
	f := &RepairFile{w: w, script: script, region: head.Region}
	head.SchemaVersion, head.Warning = "1", repairWarning
	if !script {
		return f, f.line(head)
	}
	_, err := fmt.Fprintf(w, "#!/bin/sh\n# Copies damaged items back by conditional writes. Made by %s.\n# table  %s\n# from   %s\n# %s\n"+
		"# A write whose item has changed meanwhile fails with ConditionalCheckFailedException and changes nothing; the others go on.\n"+
		"# For AWS CLI version 2. It holds items: keep it as you keep the table.\nfailed=0\nrequest=$(mktemp) || exit 1\ntrap 'rm -f \"$request\"' EXIT\n",
		comment(head.Tool), comment(head.Table), comment(head.From), repairWarning)
	return f, wrapped(err)
}

// Put writes one line or command.
func (f *RepairFile) Put(w Write) error {
	if !f.script {
		return f.line(w)
	}
	key, err := plainJSON(w.Key)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("\n# %s: %s\n", w.Why, comment(string(key)))
	command := map[string]string{"PutItem": "put-item", "DeleteItem": "delete-item"}[w.Operation]
	if command == "" {
		text += "# skipped: " + comment(w.Skipped) + "\n"
	} else {
		// The request is one line of JSON, which cannot be the line that ends it.
		text += fmt.Sprintf("cat > \"$request\" <<'REQUEST' || exit 1\n%s\nREQUEST\naws dynamodb %s --region %s --cli-binary-format base64 --cli-input-json \"file://$request\" || failed=1\n", w.Input, command, quoted(f.region))
	}
	_, err = io.WriteString(f.w, text)
	return wrapped(err)
}

// End ends the file. What was not looked at is said there too.
func (f *RepairFile) End(done Repaired) error {
	if !f.script {
		return f.line(map[string]Repaired{"summary": done})
	}
	text := "\nexit $failed\n"
	if done.Missing > 0 {
		text = fmt.Sprintf("\n# %d more items differ that are not in this file: compare again after it.\n", done.Missing) + text
	}
	_, err := io.WriteString(f.w, text)
	return wrapped(err)
}

func (f *RepairFile) line(v any) error {
	raw, err := plainJSON(v)
	if err != nil {
		return err
	}
	_, err = f.w.Write(append(raw, '\n'))
	return wrapped(err)
}

func wrapped(err error) error {
	if err != nil {
		return fmt.Errorf("write repair file: %w", err)
	}
	return nil
}

// comment keeps other people's text within its line.
func comment(text string) string {
	raw, err := json.Marshal(text) // escapes every line break, U+2028 too
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(strings.Trim(string(raw), `"`), `\"`, `"`)
}

// quoted makes a word of a shell.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
