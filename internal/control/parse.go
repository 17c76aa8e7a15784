package control

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/yamlfile"
)

var (
	idPattern        = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	parameterPattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	placeholder      = regexp.MustCompile(`\{([^{}]*)\}`)
)

// parseControl reads one control file. Everything wrong with it is in the *LoadError.
func (l *language) parseControl(file string, text []byte) (*Control, error) {
	read := text
	if l.trusted {
		read = question(text)
	}
	m := newMistakes(file, text)
	in, ok := m.control(read)
	if !ok {
		return nil, m.Err()
	}
	m.Only(in, "id", "title", "description", "severity", "level", "kind", "resource", "profiles", "aliases", "parameters", "applies",
		"passes", "reasons", "remedy", "follows", "even", "by_hand", "references", "base", "examples")
	c := &Control{File: file, place: in.Place}
	m.readHead(in, c)
	c.Parameters = m.parameters(in, c.Profiles)
	c.ByHand = m.byHand(in, c.Resource)
	c.examples = func() ([]Example, error) { return examplesIn(file, text, c) }
	if l.trusted {
		c.examples = sync.OnceValues(c.examples)
	} else {
		given := m.examples(in, c)
		c.examples = func() ([]Example, error) { return given, nil }
	}
	if slices.Contains(Types(), c.Resource) {
		if err := l.compileControl(m, in, c); err != nil {
			return nil, err
		}
	}
	return c, m.Err()
}

func (m *mistakes) control(text []byte) (mapping, bool) {
	root, ok := m.Document(text)
	if !ok {
		return mapping{}, false
	}
	return m.Mapping(root, "a control")
}

func (m *mistakes) readHead(in mapping, c *Control) {
	id := m.text(in, "id", true)
	if id.text != "" && !idPattern.MatchString(id.text) {
		m.Add(id.at, "lower-case words with dashes between them, for example my-control", "%s is no id", id.text)
	}
	c.ID = id.text
	c.Title = m.text(in, "title", true).text
	c.Description = oneLine(m.text(in, "description", true).text)
	c.Severity = Severity(m.choice(in, "severity", asStrings(Severities())))
	c.Kind = m.choice(in, "kind", []string{"preventative", "detective"})
	c.Resource = Type(m.choice(in, "resource", asStrings(Types())))
	c.Level = m.integer(in, "level")
	if _, given := in.Entries["level"]; given && c.Level != 1 && c.Level != 2 {
		m.Add(in.Keys["level"], "", "level is 1 or 2")
	}
	c.Profiles, c.References = m.texts(in, "profiles"), m.texts(in, "references")
	if remedy := m.text(in, "remedy", false); remedy.text != "" && !slices.Contains(Remedies(), remedy.text) {
		m.Add(remedy.at, cmp.Or(yamlfile.DidYouMean(remedy.text, Remedies()), "one of "+strings.Join(Remedies(), ", ")+"; or none: by_hand says what to do"), "there is no remedy %s", remedy.text)
	} else {
		c.Remedy = remedy.text
	}
	c.Follows, c.followsAt = m.texts(in, "follows"), in.Keys["follows"]
	c.Aliases = m.aliases(in)
	for _, n := range m.list(in, "even") {
		what := m.textNode(n, "even")
		if what.text != evenCreating && what.text != evenDrill {
			m.Add(what.at, "allowed: creating, drill", "%s is nothing that is set aside", what.text)
		}
		c.Even = append(c.Even, what.text)
	}
}

// Remedies are the ids of what a plan may propose, which a control may name.
func Remedies() []string {
	return []string{
		"opt-in", "advanced-features", "create-role", "create-vault", "create-plan", "assign-to-plan", "enable-pitr", "widen-pitr-window",
		"raise-plan-frequency", "raise-plan-retention", "add-copies", "deny-vault-deletion", "lock-vault", "notify-vault",
		"enable-deletion-protection", "encrypt-with-kms", "create-backup", "test-restores", "tag-tables", "mend-plan", "make-recoverable",
	}
}

func asStrings[S ~string](in []S) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (m *mistakes) aliases(in mapping) []Alias {
	sub := m.sub(in, "aliases")
	var out []Alias
	for _, peer := range sub.Order {
		out = append(out, Alias{Peer: peer, IDs: m.texts(sub, peer)})
	}
	return out
}

