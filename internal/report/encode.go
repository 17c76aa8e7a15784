package report

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/terminal"
)

// encoder writes the JSON form of findings, to the byte as encoding/json would and harmless to look at. A report may have a million of them, and
// encoding/json takes longer over one than its control does.
type encoder struct {
	mapped map[string]mapping // by control: nearly all findings of one share theirs
}

// mapping is what a control is mapped to, and its JSON.
type mapping struct {
	of  map[string][]string
	raw []byte
}

// record is an entry and what may be asked of it only while it is looked at.
type record struct {
	Entry
	byHand  *byHand
	encoder *encoder
}

func (x *encoder) record(e Entry) *record { return &record{e, e.byHand(), x} }

// appendTo implements appender.
func (r *record) appendTo(to []byte) ([]byte, error) { return r.encoder.finding(to, r) }

// finding appends one entry; what a template does not know is null.
func (x *encoder) finding(to []byte, r *record) ([]byte, error) {
	o := object{to: append(to, '{')}
	o.string("control", r.Control)
	o.string("severity", string(r.Severity))
	o.string("verdict", string(r.Verdict))
	o.bool("muted", r.Muted)
	o.overlays(r.json())
	o.resource(&r.Resource)
	o.location("location", r.Location)
	o.some("address", r.Address)
	o.string("reason", r.Reason)
	o.evidence(r.Evidence)
	o.some("remedy", r.Remedy)
	o.byHand(r.byHand)
	x.frameworks(&o, &r.Finding)
	o.string("fingerprint", r.Fingerprint)
	switch {
	case len(r.Objectives) > 0:
		o.value("possible_objectives", r.Objectives)
	case r.Objectives == nil:
		o.some("objective", r.Objective)
	}
	return append(o.to, '}'), o.err
}

// frameworks are encoded once for all findings that share them.
func (x *encoder) frameworks(o *object, f *control.Finding) {
	known, ok := x.mapped[f.Control]
	if !ok || !same(known.of, f.Frameworks) {
		var all object
		all.to = append(all.to, '{')
		for _, id := range slices.Sorted(maps.Keys(f.Frameworks)) {
			all.value(id, f.Frameworks[id])
		}
		known = mapping{f.Frameworks, append(all.to, '}')}
		if x.mapped == nil {
			x.mapped = map[string]mapping{}
		}
		x.mapped[f.Control] = known
	}
	o.name("frameworks")
	o.to = append(o.to, known.raw...)
}

// same reports whether two maps are one. That they are the same address is enough: as long as one is kept, no other one comes to be there.
func same(a, b map[string][]string) bool {
	return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer()
}

// object appends the members of a JSON object; the first error stays.
type object struct {
	to  []byte
	err error
}

// name begins a member.
func (o *object) name(name string) {
	if last := len(o.to) - 1; o.to[last] != '{' {
		o.to = append(o.to, ',')
	}
	o.text(name)
	o.to = append(o.to, ':')
}

func (o *object) string(name, value string) {
	o.name(name)
	o.text(value)
}

// some is string for a member that is left out when it is empty.
func (o *object) some(name, value string) {
	if value != "" {
		o.string(name, value)
	}
}

// orNull is string for a member that is null when it is empty.
func (o *object) orNull(name, value string) {
	o.name(name)
	if value == "" {
		o.to = append(o.to, "null"...)
		return
	}
	o.text(value)
}

func (o *object) bool(name string, value bool) {
	o.name(name)
	o.to = strconv.AppendBool(o.to, value)
}

func (o *object) int(name string, value int) {
	o.name(name)
	o.to = strconv.AppendInt(o.to, int64(value), 10)
}

func (o *object) value(name string, v any) {
	o.name(name)
	o.any(v)
}

func (o *object) overlays(j overlaysJSON) {
	if j.Attested {
		o.bool("attested", true)
	}
	if j.Mute != nil {
		o.value("mute", j.Mute)
	}
	if j.Attestation != nil {
		o.value("attestation", j.Attestation)
	}
	o.some("baseline", string(j.Baseline))
}

