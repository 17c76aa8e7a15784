package config

import (
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/yamlfile"
)

// Schema is the JSON Schema (draft 2020-12) of the configuration file: what editors complete and check. Names of tiers that a match
// may give, and what can never be reached, no schema can say.
func Schema(settings []Setting) ([]byte, error) {
	properties := map[string]any{
		keyTiers: yamlfile.Described("what tables need, by name", map[string]any{"type": "object", "propertyNames": map[string]any{"pattern": namePattern},
			"additionalProperties": map[string]any{"$ref": "#/$defs/tier"}}),
		keyMatch:      yamlfile.Described("which table is in which tier: the first match wins", map[string]any{"type": "array", "items": map[string]any{"$ref": "#/$defs/match"}}),
		keyDefault:    yamlfile.Described("tier of the tables that nothing matches", textSchema()),
		keyParameters: yamlfile.Described("values for parameters of controls, by control: what no tier sets", parametersSchema()),
		keyAttest:     yamlfile.Described("what is met by other means: shown as attested, apart from the verdict", exceptionsSchema(attesting())),
		keyAssume:     yamlfile.Described("what holds where templates are deployed, and what they do not declare", assumeSchema()),
	}
	for _, s := range settings {
		properties[s.Name] = yamlfile.Described(s.Help, s.schema())
	}
	doc := yamlfile.Object(properties)
	doc["type"] = []string{"object", "null"} // a file of comments alone
	doc["$defs"] = map[string]any{"tier": tierSchema(), "match": matchSchema(), "scalar": yamlfile.ScalarSchema()}
	return yamlfile.Document("restorable.yaml, version 1", "Settings of restorable, each named as its flag, and the tiers that say what tables need.", doc)
}

func (s Setting) schema() map[string]any {
	one := s.Kind.schema()
	if !s.List {
		return one
	}
	return map[string]any{"anyOf": []any{one, map[string]any{"type": "array", "items": s.Kind.schema()}}}
}

func (k Kind) schema() map[string]any {
	switch k {
	case Bool:
		return map[string]any{"type": "boolean"}
	case Whole:
		return map[string]any{"type": "integer"}
	case Number:
		return map[string]any{"type": "number"}
	case Duration:
		return map[string]any{"anyOf": []any{map[string]any{"const": 0}, map[string]any{"type": "string", "pattern": durationPattern}}}
	case Text:
	}
	return textSchema()
}

// textSchema is a value, defined once.
func textSchema() map[string]any { return map[string]any{"$ref": "#/$defs/scalar"} }

func boolSchema() map[string]any { return map[string]any{"type": "boolean"} }

func keysSchema() map[string]any {
	key := yamlfile.ScalarSchema()
	key["pattern"] = "^[^=]*$"
	return map[string]any{"type": "array", "items": key, "uniqueItems": true}
}

func spanSchema() map[string]any {
	return map[string]any{"type": "string", "pattern": objective.SpanPattern, "examples": []string{"5m", "24h", "35d"}}
}

func scenariosSchema() map[string]any {
	return map[string]any{"type": "array", "uniqueItems": true, "items": map[string]any{"enum": objective.Scenarios()}}
}

func encryptionSchema() map[string]any { return map[string]any{"enum": objective.Encryptions()} }

func accountSchema() map[string]any {
	return map[string]any{"anyOf": []any{
		map[string]any{"type": "string", "pattern": "^[0-9]{12}$"},
		map[string]any{"type": "integer", "minimum": 100000000000, "maximum": 999999999999},
	}}
}

func copiesSchema() map[string]any {
	place := yamlfile.Object(map[string]any{
		"region":  map[string]any{"type": "string", "pattern": regionPattern},
		"account": accountSchema(),
		"vault":   map[string]any{"type": "string", "pattern": vaultPattern},
	})
	place["minProperties"] = 1
	short := regionPattern[:len(regionPattern)-1] + "(:" + vaultPattern[1:len(vaultPattern)-1] + ")?$"
	return map[string]any{"type": "array", "uniqueItems": true, "items": map[string]any{"anyOf": []any{map[string]any{"type": "string", "pattern": short}, place}}}
}

func tierSchema() map[string]any {
	properties := map[string]any{}
	for _, m := range members() {
		properties[m.key] = yamlfile.Described(m.help, m.schema())
	}
	return yamlfile.Object(properties)
}

func matchSchema() map[string]any {
	properties := selectorSchemas()
	properties["tier"] = yamlfile.Described("one of tiers", textSchema())
	return yamlfile.Object(properties, "tier")
}

// several is one value, or a list of them.
func several(one map[string]any) map[string]any {
	return map[string]any{"anyOf": []any{one, map[string]any{"type": "array", "items": one, "minItems": 1, "uniqueItems": true}}}
}

// selectorSchemas are the members that choose tables.
func selectorSchemas() map[string]any {
	tags := map[string]any{"type": "object", "minProperties": 1, "additionalProperties": textSchema()}
	tag := yamlfile.Described("KEY=VALUE, several of them, or a mapping of keys to values; the value may be a glob; all must hold",
		several(map[string]any{"type": "string", "pattern": "^[^=]+=.+$"}))
	tag["anyOf"] = append(tag["anyOf"].([]any), tags)
	return map[string]any{
		"table":   yamlfile.Described("glob on the table's name, or several", several(textSchema())),
		"tag":     tag,
		"account": yamlfile.Described("id of 12 digits, or several", several(accountSchema())),
		"region":  yamlfile.Described("glob on the Region, or several", several(textSchema())),
	}
}