func (m *mistakes) parameters(in mapping, profiles []string) []Parameter {
	var out []Parameter
	seen := map[string]bool{}
	for _, n := range m.list(in, "parameters") {
		sub, ok := m.Mapping(n, "a parameter")
		if !ok {
			continue
		}
		m.Only(sub, "name", "type", "default", "description", "sets")
		name := m.text(sub, "name", true)
		switch {
		case name.text != "" && !parameterPattern.MatchString(name.text):
			m.Add(name.at, "lower-case words with underscores between them", "%s is no name of a parameter", name.text)
		case seen[name.text]:
			m.Add(name.at, "", "parameter %s is given twice", name.text)
		}
		seen[name.text] = true
		p := Parameter{Name: name.text, Type: ParameterType(m.choice(sub, "type", parameterTypes()))}
		p.Description = oneLine(m.text(sub, "description", true).text)
		if n, ok := sub.Entries["default"]; ok {
			p.Default = m.parameterValue(p, n)
		} else {
			m.Add(sub.Place, "", "member default is missing")
		}
		p.Sets = m.sets(sub, p, profiles)
		out = append(out, p)
	}
	return out
}

// sets reads what a parameter is where one of the control's profiles is asked for.
func (m *mistakes) sets(in mapping, p Parameter, profiles []string) map[string]any {
	sub := m.sub(in, "sets")
	if len(sub.Order) == 0 {
		return nil
	}
	out := map[string]any{}
	for _, name := range sub.Order {
		if !slices.Contains(profiles, name) {
			m.Add(sub.Keys[name], "profiles of the control: "+yamlfile.OneOf(profiles), "the control is not part of %s", name)
		}
		out[name] = m.parameterValue(p, sub.Entries[name])
	}
	return out
}

// parameterValue reads a value in the unit of its parameter.
func (m *mistakes) parameterValue(p Parameter, n ast.Node) any {
	if p.Type == ListParameter {
		list := []string{}
		for _, each := range m.listNode(n, p.Name) {
			list = append(list, m.textNode(each, p.Name).text)
		}
		return list
	}
	s := m.textNode(n, p.Name)
	value, err := p.parse(s.text)
	if err != nil && s.text != "" {
		m.Add(s.at, "", "%v", err)
	}
	return value
}

func (m *mistakes) byHand(in mapping, t Type) ByHand {
	if _, ok := in.Entries["by_hand"]; !ok {
		m.Add(in.Place, "", "member by_hand is missing")
		return ByHand{}
	}
	sub := m.sub(in, "by_hand")
	m.Only(sub, "commands", "console")
	out := ByHand{Console: m.text(sub, "console", true).text}
	known := placeholders(t)
	for _, n := range m.list(sub, "commands") {
		command := m.textNode(n, "commands")
		for _, found := range placeholder.FindAllStringSubmatch(command.text, -1) {
			if !slices.Contains(known, found[1]) {
				m.Add(command.at, "known: {"+strings.Join(known, "} {")+"}", "unknown placeholder {%s}", found[1])
			}
		}
		out.Commands = append(out.Commands, command.text)
	}
	if len(out.Commands) == 0 {
		m.Add(sub.Place, "", "member commands is missing or empty")
	}
	return out
}

func (l *language) compileControl(m *mistakes, in mapping, c *Control) error {
	s, err := l.scope(c.Resource, c.Parameters)
	if err != nil {
		return err
	}
	applies := m.text(in, "applies", false)
	if applies.node == nil {
		applies.text, applies.full = "true", "true"
	}
	c.Applies, c.applies = oneLine(applies.text), m.bool(s, applies)
	passes := m.text(in, "passes", true)
	if passes.text != "" {
		c.Passes, c.passes = strings.TrimSpace(passes.text), m.bool(s, passes)
	}
	return m.reasons(s, in, c, applies.text != "true")
}

func (m *mistakes) bool(s *scope, from source) program {
	p, _ := s.compile(m, from, cel.BoolType)
	return p
}

// reasonKeys are the members of reasons, with the verdict that each is for.
func reasonKeys() map[string]Verdict {
	return map[string]Verdict{"pass": Pass, "fail": Fail, "unknown": Unknown, "not_applicable": NotApplicable}
}

func (m *mistakes) reasons(s *scope, in mapping, c *Control, conditional bool) error {
	withText, err := s.withText()
	if err != nil {
		return err
	}
	if _, ok := in.Entries["reasons"]; !ok {
		m.Add(in.Place, "", "member reasons is missing")
		return nil
	}
	sub := m.sub(in, "reasons")
	m.Only(sub, "pass", "fail", "unknown", "not_applicable")
	c.Reasons, c.reasons = map[Verdict]string{}, map[Verdict]*template{}
	for key, verdict := range reasonKeys() {
		required := slices.Contains(possible(in), verdict) || verdict == NotApplicable && conditional
		from := m.text(sub, key, required)
		if from.node != nil && from.text != "" {
			c.Reasons[verdict], c.reasons[verdict] = oneLine(from.text), withText.template(m, from)
		}
	}
	return nil
}
