// Package inline makes exceptions of what templates say about their own resources, by the rules of the ignore file: who looks away from what,
// why and until when. A mistake is never applied in part.
package inline

import (
	"bytes"
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/remark"
	"github.com/restorable/restorable/internal/overlay"
	"github.com/restorable/restorable/internal/yamlfile"
)

// File is a template, or a file of a Terraform module.
type File struct {
	Name string
	Text []byte
}

// Exceptions are those of all files. Their controls are names as they are written until Resolve was called.
type Exceptions struct {
	List []overlay.Exception

	names [][]word // of the names of controls
	files map[string]*yamlfile.File
}

// Read reads all files. What is wrong comes as *yamlfile.Error, every mistake at once; none of the exceptions then counts.
func Read(files []File) (*Exceptions, error) {
	x := &Exceptions{files: map[string]*yamlfile.File{}}
	for _, f := range files {
		for _, r := range remarksOf(f) {
			x.add(f, r)
		}
	}
	return x, x.err()
}

// Speaks is a quick look: a text without it holds no exceptions.
func Speaks(text []byte) bool {
	return bytes.Contains(text, []byte(strings.TrimSuffix(remark.Sign, ":")))
}

func remarksOf(f File) []remark.Remark {
	switch {
	case strings.HasSuffix(f.Name, ".tf"), strings.HasSuffix(f.Name, ".tofu"):
		return remark.OfTerraform(f.Name, f.Text)
	case strings.HasSuffix(f.Name, ".tf.json"), strings.HasSuffix(f.Name, ".tofu.json"):
		return remark.OfTerraformJSON(f.Name, f.Text)
	}
	return remark.OfCloudFormation(f.Name, f.Text)
}

// add reads one remark; one that does not speak to this program is passed over.
func (x *Exceptions) add(f File, r remark.Remark) {
	if x.files[f.Name] == nil {
		x.files[f.Name] = yamlfile.New(f.Name, f.Text)
	}
	in := &reader{file: x.files[f.Name], at: place(r.At)}
	var s said
	if r.Entry != nil {
		s = in.entry(r.Entry)
	} else if !in.comment(r.Text, &s) {
		return
	}
	if in.wrong {
		return
	}
	e, ok := in.exception(s)
	if !ok {
		return
	}
	e.Block = &overlay.Block{Name: r.Block.Name, File: r.Block.File, From: overlay.Place(place(r.Block.From)), To: overlay.Place(place(r.Block.To))}
	x.List, x.names = append(x.List, e), append(x.names, s.controls)
}

func place(p build.Pos) yamlfile.Place { return yamlfile.Place{Line: p.Line, Column: p.Column} }

func (x *Exceptions) err() error {
	var all []yamlfile.Mistake
	for _, f := range x.files {
		all = append(all, f.Found...)
	}
	return yamlfile.Join(all)
}

// Resolve puts ids in the place of the names of controls; find knows them, and guesses what was meant by one that it does not know.
// The error is a *yamlfile.Error.
func (x *Exceptions) Resolve(find func(name string) (ids []string, hint string)) error {
	for i := range x.List {
		e := &x.List[i]
		e.Controls = nil
		for _, name := range x.names[i] {
			if name.text == everyControl {
				continue
			}
			ids, hint := find(name.text)
			if len(ids) == 0 {
				x.files[e.File].Add(name.at, hint, "there is no control %s", name.text)
			}
			e.Controls = append(e.Controls, ids...)
		}
	}
	return x.err()
}

// Refuse says that exceptions cannot be, at their places.
func (x *Exceptions) Refuse(refused []*overlay.Exception, hint string, why func(*overlay.Exception) string) error {
	for _, e := range refused {
		x.files[e.File].Add(yamlfile.Place{Line: e.Line, Column: e.Col}, hint, "%s", why(e))
	}
	return x.err()
}
