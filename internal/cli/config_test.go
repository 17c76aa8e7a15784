package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestThePublishedSchemaIsThatOfTheProgram(t *testing.T) {
	want, err := ConfigSchema()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("..", "..", "docs", "schemas", "config-v1.schema.json")
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s differs from what the program takes (%v): run go run ./tools/generate", file, err)
	}
}
