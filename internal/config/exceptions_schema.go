package config

import "encoding/json"

// IgnoreSchema is the JSON Schema (draft 2020-12) of the ignore file. Which controls there are, and how far ahead a year is, no schema can say.
func IgnoreSchema() ([]byte, error) {
	doc := object(map[string]any{keyIgnore: described("findings to look away from, until a day", exceptionsSchema(muting()))})
	doc["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	doc["title"] = IgnoreName + ", version 1"
	doc["description"] = "Findings that are known and accepted for a while: which, who answers for it, why, and until when. They stay in every report, marked as muted."
	doc["type"] = []string{"object", "null"} // a file of comments alone
	doc["$defs"] = map[string]any{"scalar": scalarSchema()}
	text, err := json.MarshalIndent(doc, "", "  ")
	return append(text, '\n'), err
}

func exceptionsSchema(w wording) map[string]any {
	properties := selectorSchemas()
	properties["control"] = described("id of a control, or what other scanners call it, or several; * is every control", several(textSchema()))
	properties["resource"] = described("glob on the name of a resource of any type, or several", several(textSchema()))
	properties["owner"] = described("who answers for it", textSchema())
	properties[w.reason] = described(w.reasonHelp, textSchema())
	properties[w.until] = described("last day on which it holds, to the end of that day in UTC", map[string]any{"type": "string", "format": "date", "pattern": `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`})
	required := []string{"control", "owner", w.reason, w.until}
	if w.evidence {
		properties["evidence"] = described("where it can be seen: an address, a ticket, a document", textSchema())
		required = append(required, "evidence")
	}
	return map[string]any{"type": []string{"array", "null"}, "items": object(properties, required...)}
}
