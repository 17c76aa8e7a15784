package control

import "github.com/restorable/restorable/internal/yamlfile"

// FileSchema is the JSON Schema (draft 2020-12) of a control file: what editors complete and check. What expressions may name, no schema can say.
func FileSchema() ([]byte, error) {
	reasons := yamlfile.Object(map[string]any{"pass": reasonSchema(), "fail": reasonSchema(), "unknown": reasonSchema(), "not_applicable": reasonSchema()}, "unknown")
	parameter := yamlfile.Object(map[string]any{
		"name": map[string]any{"type": "string", "pattern": parameterPattern.String()}, "type": map[string]any{"enum": parameterTypes()},
		"default": map[string]any{}, "description": yamlfile.ScalarSchema(),
		"sets": yamlfile.Described("by profile of the control: the value where that one is asked for", map[string]any{"type": "object"}),
	}, "name", "type", "default", "description")
	properties := map[string]any{
		"id":          yamlfile.Described("lower-case words with dashes between them", map[string]any{"type": "string", "pattern": idPattern.String()}),
		"title":       yamlfile.Described("what is so when the control passes", yamlfile.ScalarSchema()),
		"description": yamlfile.Described("why it matters: a sentence or two", yamlfile.ScalarSchema()),
		"severity":    yamlfile.Described("how bad a FAIL is; info never counts for the exit code", map[string]any{"enum": Severities()}),
		"level":       yamlfile.Described("1: everybody; 2: those who need more", map[string]any{"enum": []int{1, 2}}),
		"kind":        yamlfile.Described("whether it prevents a loss or finds one", map[string]any{"enum": []string{"preventative", "detective"}}),
		"resource":    yamlfile.Described("what it judges", map[string]any{"enum": Types()}),
		"profiles":    yamlfile.Described("sets of controls that it belongs to", texts()),
		"aliases":     yamlfile.Described("what other scanners call the same question", map[string]any{"type": "object", "additionalProperties": texts()}),
		"parameters":  yamlfile.Described("thresholds, which an objective may set", yamlfile.ListOf(parameter)),
		"applies":     yamlfile.Described("CEL: whether the question is asked of a resource; left out: of each", yamlfile.ScalarSchema()),
		"passes":      yamlfile.Described("CEL: true is PASS, false is FAIL, no answer is UNKNOWN", yamlfile.ScalarSchema()),
		"reasons":     yamlfile.Described("a sentence for each verdict; what stands in braces is an expression", reasons),
		"remedy":      yamlfile.Described("id of the remedy that would turn a FAIL into a PASS", map[string]any{"enum": Remedies()}),
		"follows":     yamlfile.Described("ids of controls whose FAIL explains this one", texts()),
		"even":        yamlfile.Described("what is judged although it is usually set aside", yamlfile.ListOf(map[string]any{"enum": []string{evenCreating, evenDrill}})),
		"by_hand": yamlfile.Described("how to check the same without this program", yamlfile.Object(map[string]any{
			"commands": yamlfile.Described("read-only AWS CLI commands", texts()), "console": yamlfile.Described("path in the AWS console", yamlfile.ScalarSchema())}, "commands", "console")),
		"references": yamlfile.Described("addresses of the pages that the control rests on", texts()),
		"base":       yamlfile.Described("a unit that examples change", unitSchema()),
		"examples":   yamlfile.Described("units with the verdict that they must lead to: PASS, FAIL and UNKNOWN each need one", yamlfile.ListOf(exampleSchema())),
	}
	return yamlfile.Document("restorable control, version 1", "One question that is asked of each resource of a type (docs/controls/writing-controls.md).",
		yamlfile.Object(properties, "id", "title", "description", "severity", "level", "kind", "resource", "passes", "reasons", "by_hand", "references", "examples"))
}

// ScenarioSchema is the JSON Schema (draft 2020-12) of a scenario file.
func ScenarioSchema() ([]byte, error) {
	expectation := yamlfile.Object(map[string]any{
		"control":  yamlfile.Described("id of a control, or what other scanners call it", yamlfile.ScalarSchema()),
		"resource": yamlfile.Described("id or name; may be left out where there is but one", yamlfile.ScalarSchema()),
		"account":  yamlfile.ScalarSchema(), "region": yamlfile.ScalarSchema(),
		"verdict": map[string]any{"enum": Verdicts()},
		"reason":  yamlfile.Described("text that the reason must contain", yamlfile.ScalarSchema()),
	}, "control", "verdict")
	one := yamlfile.Object(map[string]any{
		"name": yamlfile.ScalarSchema(), "unit": unitSchema(), "units": yamlfile.Described("units of several accounts or Regions", yamlfile.ListOf(unitSchema())),
		"change": changeSchema(), "forget": texts(), "parameters": map[string]any{"type": "object"},
		"expect": map[string]any{"type": "array", "items": expectation, "minItems": 1},
	}, "name", "expect")
	properties := map[string]any{
		"name":  yamlfile.Described("what the file is about", yamlfile.ScalarSchema()),
		"base":  yamlfile.Described("a unit, or a list of them, that cases change", map[string]any{"anyOf": []any{unitSchema(), yamlfile.ListOf(unitSchema())}}),
		"cases": yamlfile.Described("estates with what is expected of them", map[string]any{"type": "array", "items": one}),
	}
	return yamlfile.Document("restorable scenario, version 1", "Tests of controls: fragments of an estate, and the verdicts that they must lead to (docs/controls/writing-controls.md).",
		yamlfile.Object(properties, "name", "cases"))
}

func texts() map[string]any { return yamlfile.ListOf(yamlfile.ScalarSchema()) }

func reasonSchema() map[string]any {
	return yamlfile.Described("a sentence with expressions in braces", yamlfile.ScalarSchema())
}

// unitSchema is that of the estate file, which stands beside this one.
func unitSchema() map[string]any { return map[string]any{"$ref": "estate-v1.schema.json#/$defs/Unit"} }

func changeSchema() map[string]any {
	return yamlfile.Described("facts of the base to set, by their paths: plans.0.rules.0.vault", map[string]any{"type": "object"})
}

func exampleSchema() map[string]any {
	return yamlfile.Object(map[string]any{
		"name": yamlfile.ScalarSchema(), "verdict": map[string]any{"enum": Verdicts()}, "resource": yamlfile.Described("id or name of the resource in the unit", yamlfile.ScalarSchema()),
		"reason": yamlfile.Described("text that the reason must contain", yamlfile.ScalarSchema()), "parameters": map[string]any{"type": "object"},
		"unit": unitSchema(), "change": changeSchema(), "forget": yamlfile.Described("facts of the base to make unknown, by their paths", texts()),
	}, "name", "verdict", "resource")
}
