package control

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/yamlfile"
)

//go:embed catalogue/*.yaml frameworks/*.yaml
var builtin embed.FS

// DefaultProfile is the set of controls that is asked when nothing else is said.
const DefaultProfile = "recoverability"

// Catalogue is a set of controls and of frameworks that map to them. It is read-only and may be shared between goroutines.
type Catalogue struct {
	language   *language
	controls   []*Control
	frameworks []*Framework
	mapped     map[string]map[string][]string // control -> framework -> requirements; made once, since every run asks
}

// Load reads the built-in controls and frameworks.
func Load() (*Catalogue, error) {
	l, err := newLanguage()
	if err != nil {
		return nil, err
	}
	ours := *l
	ours.trusted = true
	empty := &Catalogue{language: &ours}
	c, err := empty.extend(builtin, "catalogue", "frameworks", "")
	if err != nil {
		return nil, err
	}
	c.language = l
	for _, control := range c.controls {
		control.Builtin = true
	}
	return c, nil
}

// LoadDir returns the catalogue with a user's own controls added: every .yaml and .yml file of the folder, and frameworks in its
// subfolder "frameworks". The name stands before the files' names in messages. The error is a *LoadError with every mistake in every file,
// or says that the folder cannot be read.
func (c *Catalogue) LoadDir(fsys fs.FS, name string) (*Catalogue, error) {
	return c.extend(fsys, ".", "frameworks", name)
}

func (c *Catalogue) extend(fsys fs.FS, controls, frameworks, shown string) (*Catalogue, error) {
	out := &Catalogue{language: c.language, controls: slices.Clone(c.controls), frameworks: slices.Clone(c.frameworks)}
	var found []Mistake
	files, texts := 0, map[string][]byte{}
	err := eachFile(fsys, controls, shown, func(file string, text []byte) error {
		files++
		texts[file] = text
		control, err := out.language.parseControl(file, text)
		if err == nil {
			err = out.add(control, text)
		}
		return collectMistakes(&found, err)
	})
	if err != nil {
		return nil, err
	}
	out.strangers(texts, &found)
	if len(found) > 0 {
		return nil, yamlfile.Join(found) // frameworks would only complain about the controls that are missing now
	}
	out.sort()
	if err := eachFile(fsys, frameworks, shown, func(file string, text []byte) error {
		files++
		return collectMistakes(&found, out.addFramework(file, text))
	}); err != nil {
		return nil, err
	}
	if err := yamlfile.Join(found); err != nil {
		return nil, err
	}
	if files == 0 {
		return nil, fmt.Errorf("read controls in %s: %w", cmp.Or(shown, controls), ErrNoFiles)
	}
	out.mapped = out.turnAround(nil)
	return out, nil
}

// strangers notes what a user's controls say that they follow, and that is no control.
func (c *Catalogue) strangers(texts map[string][]byte, found *[]Mistake) {
	for _, k := range c.controls {
		for _, name := range k.Follows {
			if _, known := c.Control(name); known || k.Builtin {
				continue
			}
			m := newMistakes(k.File, texts[k.File])
			m.Add(k.followsAt, yamlfile.DidYouMean(name, c.names(digits(name))), "there is no control %s to follow", name)
			*found = append(*found, m.Found...)
		}
	}
}

// ErrNoFiles says that a folder of controls holds none: a mistyped folder must not look like one that asks nothing.
var ErrNoFiles = errors.New("no .yaml file there")

// collectMistakes keeps mistakes for later and returns any other error.
func collectMistakes(found *[]Mistake, err error) error {
	var load *LoadError
	if errors.As(err, &load) {
		*found = append(*found, load.Mistakes...)
		return nil
	}
	return err
}

// eachFile visits the YAML files of a folder by name. A folder "frameworks" that does not exist has no files.
func eachFile(fsys fs.FS, dir, shown string, visit func(file string, text []byte) error) error {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		if dir == "frameworks" {
			return nil
		}
		return fmt.Errorf("read controls in %s: %w", cmp.Or(shown, dir), err)
	}
	for _, e := range entries {
		ext := path.Ext(e.Name())
		if e.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		text, err := fs.ReadFile(fsys, path.Join(dir, e.Name()))
		if err != nil {
			return fmt.Errorf("read control file: %w", err)
		}
		if err := visit(path.Join(shown, dir, e.Name()), text); err != nil {
			return err
		}
	}
	return nil
}

// add takes a control in; an id may not be taken twice.
func (c *Catalogue) add(control *Control, text []byte) error {
	other, ok := c.Control(control.ID)
	if !ok {
		c.controls = append(c.controls, control)
		return nil
	}
	m := newMistakes(control.File, text)
	m.Add(control.place, "give it another id", "control %s exists already, in %s", control.ID, other.File)
	return m.Err()
}

// sort puts the worst severity first, then goes by id.
func (c *Catalogue) sort() {
	slices.SortFunc(c.controls, func(a, b *Control) int {
		return cmp.Or(cmp.Compare(b.Severity.Rank(), a.Severity.Rank()), cmp.Compare(a.ID, b.ID))
	})
}

