package config

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/overlay"
	"github.com/restorable/restorable/internal/yamlfile"
)

// IgnoreName is the file of findings to look away from: it stands beside the configuration file.
const IgnoreName = "restorable.ignore.yaml"

// The members that hold exceptions: one of the ignore file, one of the configuration file.
const (
	keyIgnore = "ignore"
	keyAttest = "attestations"
)

// everyControl stands for all controls.
const everyControl = "*"

// Exceptions are what a file says about findings. Their controls are names as they are written until Resolve was called.
type Exceptions struct {
	List []overlay.Exception

	name  string
	text  []byte
	names [][]yamlfile.Place // of the names of controls
}

// ReadIgnore reads an ignore file. What is wrong in it comes as *yamlfile.Error, every mistake at once.
func ReadIgnore(name string) (*Exceptions, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read ignore file: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, yamlfile.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read ignore file: %w", err)
	}
	return ParseIgnore(name, text)
}

// ParseIgnore is ReadIgnore on text.
func ParseIgnore(name string, text []byte) (*Exceptions, error) {
	x := &Exceptions{name: name, text: text}
	r := &reader{File: yamlfile.New(name, text)}
	if !isText(text) {
		r.Add(yamlfile.Place{}, "", "this is not text")
		return nil, r.Err()
	}
	if bodies, ok := r.Documents(text); ok {
		r.ignores(x, bodies)
	}
	return x, r.Err()
}

func (r *reader) ignores(x *Exceptions, bodies []ast.Node) {
	for i, body := range filledBodies(bodies) {
		if i > 0 {
			r.Add(yamlfile.At(body), "put everything into one", "want one YAML document, found another")
			return
		}
		in, ok := r.Mapping(body, "the ignore file")
		if !ok {
			return
		}
		r.Only(in, keyIgnore)
		if n, ok := in.Entries[keyIgnore]; ok {
			r.exceptions(x, n, muting())
		}
	}
}

// wording is what the two kinds of exception call their members.
type wording struct {
	kind                                         overlay.Kind
	list, one, reason, until, reasonHelp, sample string
	evidence                                     bool
}

func muting() wording {
	return wording{kind: overlay.Mute, list: keyIgnore, one: "an entry", reason: "reason", until: "expires", reasonHelp: "say why the finding may be looked away from",
		sample: `one "- {control: pitr-window, table: 'staging-*', owner: …, reason: …, expires: 2026-12-31}" a line`}
}

func attesting() wording {
	return wording{kind: overlay.Attest, list: keyAttest, one: "an attestation", reason: "what", until: "until", reasonHelp: "say what is done instead", evidence: true,
		sample: `one "- {control: client-side-encryption, table: payments, what: …, evidence: …, owner: …, until: 2026-12-31}" a line`}
}

func (w wording) members() []string {
	out := []string{"control", "table", "resource", "tag", "account", "region", "owner", w.reason, w.until}
	if w.evidence {
		out = append(out, "evidence")
	}
	return out
}

func (r *reader) exceptions(x *Exceptions, n ast.Node, w wording) {
	if _, none := n.(*ast.NullNode); none {
		return
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.Add(yamlfile.At(n), w.sample, "%s must be a list, found %s", w.list, yamlfile.Describe(n))
		return
	}
	for _, item := range list.Values {
		if in, ok := r.Mapping(item, w.one); ok {
			r.exception(x, in, w)
		}
	}
}

func (r *reader) exception(x *Exceptions, in yamlfile.Mapping, w wording) {
	r.Only(in, w.members()...)
	e := overlay.Exception{Kind: w.kind, File: r.Name, Line: in.Place.Line, Col: in.Place.Column}
	names, nodes := r.controls(in, w)
	e.Controls = names
	var places []yamlfile.Place
	for _, n := range nodes {
		places = append(places, yamlfile.At(n))
	}
	of := r.selectors(in)
	e.Tables, e.Tags, e.Accounts, e.Regions = of.tables, of.tags, of.accounts, of.regions
	if n, ok := in.Entries["resource"]; ok {
		e.Resources = r.globs(n, "resource")
	}
	e.Owner = r.required(in, "owner", w.one, "name who answers for it")
	e.Reason = r.required(in, w.reason, w.one, w.reasonHelp)
	if w.evidence {
		e.Evidence = r.required(in, "evidence", w.one, "say where it can be seen: an address, a ticket, a document")
	}
	e.Until = r.lastDay(in, w)
	x.List, x.names = append(x.List, e), append(x.names, places)
}

func (r *reader) controls(in yamlfile.Mapping, w wording) ([]string, []ast.Node) {
	n, ok := in.Entries["control"]
	if !ok {
		r.Add(in.Place, "restorable controls list shows the ids", "%s must name a control", w.one)
		return nil, nil
	}
	names, nodes := r.texts(n, "control")
	if list, ok := n.(*ast.SequenceNode); ok && len(list.Values) == 0 {
		r.Add(yamlfile.At(n), "restorable controls list shows the ids", "control is an empty list")
	}
	if len(names) != 1 || names[0] != everyControl {
		return names, nodes
	}
	for _, key := range []string{"table", "resource", "tag"} {
		if _, narrowed := in.Entries[key]; narrowed {
			return nil, nil
		}
	}
	r.Add(yamlfile.At(nodes[0]), "say of which table, resource or tag", "every control of everything: nothing would be left to judge")
	return nil, nil
}

func (r *reader) required(in yamlfile.Mapping, key, what, hint string) string {
	n, ok := in.Entries[key]
	if !ok {
		r.Add(in.Place, hint, "%s must have the member %s", what, key)
		return ""
	}
	text, ok := r.text(n, key)
	if ok && strings.TrimSpace(text) == "" {
		r.Add(yamlfile.At(n), hint, "%s is blank", key)
		return ""
	}
	return text
}

// lastDay reads a day, the last one on which an exception holds.
func (r *reader) lastDay(in yamlfile.Mapping, w wording) time.Time {
	const hint = "write the last day on which it holds, as 2026-12-31"
	text := r.required(in, w.until, w.one, hint)
	if text == "" {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		r.Add(yamlfile.At(in.Entries[w.until]), hint, "%s: %s is no day", w.until, text)
	}
	return day
}

// Resolve puts ids in the place of the names of controls; find knows them, and guesses what was meant by one that it does not know.
// The error is a *yamlfile.Error.
func (x *Exceptions) Resolve(find func(name string) (ids []string, hint string)) error {
	m := yamlfile.New(x.name, x.text)
	for i := range x.List {
		var all []string
		for k, name := range x.List[i].Controls {
			ids, hint := find(name)
			if len(ids) == 0 {
				m.Add(x.names[i][k], hint, "there is no control %s", name)
			}
			all = append(all, ids...)
		}
		x.List[i].Controls = all
	}
	return m.Err()
}

// Refuse says that an exception cannot be, at its place.
func (x *Exceptions) Refuse(refused []*overlay.Exception, hint string, why func(*overlay.Exception) string) error {
	m := yamlfile.New(x.name, x.text)
	for _, e := range refused {
		m.Add(yamlfile.Place{Line: e.Line, Column: e.Col}, hint, "%s", why(e))
	}
	return m.Err()
}
