package control

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
)

// Control is one question with a verdict for each resource of its type. Read-only once loaded.
type Control struct {
	ID          string
	Title       string
	Description string // why it matters: a sentence or two
	Severity    Severity
	Level       int    // 1 or 2
	Kind        string // preventative or detective
	Resource    Type
	Profiles    []string
	Aliases     []Alias // what other auditors call the same question
	Parameters  []Parameter
	Remedy      string   // id of the remedy; may be empty
	Follows     []string // ids of controls whose FAIL for the same resource makes this one's a mere consequence
	Even        []string
	ByHand      ByHand
	References  []string // addresses of the pages that the control rests on
	Applies     string   // CEL; "true" when the file gives none
	Passes      string   // CEL
	Reasons     map[Verdict]string
	File        string // where it was read
	Builtin     bool

	examples        func() ([]Example, error)
	applies, passes program
	reasons         map[Verdict]*template
	place           place
	followsAt       place
}

// Alias is another auditor's name for a control.
type Alias struct {
	Peer string // prowler, steampipe, config, security-hub, …
	IDs  []string
}

// Parameter is a threshold of a control. An objective may set it by its name.
type Parameter struct {
	Name        string
	Type        ParameterType
	Default     any            // time.Duration, int64, string or []string, by type
	Sets        map[string]any // by profile of the control: the value where that one is asked for; nil: the default everywhere
	Description string
}

// ParameterType says what a parameter holds, and its unit.
type ParameterType string

// The parameter types.
const (
	DurationParameter ParameterType = "duration" // time.Duration; written 90m, 24h, 7d
	DaysParameter     ParameterType = "days"     // int64, whole days; written 35d or 35
	IntParameter      ParameterType = "int"      // int64
	StringParameter   ParameterType = "string"
	ListParameter     ParameterType = "list" // []string
)

func parameterTypes() []string { return []string{"duration", "days", "int", "string", "list"} }

func (p Parameter) celType() *cel.Type {
	switch p.Type {
	case DurationParameter:
		return cel.DurationType
	case StringParameter:
		return cel.StringType
	case ListParameter:
		return cel.ListType(cel.StringType)
	}
	return cel.IntType
}

// Text shows a value of the parameter as a file would write it.
func (p Parameter) Text(value any) string {
	switch v := value.(type) {
	case time.Duration:
		return durationText(v)
	case int64:
		if p.Type == DaysParameter {
			return daysText(v)
		}
		return intText(v)
	case []string:
		return strings.Join(v, ", ")
	case string:
		return v
	}
	return ""
}

// Defaults shows the values of a parameter that nobody sets: "none; Security, Environment in aws-best-practices".
func (p Parameter) Defaults() string {
	text := cmp.Or(p.Text(p.Default), "none")
	for _, name := range slices.Sorted(maps.Keys(p.Sets)) {
		text += "; " + p.Text(p.Sets[name]) + " in " + name
	}
	return text
}

// ByHand says how to check the same thing without us.
type ByHand struct {
	Commands []string // read-only AWS CLI commands, with placeholders such as {table.name}, {plan.id} and {region}
	Console  string   // path in the AWS console
}

// Example is a unit with the verdict that the control must give for one of its resources. Tests run all of them.
type Example struct {
	Name       string
	Unit       json.RawMessage // an estate unit: a bare value is a known fact, null is absent, what is missing is unknown
	Resource   string          // id, or name, of the resource in the unit
	Parameters map[string]any
	Verdict    Verdict
	Reason     string // when not empty, the reason must contain it
	place      place
}

// What a control may judge although it is usually set aside.
const (
	evenCreating = "creating" // tables that are being created
	evenDrill    = "drill"    // tables that a drill restored
)

func (c *Control) judges(what string) bool { return slices.Contains(c.Even, what) }

// HasAlias reports whether another auditor calls the control so; the peer's name may stand before it, as in "prowler:…". AWS Config alone has
// two names for each rule, dynamodb-pitr-enabled and DYNAMODB_PITR_ENABLED: case, and which of the two marks joins the words, do not count.
func (c *Control) HasAlias(id string) bool {
	id = plainName(id)
	for _, a := range c.Aliases {
		for _, known := range a.IDs {
			if known = plainName(known); id == known || id == plainName(a.Peer)+":"+known {
				return true
			}
		}
	}
	return false
}

func plainName(id string) string { return strings.ReplaceAll(strings.ToLower(id), "_", "-") }
