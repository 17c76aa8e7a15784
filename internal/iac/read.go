package iac

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/cfn"
)

// Options of a reading.
type Options struct {
	Parameters map[string]string // of CloudFormation templates, by name; AWS::Region and its like may be among them
}

// NotParsed is why a unit does not hold all that its templates declare: some could not be read.
const NotParsed = "NotParsed"

// Read makes one unit of all templates that were found: a plan of one selects tables of another, whatever language each is written in.
// mistakes are the templates that could not be read; the unit holds the others, and its list of tables says that it is short.
func Read(fsys fs.FS, found *Found, o Options) (u *estate.Unit, mistakes []error) {
	b := build.New()
	b.Unit.Reached = build.Known(b, true, build.Pos{})
	b.Unit.Home = build.Known(b, false, build.Pos{})
	files, mistakes := load(fsys, found.Templates)
	mistakes = append(mistakes, each(cfn.Read(b, files, cfn.Options{Parameters: o.Parameters}))...)
	if len(mistakes) > 0 {
		why := fmt.Sprintf("%s could not be read, the first is %v", count(len(mistakes)), mistakes[0])
		b.Unit.Tables.Whole = build.Unknown[bool](b, build.Pos{}, NotParsed, why)
	}
	return b.Unit, mistakes
}

func count(n int) string {
	if n == 1 {
		return "a template"
	}
	return fmt.Sprintf("%d templates", n)
}

// each takes joined errors apart.
func each(err error) []error {
	var joined interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &joined):
		return joined.Unwrap()
	}
	return []error{err}
}

func load(fsys fs.FS, names []string) (files []cfn.File, mistakes []error) {
	for _, name := range names {
		text, err := contents(fsys, name, cfn.MaxBytes)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		files = append(files, cfn.File{Name: name, Text: text})
	}
	return files, mistakes
}

// contents reads a byte more than the limit, for whoever parses it to say that it is too long.
func contents(fsys fs.FS, name string, most int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return text, nil
}
