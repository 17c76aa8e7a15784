package evidence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Schema is the JSON Schema (draft 2020-12) of the predicate, made from the types themselves.
func Schema() ([]byte, error) {
	return describe(reflect.TypeFor[Drill](), map[string]any{"$id": PredicateType, "title": "restorable drill, version 1",
		"description": "The predicate of an in-toto statement: one restore of a DynamoDB table, done to prove that it works. It holds no item values."})
}

// VerificationSchema is the JSON Schema of what verify prints as JSON.
func VerificationSchema() ([]byte, error) {
	return describe(reflect.TypeFor[Verification](), map[string]any{"title": "restorable verification, version " + VerificationVersion,
		"description": "What restorable verify found out about an evidence file. Without a drill nothing in the file can be relied on."})
}

func describe(t reflect.Type, head map[string]any) ([]byte, error) {
	s := schemaMaker{defs: map[string]any{}}
	doc := s.object(t)
	maps.Copy(doc, head)
	doc["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	doc["$defs"] = s.defs
	text, err := json.MarshalIndent(doc, "", "  ")
	return append(text, '\n'), err
}

// conforms holds a predicate against the schema.
func conforms(predicate []byte) error {
	text, err := Schema()
	if err != nil {
		return fmt.Errorf("make schema: %w", err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("read schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(PredicateType, doc); err != nil {
		return fmt.Errorf("add schema: %w", err)
	}
	schema, err := c.Compile(PredicateType)
	if err != nil {
		return fmt.Errorf("compile schema: %w", err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(predicate))
	if err != nil {
		return fmt.Errorf("read predicate: %w", err)
	}
	return schema.Validate(value)
}

type schemaMaker struct{ defs map[string]any }

// enumerated is a type that has only so many values.
type enumerated interface{ Enum() []string }

// of describes a type as encoding/json writes it.
func (s schemaMaker) of(t reflect.Type) map[string]any {
	if t == reflect.TypeFor[estate.Instant]() {
		return map[string]any{"type": "string", "format": "date-time"}
	}
	if e, ok := reflect.Zero(t).Interface().(enumerated); ok && t.Kind() == reflect.String {
		return map[string]any{"type": "string", "enum": e.Enum()}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"type": "number", "minimum": 0}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem())}
	case reflect.Struct:
		return s.record(t)
	}
	return map[string]any{"type": "integer", "minimum": 0}
}

// record defines a type once and refers to it.
func (s schemaMaker) record(t reflect.Type) map[string]any {
	if _, done := s.defs[t.Name()]; !done {
		s.defs[t.Name()] = nil // taken, before its members are described
		s.defs[t.Name()] = s.object(t)
	}
	return map[string]any{"$ref": "#/$defs/" + t.Name()}
}

func (s schemaMaker) object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue // its members are those of the whole
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !strings.Contains(options, "omitempty") {
			required = append(required, name)
		}
		properties[name] = s.of(f.Type)
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}
