package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/inline"
	"github.com/restorable/restorable/internal/overlay"
	"github.com/restorable/restorable/internal/terminal"
	"github.com/restorable/restorable/internal/yamlfile"
)

// hear adds the exceptions that templates carry, where they are wanted. What the ignore file says wins over them.
func (o *overlays) hear(c *control.Catalogue, files []inline.File, wanted bool) error {
	if len(files) == 0 || !wanted {
		return nil
	}
	heard, err := inline.Read(files)
	if err == nil {
		err = heard.Resolve(idsOf(c))
	}
	if err != nil {
		return badInline(err)
	}
	o.inline = heard
	o.set = overlay.NewSet(append(slices.Clone(o.written), heard.List...))
	return nil
}

func badInline(err error) error {
	var wrong *yamlfile.Error
	if !errors.As(err, &wrong) {
		return err
	}
	return &complaint{code: exitUsage, summary: terminal.Count(len(wrong.Mistakes), "mistake") + " in what templates say to restorable; nothing was judged",
		excerpt: wrong.Error(), hint: "mend it, or --inline-ignores=false goes on without it", err: err}
}

// tooFar refuses exceptions that would hold for more than a year.
func (o *overlays) tooFar(now estate.Instant) error {
	far := o.set.TooFar(overlay.Mute, now)
	if len(far) == 0 {
		return nil
	}
	const hint = "at most a year ahead: whoever answers for it looks at it again then"
	why := func(e *overlay.Exception) string {
		return fmt.Sprintf("expires %s is more than a year after %s", e.Day(), now.Time().Format("2006-01-02"))
	}
	inTemplates := func(e *overlay.Exception) bool { return e.Inline() }
	if written := slices.DeleteFunc(slices.Clone(far), inTemplates); len(written) > 0 {
		return badIgnore("", o.ignored.Refuse(written, hint, why))
	}
	return badInline(o.inline.Refuse(far, hint, why))
}

// maxSpoken bounds a file in which something may be said: larger ones are written by programs.
const maxSpoken = 4 << 20

// spoken are the files in which people may say something of what templates declare, by the names under which they are shown. Those that
// Terraform installed are other people's: they have no say.
func spoken(p *paths, units []*estate.Unit) ([]inline.File, error) {
	names := map[string]bool{}
	for _, name := range p.Templates {
		names[p.shown(name)] = true
	}
	for _, name := range modulesFiles(p) {
		names[p.shown(name)] = true
	}
	for _, u := range units {
		for i := range u.Declared {
			names[u.Declared[i].File] = true
		}
	}
	var out []inline.File
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if slices.Contains(strings.Split(name, "/"), ".terraform") {
			continue
		}
		text, err := smallFile(filepath.FromSlash(name))
		if err != nil {
			return nil, misuse("", "%v", err)
		}
		if inline.Speaks(text) {
			out = append(out, inline.File{Name: name, Text: text})
		}
	}
	return out, nil
}

// modulesFiles are the files of Terraform's modules that are judged, by their names in the tree.
func modulesFiles(p *paths) []string {
	out := slices.Clone(p.Only)
	parts := map[string]bool{}
	for _, name := range p.Only {
		parts[path.Dir(name)] = true
	}
	for _, module := range p.Modules {
		if parts[module] {
			continue
		}
		for _, ending := range []string{"/*.tf", "/*.tf.json", "/*.tofu", "/*.tofu.json"} {
			found, _ := fs.Glob(p.tree, globbed(module)+ending) // a pattern made of a quoted name is no bad one
			out = append(out, found...)
		}
	}
	return out
}

// globbed is a folder's name as a pattern that matches it alone.
func globbed(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}

// smallFile is the text of a file, nil where it is too large.
func smallFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil || info.Size() > maxSpoken {
		return nil, err
	}
	text, err := os.ReadFile(name)
	return build.Text(text), err
}

// inRepository is what a file is called from the root of the repository that the current folder is in; as it is called here where that is in
// none.
func inRepository(name string) string {
	here, err := os.Getwd()
	if err != nil {
		return name
	}
	full, err := filepath.Abs(filepath.FromSlash(name))
	if err != nil {
		return name
	}
	rest, err := filepath.Rel(topOf(here, here), full)
	if err != nil || !filepath.IsLocal(rest) {
		return name
	}
	return filepath.ToSlash(rest)
}
