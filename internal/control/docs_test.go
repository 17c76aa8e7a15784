package control

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestDocs compares docs/controls with the catalogue; with UPDATE_DOCS set it writes them.
func TestDocs(t *testing.T) {
	dir := filepath.Join("..", "..", "docs", "controls")
	pages, err := catalogue(t).Docs()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE_DOCS") != "" {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range pages {
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("docs/controls/%s is out of date: run UPDATE_DOCS=1 go test ./internal/control -run TestDocs (%v)", name, err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if pages[e.Name()] == nil {
			t.Errorf("docs/controls/%s belongs to no control", e.Name())
		}
	}
}
