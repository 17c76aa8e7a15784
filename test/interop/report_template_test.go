package interop

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/cli"
)

// templateReport is the SARIF of templates with findings, one of them looked away from in the template itself.
func templateReport(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "templates.sarif")
	for name, text := range map[string]string{
		"my app.yaml": "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table # restorable:ignore deletion-protection reason=\"it's [rebuilt] nightly\" owner=o expires=" +
			time.Now().UTC().AddDate(0, 1, 0).Format(time.DateOnly) + "\n    Properties:\n      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7}\n",
		"é/main.tf": "resource \"aws_dynamodb_table\" \"orders\" {\n  name = \"orders\"\n  hash_key = \"id\"\n}\n",
	} {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	var errs bytes.Buffer
	args := []string{"scan", ".", "--fail-on", "none", "-o", "sarif=" + file}
	if code := cli.Run(t.Context(), args, os.Getenv, cli.Stdio{In: strings.NewReader(""), Out: io.Discard, Err: &errs}); code != 0 {
		t.Fatalf("scan ended with %d: %s", code, errs.Bytes())
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"uri":"my%20app.yaml"},"region":{"startLine":5,"startColumn":`, `"uri":"%C3%A9/main.tf"},"region":{"startLine":1,"startColumn":1}`, `"kind":"inSource"`, `"relatedLocations"`} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the report does not hold %s:\n%s", want, raw)
		}
	}
	return file
}
