package control

import "encoding/json"

// FileSchema is the JSON Schema (draft 2020-12) of a control file: what editors complete and check. What expressions may name, no schema can say.
func FileSchema() ([]byte, error) {
	reasons := object(map[string]any{"pass": reasonSchema(), "fail": reasonSchema(), "unknown": reasonSchema(), "not_applicable": reasonSchema()}, "unknown")
	parameter := object(map[string]any{
		"name": map[string]any{"type": "string", "pattern": parameterPattern.String()}, "type": map[string]any{"enum": parameterTypes()},
		"default": map[string]any{}, "description": scalar(),
		"sets": described("by profile of the control: the value where that one is asked for", map[string]any{"type": "object"}),
	}, "name", "type", "default", "description")
	properties := map[string]any{
		"id":          described("lower-case words with dashes between them", map[string]any{"type": "string", "pattern": idPattern.String()}),
		"title":       described("what is so when the control passes", scalar()),
		"description": described("why it matters: a sentence or two", scalar()),
		"severity":    described("how bad a FAIL is; info never counts for the exit code", map[string]any{"enum": Severities()}),
		"level":       described("1: everybody; 2: those who need more", map[string]any{"enum": []int{1, 2}}),
		"kind":        described("whether it prevents a loss or finds one", map[string]any{"enum": []string{"preventative", "detective"}}),
		"resource":    described("what it judges", map[string]any{"enum": Types()}),
		"profiles":    described("sets of controls that it belongs to", texts()),
		"aliases":     described("what other scanners call the same question", map[string]any{"type": "object", "additionalProperties": texts()}),
		"parameters":  described("thresholds, which an objective may set", list(parameter)),
		"applies":     described("CEL: whether the question is asked of a resource; left out: of each", scalar()),
		"passes":      described("CEL: true is PASS, false is FAIL, no answer is UNKNOWN", scalar()),
		"reasons":     described("a sentence for each verdict; what stands in braces is an expression", reasons),
		"remedy":      described("id of the remedy that would turn a FAIL into a PASS", scalar()),
		"follows":     described("ids of controls whose FAIL explains this one", texts()),
		"even":        described("what is judged although it is usually set aside", list(map[string]any{"enum": []string{evenCreating, evenDrill}})),
		"by_hand": described("how to check the same without this program", object(map[string]any{
			"commands": described("read-only AWS CLI commands", texts()), "console": described("path in the AWS console", scalar())}, "commands", "console")),
		"references": described("addresses of the pages that the control rests on", texts()),
		"base":       described("a unit that examples change", unitSchema()),
		"examples":   described("units with the verdict that they must lead to: PASS, FAIL and UNKNOWN each need one", list(exampleSchema())),
	}
	return document("restorable control, version 1", "One question that is asked of each resource of a type (docs/controls/writing-controls.md).",
		object(properties, "id", "title", "description", "severity", "level", "kind", "resource", "passes", "reasons", "by_hand", "references", "examples"))
}

// ScenarioSchema is the JSON Schema (draft 2020-12) of a scenario file.
func ScenarioSchema() ([]byte, error) {
	expectation := object(map[string]any{
		"control":  described("id of a control, or what other scanners call it", scalar()),
		"resource": described("id or name; may be left out where there is but one", scalar()),
		"account":  scalar(), "region": scalar(),
		"verdict": map[string]any{"enum": Verdicts()},
		"reason":  described("text that the reason must contain", scalar()),
	}, "control", "verdict")
	one := object(map[string]any{
		"name": scalar(), "unit": unitSchema(), "units": described("units of several accounts or Regions", list(unitSchema())),
		"change": changeSchema(), "forget": texts(), "parameters": map[string]any{"type": "object"},
		"expect": map[string]any{"type": "array", "items": expectation, "minItems": 1},
	}, "name", "expect")
	properties := map[string]any{
		"name":  described("what the file is about", scalar()),
		"base":  described("a unit, or a list of them, that cases change", map[string]any{"anyOf": []any{unitSchema(), list(unitSchema())}}),
		"cases": described("estates with what is expected of them", map[string]any{"type": "array", "items": one}),
	}
	return document("restorable scenario, version 1", "Tests of controls: fragments of an estate, and the verdicts that they must lead to (docs/controls/writing-controls.md).",
		object(properties, "name", "cases"))
}

func document(title, description string, doc map[string]any) ([]byte, error) {
	doc["$schema"], doc["title"], doc["description"] = "https://json-schema.org/draft/2020-12/schema", title, description
	text, err := json.MarshalIndent(doc, "", "  ")
	return append(text, '\n'), err
}

func described(help string, schema map[string]any) map[string]any {
	schema["description"] = help
	return schema
}

func object(properties map[string]any, required ...string) map[string]any {
	o := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

func list(items map[string]any) map[string]any {
	return map[string]any{"type": "array", "items": items}
}

// scalar: numbers and truths are read as the text that they are written in.
func scalar() map[string]any {
	return map[string]any{"type": []string{"string", "number", "boolean"}, "minLength": 1}
}

func texts() map[string]any { return list(scalar()) }

func reasonSchema() map[string]any {
	return described("a sentence with expressions in braces", scalar())
}

// unitSchema is that of the estate file, which stands beside this one.
func unitSchema() map[string]any { return map[string]any{"$ref": "estate-v1.schema.json#/$defs/Unit"} }

func changeSchema() map[string]any {
	return described("facts of the base to set, by their paths: plans.0.rules.0.vault", map[string]any{"type": "object"})
}

func exampleSchema() map[string]any {
	return object(map[string]any{
		"name": scalar(), "verdict": map[string]any{"enum": Verdicts()}, "resource": described("id or name of the resource in the unit", scalar()),
		"reason": described("text that the reason must contain", scalar()), "parameters": map[string]any{"type": "object"},
		"unit": unitSchema(), "change": changeSchema(), "forget": described("facts of the base to make unknown, by their paths", texts()),
	}, "name", "verdict", "resource")
}