func (o *object) resource(r *control.Resource) {
	o.name("resource")
	o.to = append(o.to, '{')
	o.string("type", string(r.Type))
	o.orNull("arn", r.ARN)
	o.string("name", r.Name)
	o.orNull("account", r.Account)
	o.orNull("region", r.Region)
	o.to = append(o.to, '}')
}

func (o *object) location(name string, l *control.Location) {
	if l == nil {
		return
	}
	o.name(name)
	o.to = append(o.to, '{')
	o.string("file", l.File)
	o.int("line", l.Line)
	if l.Column != 0 {
		o.int("column", l.Column)
	}
	o.to = append(o.to, '}')
}

func (o *object) byHand(h *byHand) {
	if h == nil {
		return
	}
	o.name("by_hand")
	o.to = append(o.to, '{')
	o.value("commands", h.Commands)
	o.string("console", h.Console)
	o.to = append(o.to, '}')
}

func (o *object) evidence(all []control.Evidence) {
	o.name("evidence")
	o.to = append(o.to, '[')
	for i := range all {
		if i > 0 {
			o.to = append(o.to, ',')
		}
		o.reading(&all[i])
	}
	o.to = append(o.to, ']')
}

func (o *object) reading(e *control.Evidence) {
	o.to = append(o.to, '{')
	o.string("fact", e.Fact)
	o.some("resource", e.Resource)
	o.string("state", e.State)
	o.value("value", e.Value)
	o.some("source", e.Source)
	if e.ObservedAt != 0 {
		o.value("observed_at", e.ObservedAt)
	}
	o.some("code", e.Code)
	o.some("message", e.Message)
	o.location("location", e.Location)
	o.to = append(o.to, '}')
}

// any appends a value: of the kinds that most evidence is of without a detour.
func (o *object) any(v any) {
	switch v := v.(type) {
	case nil:
		o.to = append(o.to, "null"...)
	case string:
		o.text(v)
	case bool:
		o.to = strconv.AppendBool(o.to, v)
	case int64:
		o.to = strconv.AppendInt(o.to, v, 10)
	case estate.Instant:
		o.text(v.String())
	case []string:
		o.texts(v)
	case map[string]string:
		o.named(v)
	default:
		o.marshalled(v)
	}
}

func (o *object) texts(list []string) {
	if list == nil {
		o.to = append(o.to, "null"...)
		return
	}
	o.to = append(o.to, '[')
	for i, s := range list {
		if i > 0 {
			o.to = append(o.to, ',')
		}
		o.text(s)
	}
	o.to = append(o.to, ']')
}

// named appends texts by their names, in order.
func (o *object) named(all map[string]string) {
	if all == nil {
		o.to = append(o.to, "null"...)
		return
	}
	o.to = append(o.to, '{')
	for _, name := range slices.Sorted(maps.Keys(all)) {
		o.string(name, all[name])
	}
	o.to = append(o.to, '}')
}

// text appends a string, byte by byte as long as nothing but quotes and backslashes stands for something else.
func (o *object) text(s string) {
	start, from := len(o.to), 0
	o.to = append(o.to, '"')
	for i := range len(s) {
		c := s[i]
		if itself(c) {
			continue
		}
		if c != '"' && c != '\\' {
			o.to = o.to[:start]
			o.marshalled(s)
			return
		}
		o.to = append(append(o.to, s[from:i]...), '\\')
		from = i
	}
	o.to = append(append(o.to, s[from:]...), '"')
}

// itself reports whether encoding/json and a terminal leave a character as it is, by a bit for each.
func itself(c byte) bool {
	const (
		low  uint64 = 0xffffffff_00000000 &^ (1<<'"' | 1<<'&' | 1<<'<' | 1<<'>')
		high uint64 = ^uint64(1<<('\\'-64) | 1<<(0x7f-64))
	)
	switch {
	case c < 64:
		return low>>c&1 == 1
	case c < 128:
		return high>>(c-64)&1 == 1
	}
	return false
}

func (o *object) marshalled(v any) {
	raw, err := json.Marshal(v)
	if o.err == nil {
		o.err = err
	}
	o.to = append(o.to, terminal.JSON(raw)...)
}
