package remedy

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// Schema is the JSON Schema (draft 2020-12) of the saved plan, made from the types themselves.
func Schema() ([]byte, error) {
	s := schemaMaker{defs: map[string]any{}}
	doc := s.object(reflect.TypeFor[Plan]())
	doc["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	doc["title"] = "restorable plan, version " + SchemaVersion
	doc["description"] = "A set of changes to one AWS account: for each the observed precondition, the call, its reason, cost and inverse. A plan that was edited is refused: digest is the sha256 of everything else."
	doc["$defs"] = s.defs
	doc["properties"].(map[string]any)["schema_version"] = map[string]any{"const": SchemaVersion}
	text, err := json.MarshalIndent(doc, "", "  ")
	return append(text, '\n'), err
}

type schemaMaker struct{ defs map[string]any }

// of describes a type as encoding/json writes it.
func (s schemaMaker) of(t reflect.Type) map[string]any {
	if t == reflect.TypeFor[estate.Instant]() {
		return map[string]any{"type": "string", "format": "date-time"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		return s.record(t)
	}
	return map[string]any{"type": "integer"}
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
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		member := s.of(f.Type)
		if !strings.Contains(options, "omitempty") {
			required = append(required, name)
			if k := f.Type.Kind(); k == reflect.Pointer || k == reflect.Slice || k == reflect.Map {
				member = map[string]any{"anyOf": []any{member, map[string]any{"type": "null"}}}
			}
		}
		properties[name] = member
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}
