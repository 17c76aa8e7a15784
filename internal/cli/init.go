package cli

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/restorable/restorable/internal/config"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/spf13/cobra"
)

const initHelp = `Looks at the tables of live AWS, or of an estate file, and writes restorable.yaml: tiers guessed from
tags such as Environment or criticality and from how tables are protected today, with comments that say
what was seen. Beside it goes restorable.schema.json, by which editors complete and check the file.
Never writes to AWS, and never over a file that is there, unless --force says so.

  restorable init --region eu-west-1
  restorable init --from estate.json --out team/restorable.yaml`

// schemaFile is what editors find named in the first line of the configuration.
const schemaFile = "restorable.schema.json"

type initOptions struct {
	source sourceOptions
	out    string
	force  bool
}

func (a *app) initCommand() *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write restorable.yaml from what there is",
		Long:  initHelp,
		Args:  exactArgs(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := a.bounded(cmd)
			defer cancel()
			if err := a.liveOnly(o.source); err != nil {
				return err
			}
			return a.draftConfig(ctx, cmd, o)
		},
	}
	f := cmd.Flags()
	o.source.aws.register(f)
	f.StringArrayVar(&o.source.files, "from", nil, "estate `file` instead of live AWS")
	f.StringVar(&o.out, "out", config.DefaultName, "`file` to write; - is standard output")
	f.BoolVar(&o.force, "force", false, "write over files that are there")
	return cmd
}

func (a *app) draftConfig(ctx context.Context, cmd *cobra.Command, o initOptions) error {
	schema, err := config.Schema(settings(cmd.Root()))
	if err != nil {
		return err
	}
	if err := o.free(); err != nil { // before anything is read
		return err
	}
	es, err := a.obtain(ctx, o.source)
	if err != nil {
		return err
	}
	if cmd.Context().Err() != nil {
		return interrupted(cmd.Context().Err())
	}
	text := newDraft(es).text()
	if o.out == "-" {
		_, err := a.std.Out.Write(text)
		return err
	}
	beside := filepath.Join(filepath.Dir(o.out), schemaFile)
	if err := writeAside(o.out, text); err != nil {
		return err
	}
	if err := o.writeSchema(beside, schema); err != nil {
		return err
	}
	tables := 0
	for _, u := range es.Units {
		tables += len(u.Tables.Items)
	}
	a.note("%s written from %s; %s is for editors.", o.out, terminal.Count(tables, "table"), beside)
	a.note("Read it and change it: it is a guess. Then restorable objectives says what is missing.")
	if ctx.Err() != nil || problemsIn(es) {
		return ended(exitIncomplete)
	}
	return nil
}

// free refuses to write over what is there.
func (o initOptions) free() error {
	if o.force || o.out == "-" {
		return nil
	}
	if _, err := os.Lstat(o.out); !errors.Is(err, fs.ErrNotExist) {
		return misuse("--force writes over it; --out names another file; --out - prints it", "%s is there already", o.out)
	}
	return nil
}

// writeSchema leaves another file of that name alone.
func (o initOptions) writeSchema(name string, schema []byte) error {
	there, err := os.ReadFile(name)
	switch {
	case err == nil && bytes.Equal(there, schema):
		return nil
	case !o.force && !errors.Is(err, fs.ErrNotExist):
		return misuse("--force writes over it; restorable config schema prints the new one", "%s is there already, and differs", name)
	}
	return writeAside(name, schema)
}

// writeAside gives a file its name only when it is whole.
func writeAside(name string, text []byte) error {
	f, err := createAside(name)
	if err != nil {
		return misuse("choose another file with --out", "%v", err)
	}
	defer f.discard()
	if _, err := f.Write(text); err != nil {
		return unwritten(err)
	}
	if err := f.commit(); err != nil {
		return unwritten(err)
	}
	return nil
}
