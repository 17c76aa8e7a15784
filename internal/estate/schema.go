package estate

import (
	"encoding/json"
	"reflect"
	"strings"
)

// Schema is the JSON Schema (draft 2020-12) of the estate file, made from the resource types themselves.
func Schema() ([]byte, error) {
	s := &schemaMaker{layouts: &layouts{}, defs: map[string]any{}}
	unit := s.record(reflect.TypeFor[Unit]())
	s.defs["unknown"] = object(map[string]any{"$unknown": source()}, "$unknown")
	s.defs["absent"] = object(map[string]any{"$absent": source()}, "$absent")
	doc := object(map[string]any{
		"schema_version": map[string]any{"const": Version},
		"tool":           map[string]any{"type": "string"},
		"collected_at":   instantSchema(),
		"units":          map[string]any{"type": "array", "items": unit},
	}, "schema_version", "units")
	doc["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	doc["title"] = "restorable estate file, version 1"
	doc["description"] = "What is known of AWS accounts in one Region each. A bare value is a known fact, null an absent one, a missing member was never looked at; $unknown says that one could not look. Numbers behind src, $src, $unknown and $absent are positions in the unit's provenance table."
	doc["$defs"] = s.defs
	text, err := json.MarshalIndent(doc, "", "  ")
	return append(text, '\n'), err
}

type schemaMaker struct {
	layouts *layouts
	defs    map[string]any
}

func object(properties map[string]any, required ...string) map[string]any {
	o := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

func source() map[string]any { return map[string]any{"type": "integer", "minimum": 0} }

func instantSchema() map[string]any { return map[string]any{"type": "string", "format": "date-time"} }

func ref(name string) map[string]any { return map[string]any{"$ref": "#/$defs/" + name} }

// record defines a record type once and refers to it.
func (s *schemaMaker) record(t reflect.Type) map[string]any {
	if _, done := s.defs[t.Name()]; done {
		return ref(t.Name())
	}
	s.defs[t.Name()] = nil // taken, before its members are described
	properties := map[string]any{"src": source()}
	for _, f := range s.layouts.of(t) {
		properties[f.name] = s.member(t.Field(f.index).Type, f.kind)
	}
	s.defs[t.Name()] = object(properties)
	return ref(t.Name())
}

func (s *schemaMaker) member(t reflect.Type, kind fieldKind) map[string]any {
	switch kind {
	case factField:
		return s.fact(t.Field(0).Type)
	case listField:
		return s.list(t.Field(0).Type.Elem())
	case recordField:
		return s.record(t)
	}
	return s.plain(t)
}

func (s *schemaMaker) fact(t reflect.Type) map[string]any {
	value := s.plain(t)
	own := object(map[string]any{"$src": source(), "$value": value}, "$src", "$value")
	return map[string]any{"anyOf": []any{value, map[string]any{"type": "null"}, ref("unknown"), ref("absent"), own}}
}

func (s *schemaMaker) list(element reflect.Type) map[string]any {
	items := map[string]any{"type": "array", "items": s.record(element)}
	wrapped := object(map[string]any{"src": source(), "whole": s.fact(reflect.TypeFor[bool]()), "count": source(), "items": items})
	return map[string]any{"anyOf": []any{items, wrapped}}
}

// plain describes a type that encoding/json writes.
func (s *schemaMaker) plain(t reflect.Type) map[string]any {
	if t == reflect.TypeFor[Instant]() {
		return instantSchema()
	}
	switch t.Kind() {
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.plain(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.plain(t.Elem())}
	case reflect.Struct:
		return s.structure(t)
	}
	return map[string]any{"type": "integer"}
}

func (s *schemaMaker) structure(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		properties[name] = s.plain(t.Field(i).Type)
		if !strings.Contains(options, "omitempty") {
			required = append(required, name)
		}
	}
	return object(properties, required...)
}
