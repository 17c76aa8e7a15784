package yamlfile

import "encoding/json"

// Document is a JSON Schema (draft 2020-12) of a file that people write, as editors take it.
func Document(title, description string, doc map[string]any) ([]byte, error) {
	doc["$schema"], doc["title"], doc["description"] = "https://json-schema.org/draft/2020-12/schema", title, description
	text, err := json.MarshalIndent(doc, "", "  ")
	return append(text, '\n'), err
}

// Described is a schema with a line of help, which editors show.
func Described(help string, schema map[string]any) map[string]any {
	schema["description"] = help
	return schema
}

// Object is the schema of a mapping that has these members and no others.
func Object(properties map[string]any, required ...string) map[string]any {
	o := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

// ListOf is the schema of a list.
func ListOf(items map[string]any) map[string]any {
	return map[string]any{"type": "array", "items": items}
}

// ScalarSchema is that of one value. Numbers and truths are read as the text that they are written in, such as the id of an account.
func ScalarSchema() map[string]any {
	return map[string]any{"type": []string{"string", "number", "boolean"}, "minLength": 1}
}
