// Package settings says what a table is set up with, and compares a restored table with its source: what AWS carries over, what has to be
// put back, what differs, what is lost, and what nobody knows.
package settings

import "github.com/restorable/restorable/internal/estate"

// Setting names one thing that a table is set up with.
type Setting string

// The settings, in the order in which they are shown. Those from Tags on are not carried over by a restore.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CreateBackup.html
const (
	Keys       Setting = "key schema"
	Attributes Setting = "attributes"
	Global     Setting = "global indexes"
	Local      Setting = "local indexes"
	Encryption Setting = "encryption"
	Billing    Setting = "billing"
	Tags       Setting = "tags"
	Policy     Setting = "resource policy"
	Class      Setting = "table class"
	Protection Setting = "deletion protection"
	Stream     Setting = "stream"
	PITR       Setting = "point-in-time recovery"
	Scaling    Setting = "auto scaling"
	Kinesis    Setting = "Kinesis destination"
	Insights   Setting = "Contributor Insights"
	Alarms     Setting = "alarms"
	TTL        Setting = "time to live"
	Replicas   Setting = "replicas"
)

// All lists the settings in their order.
func All() []Setting {
	return []Setting{Keys, Attributes, Global, Local, Encryption, Billing, Tags, Policy, Class, Protection, Stream, PITR, Scaling, Kinesis, Insights, Alarms, TTL, Replicas}
}

// Carried reports whether a restore by AWS brings the setting along by itself.
func (s Setting) Carried() bool {
	switch s {
	case Keys, Attributes, Global, Local, Encryption, Billing:
		return true
	}
	return false
}

// Completed lists the settings that are put back after a restore, in the order of putting: first what guards access, last what deletes.
func Completed() []Setting {
	return []Setting{Tags, Policy, Class, Protection, Stream, PITR, Scaling, Kinesis, Insights, Alarms, TTL}
}

// Value is what one setting is, as text that is equal for equal settings.
type Value struct {
	Text  string // for people; None when there is none
	Known bool
	Why   string // why it is not known
	same  string // what is compared: Text without the table's own name; empty stands for None
}

// None is the text of a setting that a table does not have.
const None = "none"

// Off reports whether the table is known not to have the setting.
func (v Value) Off() bool { return v.Known && v.same == "" }

// Settings are all settings of one table. The zero value knows nothing.
type Settings struct {
	Table    *estate.Table // nil: nothing is known
	values   map[Setting]Value
	strength strength
	key      string // ARN of the key; empty: AWS's own or unknown
}

// Value returns what is known of one setting.
func (s Settings) Value(name Setting) Value {
	if v, ok := s.values[name]; ok {
		return v
	}
	return Value{Why: "nothing says what it was"}
}

// Facts is what surrounds a table: whatever helps to say what its settings mean.
type Facts struct {
	// KeyManager is AWS or CUSTOMER for the key that encrypts the table; empty: not known.
	KeyManager string
	// Why explains a source of unknown facts; nil is no explanation.
	Why func(estate.Source) string
}

// Of reads a table's settings out of its facts. nil gives settings of which nothing is known.
func Of(t *estate.Table, f Facts) Settings {
	s := Settings{Table: t, values: map[Setting]Value{}}
	if t == nil {
		return s
	}
	if f.Why == nil {
		f.Why = func(estate.Source) string { return "" }
	}
	r := reader{t: t, f: f, name: t.Name.Or(""), arn: t.ARN.Or("")}
	for _, name := range All() {
		v := r.read(name)
		if v.Off() {
			v.Text = off(name)
		}
		s.values[name] = v
	}
	s.strength, s.key = r.strength(), t.KeyARN.Or("")
	return s
}

// off is how a setting reads that a table does not have.
func off(name Setting) string {
	switch name {
	case Class:
		return "STANDARD"
	case Protection, Stream, PITR, Insights, TTL:
		return "off"
	}
	return None
}
