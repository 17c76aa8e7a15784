package access

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
)

// library parses each text once: roles that a tool made share theirs.
type library struct {
	kind  iampolicy.Kind
	texts map[string]*iampolicy.Document
}

func newLibrary(kind iampolicy.Kind) *library {
	return &library{kind: kind, texts: map[string]*iampolicy.Document{}}
}

// read is the document of a text; nil, which may say anything, when it is not known or cannot be understood.
func (l *library) read(text estate.Fact[string]) *iampolicy.Document {
	v, ok := text.Get()
	if !ok {
		return nil
	}
	doc, done := l.texts[v]
	if !done {
		doc, _ = iampolicy.Parse(l.kind, v) // what cannot be understood counts as not known
		l.texts[v] = doc
	}
	return doc
}

// Origin says where a policy of a principal comes from.
type Origin struct {
	Group  string // by way of this group; empty: the principal's own
	Policy string // the ARN of a managed policy, or the name of an inline one
	Inline bool
}

// The name of a policy within an evaluation is its origin, packed.
func (o Origin) pack() string {
	kind := "managed"
	if o.Inline {
		kind = "inline"
	}
	return kind + "\x00" + o.Group + "\x00" + o.Policy
}

func unpack(name string) Origin {
	parts := strings.SplitN(name, "\x00", 3)
	if len(parts) < 3 {
		return Origin{Policy: name}
	}
	return Origin{Inline: parts[0] == "inline", Group: parts[1], Policy: parts[2]}
}

// shelf holds the policies of an account.
type shelf struct {
	*library
	managed map[string]*estate.IAMPolicy
	groups  map[string]*estate.IAMGroup
	listed  bool // the lists of groups and policies are whole
}

func newShelf(u *estate.Unit) *shelf {
	s := &shelf{library: newLibrary(iampolicy.Identity), managed: map[string]*estate.IAMPolicy{}, groups: map[string]*estate.IAMGroup{}}
	for i := range u.Policies.Items {
		s.managed[u.Policies.Items[i].ID] = &u.Policies.Items[i]
	}
	for i := range u.Groups.Items {
		g := &u.Groups.Items[i]
		s.groups[g.Name.Or(g.ID)] = g
	}
	s.listed = u.Groups.IsWhole() && u.Policies.IsWhole()
	return s
}

// holder is what users, groups and roles have in common.
type holder struct {
	attached estate.Fact[[]string]
	inline   estate.List[estate.Inline]
	group    string
}

// policies of a holder. What was not read is a policy without a document.
func (s *shelf) policies(h holder) []iampolicy.Named {
	var out []iampolicy.Named
	for i := range h.inline.Items {
		p := &h.inline.Items[i]
		out = append(out, iampolicy.Named{Name: Origin{Group: h.group, Policy: p.ID, Inline: true}.pack(), Document: s.read(p.Text)})
	}
	for _, arn := range h.attached.Or(nil) {
		out = append(out, s.managedPolicy(arn, h.group))
	}
	if !h.inline.IsWhole() || h.attached.IsUnknown() {
		out = append(out, iampolicy.Named{Name: Origin{Group: h.group}.pack()})
	}
	return out
}

func (s *shelf) managedPolicy(arn, group string) iampolicy.Named {
	named := iampolicy.Named{Name: Origin{Group: group, Policy: arn}.pack()}
	if p := s.managed[arn]; p != nil {
		named.Document = s.read(p.Text)
	}
	return named
}

// userPolicies are a user's own and those of his groups.
func (s *shelf) userPolicies(u *estate.IAMUser) []iampolicy.Named {
	out := s.policies(holder{attached: u.Attached, inline: u.Inline})
	for _, name := range u.Groups.Or(nil) {
		g := s.groups[name]
		if g == nil {
			out = append(out, iampolicy.Named{Name: Origin{Group: name}.pack()})
			continue
		}
		out = append(out, s.policies(holder{attached: g.Attached, inline: g.Inline, group: name})...)
	}
	if u.Groups.IsUnknown() {
		out = append(out, iampolicy.Named{Name: Origin{}.pack()})
	}
	return out
}

// boundary is a permissions boundary; nil when there is none.
func (s *shelf) boundary(arn estate.Fact[string]) *iampolicy.Named {
	if arn.IsAbsent() {
		return nil
	}
	named := s.managedPolicy(arn.Or(""), "")
	return &named
}
