package control

import (
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/yamlfile"
)

// Framework is a catalogue of requirements by somebody else, with the controls that help to meet them.
type Framework struct {
	ID           string
	Title        string
	Publisher    string
	Version      string
	URL          string
	Requirements []Requirement
	File         string
}

// Requirement is one requirement of a framework and the controls that answer it, in part.
type Requirement struct {
	ID       string
	Title    string // in our words
	People   string // what no machine can check of it, to be read after "no machine can check"; may be empty
	Mappings []Mapping
}

// Mapping says that a control helps to meet a requirement, and who says so.
type Mapping struct {
	Control string
	Sources []string // letters of the mappings read, or "restorable" for our own
	Reason  string   // why; always given where we are the source
}

// OwnSource marks a mapping that nobody else has published.
const OwnSource = "restorable"

// MappingSources names the published mappings by their letters.
func MappingSources() map[string]string {
	return map[string]string{
		"P":       "Prowler compliance files",
		"S":       "Steampipe AWS Compliance benchmarks",
		"G":       "AWS Guard rules registry mappings (AWS conformance packs)",
		"H":       "AWS Security Hub related requirements",
		"N":       "cdk-nag rule packs",
		OwnSource: "our own reading, with the reason given",
	}
}

func (f *Framework) controlSet() map[string]bool {
	out := map[string]bool{}
	for _, r := range f.Requirements {
		for _, m := range r.Mappings {
			out[m.Control] = true
		}
	}
	return out
}

// Frameworks lists all frameworks.
func (c *Catalogue) Frameworks() []*Framework { return slices.Clone(c.frameworks) }

// Framework returns a framework by its id.
func (c *Catalogue) Framework(id string) (*Framework, bool) {
	i := slices.IndexFunc(c.frameworks, func(f *Framework) bool { return f.ID == id })
	if i < 0 {
		return nil, false
	}
	return c.frameworks[i], true
}

func (c *Catalogue) frameworkHint(id string) string {
	ids := c.Profiles()
	if hint := yamlfile.DidYouMean(id, ids); hint != "" {
		return hint
	}
	return "known: " + yamlfile.OneOf(ids)
}

// RequirementsOf maps the ids of frameworks to the requirements that a control helps to meet.
func (c *Catalogue) RequirementsOf(control string) map[string][]string {
	return c.mappings(nil)[control]
}

// mappings turns the frameworks around: control -> framework -> requirements. With ids, only those frameworks.
func (c *Catalogue) mappings(only []string) map[string]map[string][]string {
	if only == nil {
		return c.mapped
	}
	return c.turnAround(only)
}

func (c *Catalogue) turnAround(only []string) map[string]map[string][]string {
	out := make(map[string]map[string][]string, len(c.controls))
	for _, k := range c.controls {
		out[k.ID] = map[string][]string{}
	}
	for _, f := range c.frameworks {
		if only != nil && !slices.Contains(only, f.ID) {
			continue
		}
		for _, r := range f.Requirements {
			for _, m := range r.Mappings {
				out[m.Control][f.ID] = append(out[m.Control][f.ID], r.ID)
			}
		}
	}
	return out
}

func (c *Catalogue) addFramework(file string, text []byte) error {
	m := newMistakes(file, text)
	root, ok := m.Document(text)
	if !ok {
		return m.Err()
	}
	in, ok := m.Mapping(root, "a framework")
	if !ok {
		return m.Err()
	}
	m.Only(in, "id", "title", "publisher", "version", "url", "requirements")
	f := &Framework{File: file, Title: m.text(in, "title", true).text, Publisher: m.text(in, "publisher", true).text,
		Version: m.text(in, "version", true).text, URL: m.text(in, "url", true).text}
	id := m.text(in, "id", true)
	f.ID = id.text
	if other, ok := c.Framework(f.ID); ok {
		m.Add(id.at, "", "framework %s exists already, in %s", f.ID, other.File)
	}
	for _, n := range m.list(in, "requirements") {
		f.Requirements = append(f.Requirements, c.requirement(m, n, f))
	}
	if len(f.Requirements) == 0 {
		m.Add(in.Place, "", "member requirements is missing or empty")
	}
	c.frameworks = append(c.frameworks, f)
	return m.Err()
}

func (c *Catalogue) requirement(m *mistakes, n ast.Node, f *Framework) Requirement {
	in, ok := m.Mapping(n, "a requirement")
	if !ok {
		return Requirement{}
	}
	m.Only(in, "id", "title", "people", "controls")
	id := m.text(in, "id", true)
	if slices.ContainsFunc(f.Requirements, func(r Requirement) bool { return r.ID == id.text }) {
		m.Add(id.at, "", "requirement %s is given twice", id.text)
	}
	out := Requirement{ID: id.text, Title: m.text(in, "title", true).text, People: oneLine(m.text(in, "people", false).text)}
	for _, each := range m.list(in, "controls") {
		out.Mappings = append(out.Mappings, c.mapping(m, each))
	}
	return out
}

func (c *Catalogue) mapping(m *mistakes, n ast.Node) Mapping {
	in, ok := m.Mapping(n, "a mapping")
	if !ok {
		return Mapping{}
	}
	m.Only(in, "control", "sources", "reason")
	control := m.text(in, "control", true)
	if _, known := c.Control(control.text); !known && control.text != "" {
		m.Add(control.at, yamlfile.DidYouMean(control.text, c.names(digits(control.text))), "there is no control %s", control.text)
	}
	out := Mapping{Control: control.text, Sources: m.texts(in, "sources"), Reason: oneLine(m.text(in, "reason", false).text)}
	if len(out.Sources) == 0 {
		m.Add(in.Place, "", "member sources is missing or empty")
	}
	for _, s := range out.Sources {
		if _, known := MappingSources()[s]; !known {
			m.Add(in.Place, "P, S, G, H, N or restorable", "%s is no source of mappings", s)
		}
	}
	if slices.Contains(out.Sources, OwnSource) && out.Reason == "" {
		m.Add(in.Place, "say in one line why the control helps to meet the requirement", "a mapping of our own needs a reason")
	}
	return out
}
