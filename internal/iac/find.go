// Package iac makes one estate of what templates declare, whatever language they are written in. It tells files apart by their content,
// and walks folders.
package iac

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
)

// Kind is what a file was found to be.
type Kind uint8

// The kinds of files.
const (
	Other          Kind = iota
	Estate              // an estate file
	CloudFormation      // a template, YAML or JSON
	Terraform           // a file of a module, .tf or .tofu, or JSON of it
	TerraformPlan       // what terraform show -json writes
)

// Found are the files that paths lead to, each once, in the order of the paths and of their names.
type Found struct {
	Estates   []string
	Templates []string // CloudFormation
	Modules   []string // Terraform: folders in which, or beneath which, modules stand
	Plans     []string // Terraform: plans as JSON
	Only      []string // of the modules, the files that were named one by one: what others declare is not judged
	Closed    []error  // of folders, what could not be looked into: whether it holds templates is not known
}

// Declares reports whether there are templates.
func (f *Found) Declares() bool { return len(f.Templates)+len(f.Modules)+len(f.Plans) > 0 }

// NothingError is a path that leads to nothing.
type NothingError struct {
	Path   string
	Folder bool // it is a folder without templates and estate files; else there is no such path
}

func (e *NothingError) Error() string {
	if e.Folder {
		return e.Path + ": the folder holds no template and no estate file"
	}
	return e.Path + ": no such file or folder"
}

// KindError is a file that was named and is of no kind that is read.
type KindError struct{ Path string }

func (e *KindError) Error() string { return e.Path + ": neither a template nor an estate file" }

// Find looks at paths. Of folders it takes what it knows, at any depth; a file that is named itself must be of a known kind. An error is a
// *NothingError, a *KindError, or what fsys answers of a path that is named itself, or of all there is.
func Find(fsys fs.FS, paths []string) (*Found, error) {
	f := &finder{fsys: fsys, seen: map[string]bool{}, found: &Found{}}
	for _, name := range paths {
		if err := f.path(name); err != nil {
			return nil, err
		}
	}
	if len(f.found.Closed) > 0 && !f.found.Declares() {
		return nil, f.found.Closed[0]
	}
	f.found.Only = slices.DeleteFunc(f.found.Only, f.inWhole)
	for _, name := range f.found.Only {
		f.module(path.Dir(name))
	}
	return f.found, nil
}

type finder struct {
	fsys  fs.FS
	seen  map[string]bool // files that were looked at
	whole []string        // folders of which every file counts
	found *Found
}

func (f *finder) path(name string) error {
	name = path.Clean(name)
	info, err := fs.Stat(f.fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &NothingError{Path: name}
	case err != nil:
		return fmt.Errorf("look at %s: %w", name, err)
	case info.IsDir():
		return f.folder(name)
	}
	kind, err := f.kind(name)
	switch {
	case err != nil:
		return err
	case kind == Other:
		return &KindError{Path: name}
	case kind == Terraform:
		f.found.Only = append(f.found.Only, name)
	}
	f.take(name, kind)
	return nil
}

// folder walks. What version control, package managers and Terraform keep for themselves is left out.
func (f *finder) folder(root string) error {
	some, modules := false, false
	err := fs.WalkDir(f.fsys, root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && name == root:
			return fmt.Errorf("look into %s: %w", root, err)
		case err != nil:
			f.found.Closed = append(f.found.Closed, fmt.Errorf("look into %s: %w", name, err))
			return fs.SkipDir
		case d.IsDir():
			if name != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules") {
				return fs.SkipDir
			}
			return nil
		case !d.Type().IsRegular() || !promising(d.Name()):
			return nil
		}
		kind := f.kindWithin(name)
		if kind == Other {
			return nil
		}
		some = true
		if kind == Terraform {
			modules = true
		}
		f.take(name, kind)
		return nil
	})
	if err == nil && !some && len(f.found.Closed) == 0 {
		return &NothingError{Path: root, Folder: true}
	}
	if modules {
		f.whole = append(f.whole, root)
		f.module(root)
	}
	return err
}

// kindWithin tells the kind of a file of a folder. One that cannot be read is noted and left out.
func (f *finder) kindWithin(name string) Kind {
	kind, err := f.kind(name)
	if err != nil {
		f.found.Closed = append(f.found.Closed, err)
	}
	return kind
}

// module takes a folder once.
func (f *finder) module(dir string) {
	if !slices.Contains(f.found.Modules, dir) {
		f.found.Modules = append(f.found.Modules, dir)
	}
}

// inWhole reports whether a file is in a folder of which every file counts.
func (f *finder) inWhole(name string) bool {
	return slices.ContainsFunc(f.whole, func(root string) bool { return root == "." || strings.HasPrefix(name, root+"/") })
}

func (f *finder) take(name string, kind Kind) {
	if f.seen[name] {
		return
	}
	f.seen[name] = true
	switch kind {
	case Estate:
		f.found.Estates = append(f.found.Estates, name)
	case CloudFormation:
		f.found.Templates = append(f.found.Templates, name)
	case TerraformPlan:
		f.found.Plans = append(f.found.Plans, name)
	case Terraform, Other: // of modules, folders are taken
	}
}

// promising reports whether a file of a folder may be of a known kind, by its name.
func promising(name string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json", ".template", ".tf", ".tofu":
		return true
	}
	return false
}

// sniffed is how much of a file is looked at to tell its kind: CloudFormation's limit on a template, and more than stands before the
// telling members of the other kinds.
const sniffed = 1 << 20

// kind tells a file by its content; Terraform's own files by their names, as Terraform does.
func (f *finder) kind(name string) (Kind, error) {
	if bare := strings.TrimSuffix(name, ".json"); strings.HasSuffix(bare, ".tf") || strings.HasSuffix(bare, ".tofu") {
		return Terraform, nil
	}
	file, err := f.fsys.Open(name)
	if err != nil {
		return Other, fmt.Errorf("open %s: %w", name, err)
	}
	defer file.Close()
	head, err := io.ReadAll(io.LimitReader(file, sniffed))
	if err != nil {
		return Other, fmt.Errorf("read %s: %w", name, err)
	}
	return Tell(build.Text(head)), nil
}