// Controls lists all controls, worst severity first, then by id.
func (c *Catalogue) Controls() []*Control { return slices.Clone(c.controls) }

// Control returns a control by its id.
func (c *Catalogue) Control(id string) (*Control, bool) {
	i := slices.IndexFunc(c.controls, func(k *Control) bool { return k.ID == id })
	if i < 0 {
		return nil, false
	}
	return c.controls[i], true
}

// Profiles lists the names of all profiles, sorted: those that controls name, and the ids of the frameworks.
func (c *Catalogue) Profiles() []string {
	names := map[string]bool{}
	for _, control := range c.controls {
		for _, p := range control.Profiles {
			names[p] = true
		}
	}
	for _, f := range c.frameworks {
		names[f.ID] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// Selection says which controls to ask. All empty: the default profile, and users' own controls.
type Selection struct {
	Controls   []string // ids, or what other auditors call them; the whole catalogue is open to them
	Skip       []string // ids or aliases to leave out
	Frameworks []string // ids of frameworks: the controls that they map to, unless some are chosen by name; or names of profiles
	Profiles   []string
}

// SelectionError is a name that selects nothing.
type SelectionError struct {
	What string // control, framework or profile
	Name string
	Hint string // may be empty
}

func (e *SelectionError) Error() string {
	text := fmt.Sprintf("unknown %s %q", e.What, e.Name)
	if e.Hint != "" {
		text += ": " + e.Hint
	}
	return text
}

// Select returns the controls of a selection, in the catalogue's order. The error is a *SelectionError.
func (c *Catalogue) Select(s Selection) ([]*Control, error) {
	chosen, err := c.chosen(s)
	if err != nil {
		return nil, err
	}
	for _, name := range s.Skip {
		left, err := c.named(name)
		if err != nil {
			return nil, err
		}
		for _, k := range left {
			delete(chosen, k.ID)
		}
	}
	var out []*Control
	for _, control := range c.controls {
		if chosen[control.ID] {
			out = append(out, control)
		}
	}
	return out, nil
}

func (c *Catalogue) chosen(s Selection) (map[string]bool, error) {
	chosen := map[string]bool{}
	for _, name := range s.Controls {
		found, err := c.named(name)
		if err != nil {
			return nil, err
		}
		for _, k := range found {
			chosen[k.ID] = true
		}
	}
	for _, id := range s.Frameworks {
		if !slices.Contains(c.Profiles(), id) {
			return nil, &SelectionError{"framework", id, c.frameworkHint(id)}
		}
		if len(s.Controls) > 0 {
			continue // those alone: the framework says what they are asked for
		}
		if err := c.addProfile(id, chosen); err != nil {
			return nil, err
		}
	}
	profiles := s.Profiles
	if len(s.Controls)+len(s.Frameworks)+len(profiles) == 0 {
		profiles = []string{DefaultProfile}
		c.addOwn(chosen)
	}
	for _, name := range profiles {
		if err := c.addProfile(name, chosen); err != nil {
			return nil, err
		}
	}
	return chosen, nil
}

func (c *Catalogue) addOwn(chosen map[string]bool) {
	for _, k := range c.controls {
		if !k.Builtin {
			chosen[k.ID] = true
		}
	}
}

func (c *Catalogue) addProfile(name string, chosen map[string]bool) error {
	if !slices.Contains(c.Profiles(), name) {
		return &SelectionError{"profile", name, yamlfile.DidYouMean(name, c.Profiles())}
	}
	if f, ok := c.Framework(name); ok {
		maps.Copy(chosen, f.controlSet())
	}
	for _, k := range c.controls {
		if slices.Contains(k.Profiles, name) {
			chosen[k.ID] = true
		}
	}
	return nil
}

// named finds a control by id, or all that another auditor calls so.
func (c *Catalogue) named(name string) ([]*Control, error) {
	if k, ok := c.Control(strings.ToLower(name)); ok {
		return []*Control{k}, nil
	}
	var found []*Control
	for _, k := range c.controls {
		if k.HasAlias(name) {
			found = append(found, k)
		}
	}
	if len(found) == 0 {
		return nil, &SelectionError{"control", name, yamlfile.DidYouMean(name, c.names(digits(name)))}
	}
	return found, nil
}

// names are all that selects a control and that somebody may have meant: a name of another auditor's with another number in it is another
// question of his (CKV_AWS_47 is no CKV_AWS_28 with a slip in it).
func (c *Catalogue) names(number string) []string {
	var out []string
	for _, k := range c.controls {
		out = append(out, k.ID)
		for _, a := range k.Aliases {
			out = append(out, slices.DeleteFunc(slices.Clone(a.IDs), func(id string) bool { return digits(id) != number })...)
		}
	}
	return out
}

// digits are those in a name, in their order.
func digits(name string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, name)
}
