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
	failed, err := among(files, func(v control.Verdict, muted bool) bool { return v == control.Fail && !muted })
	return func(f control.Finding) bool { return failed[f.Fingerprint] }, err
}

// mutedIn are the fingerprints of what somebody looked away from in saved reports.
func mutedIn(files []string) (map[string]bool, error) {
	return among(files, func(_ control.Verdict, muted bool) bool { return muted })
}

// among collects the fingerprints of some findings of saved reports.
func among(files []string, of func(v control.Verdict, muted bool) bool) (map[string]bool, error) {
	found := map[string]bool{}
	for _, name := range files {
		list, err := readSaved(name)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			if of(x.Verdict, x.Muted) {
				found[x.Fingerprint] = true
			}
		}
	}
	return found, nil
}

type savedFinding struct {
	Verdict     control.Verdict `json:"verdict"`
	Muted       bool            `json:"muted"`
	Fingerprint string          `json:"fingerprint"`
}

func readSaved(name string) ([]savedFinding, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, &complaint{code: exitNothing, summary: name + ": " + plainCause(err), hint: "restorable scan -o json=" + name + " writes a report", err: err}
	}
	defer f.Close()
	var saved struct {
		SchemaVersion string         `json:"schema_version"`
		Findings      []savedFinding `json:"findings"`
	}
	if err := json.NewDecoder(f).Decode(&saved); err != nil {
		return nil, misuse("restorable scan -o json=FILE writes a report", "%s: not a JSON report: %v", name, err)
	}
	if saved.SchemaVersion != report.SchemaVersion || saved.Findings == nil {
		return nil, misuse("restorable scan -o json=FILE writes a report", "%s: not a report of this version", name)
	}
	return saved.Findings, nil
}
