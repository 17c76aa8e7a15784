// Command generate rewrites the files that are made from the program itself: schemas and reference pages.
// Run it from the repository's root: go run ./tools/generate.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/restorable/restorable/internal/cli"
	"github.com/restorable/restorable/internal/config"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

func main() {
	if err := generate("docs"); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(docs string) error {
	schema, err := estate.Schema()
	if err != nil {
		return err
	}
	if err := write(filepath.Join(docs, "schemas", "estate-v1.schema.json"), schema); err != nil {
		return err
	}
	if schema, err = remedy.Schema(); err != nil {
		return err
	}
	if err := write(filepath.Join(docs, "schemas", "plan-v1.schema.json"), schema); err != nil {
		return err
	}
	if schema, err = evidence.Schema(); err != nil {
		return err
	}
	if err := write(filepath.Join(docs, "schemas", "drill-v1.schema.json"), schema); err != nil {
		return err
	}
	if schema, err = evidence.VerificationSchema(); err != nil {
		return err
	}
	if err := write(filepath.Join(docs, "schemas", "verification-v1.schema.json"), schema); err != nil {
		return err
	}
	if schema, err = cli.ConfigSchema(); err != nil {
		return err
	}
	if err := write(filepath.Join(docs, "schemas", "config-v1.schema.json"), schema); err != nil {
		return err
	}
	return people(docs)
}

// people writes the schemas of the other files that people write.
func people(docs string) error {
	for name, of := range map[string]func() ([]byte, error){"ignore": config.IgnoreSchema, "control": control.FileSchema, "scenario": control.ScenarioSchema} {
		schema, err := of()
		if err != nil {
			return err
		}
		if err := write(filepath.Join(docs, "schemas", name+"-v1.schema.json"), schema); err != nil {
			return err
		}
	}
	return nil
}

func write(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}
