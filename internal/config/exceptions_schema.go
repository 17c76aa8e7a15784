package config

import "github.com/restorable/restorable/internal/yamlfile"

// IgnoreSchema is the JSON Schema (draft 2020-12) of the ignore file. Which controls there are, and how far ahead a year is, no schema can say.
func IgnoreSchema() ([]byte, error) {
	doc := yamlfile.Object(map[string]any{keyIgnore: yamlfile.Described("findings to look away from, until a day", exceptionsSchema(muting()))})
	doc["type"] = []string{"object", "null"} // a file of comments alone
	doc["$defs"] = map[string]any{"scalar": yamlfile.ScalarSchema()}
	return yamlfile.Document(IgnoreName+", version 1",
		"Findings that are known and accepted for a while: which, who answers for it, why, and until when. They stay in every report, marked as muted.", doc)
}

// wordsSchema is text that is more than blanks.
func wordsSchema() map[string]any {
	out := yamlfile.ScalarSchema()
	out["pattern"] = `\S`
	return out
}

func exceptionsSchema(w wording) map[string]any {
	properties := selectorSchemas()
	properties["control"] = yamlfile.Described("id of a control, or what other scanners call it, or several; * is every control", several(textSchema()))
	properties["resource"] = yamlfile.Described("glob on the name of a resource of any type, or several", several(textSchema()))
	properties["owner"] = yamlfile.Described("who answers for it", wordsSchema())
	properties[w.reason] = yamlfile.Described(w.reasonHelp, wordsSchema())
	properties[w.until] = yamlfile.Described("last day on which it holds, to the end of that day in UTC", map[string]any{"type": "string", "format": "date", "pattern": `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`})
	required := []string{"control", "owner", w.reason, w.until}
	if w.evidence {
		properties["evidence"] = yamlfile.Described("where it can be seen: an address, a ticket, a document", wordsSchema())
		required = append(required, "evidence")
	}
	return map[string]any{"type": []string{"array", "null"}, "items": yamlfile.Object(properties, required...)}
}
