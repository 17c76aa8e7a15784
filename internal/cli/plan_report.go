package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"os"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/report"
)

// isReport tells a saved JSON report by how it begins. What cannot be read is left to whoever reads estate files: that says what is wrong.
func isReport(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 4096))
	return err == nil && bytes.Contains(head, []byte(`"schema_version"`)) && bytes.Contains(head, []byte(`"scope"`)) && bytes.Contains(head, []byte(`"started_at"`))
}

// failedIn returns which findings FAIL in saved reports; nil without any.
func failedIn(files []string) (func(control.Finding) bool, error) {
	if len(files) == 0 {
		return nil, nil
	}
	failed := map[string]bool{}
	for _, name := range files {
		if err := readFailed(name, failed); err != nil {
			return nil, err
		}
	}
	return func(f control.Finding) bool { return failed[f.Fingerprint] }, nil
}

func readFailed(name string, failed map[string]bool) error {
	f, err := os.Open(name)
	if err != nil {
		return &complaint{code: exitNothing, summary: name + ": " + plainCause(err), hint: "restorable scan -o json=" + name + " writes a report", err: err}
	}
	defer f.Close()
	var saved struct {
		SchemaVersion string `json:"schema_version"`
		Findings      []struct {
			Verdict     control.Verdict `json:"verdict"`
			Muted       bool            `json:"muted"`
			Fingerprint string          `json:"fingerprint"`
		} `json:"findings"`
	}
	if err := json.NewDecoder(f).Decode(&saved); err != nil {
		return misuse("restorable scan -o json=FILE writes a report", "%s: not a JSON report: %v", name, err)
	}
	if saved.SchemaVersion != report.SchemaVersion || saved.Findings == nil {
		return misuse("restorable scan -o json=FILE writes a report", "%s: not a report of this version", name)
	}
	for _, x := range saved.Findings {
		if x.Verdict == control.Fail && !x.Muted {
			failed[x.Fingerprint] = true
		}
	}
	return nil
}
