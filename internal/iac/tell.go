package iac

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// Tell tells what the beginning of a file is of.
func Tell(head []byte) Kind {
	if estate.IsEstateFile(head) {
		return Estate
	}
	text := string(head)
	json := strings.HasPrefix(strings.TrimLeft(text, " \t\r\n\ufeff"), "{")
	switch {
	case json && strings.Contains(text, `"terraform_version"`) && strings.Contains(text, `"format_version"`):
		return TerraformPlan
	case json && templateWords(text) && outermost(text, "Resources"):
		return CloudFormation
	case !json && templateWords(text) && (heads(text, "Resources:") || heads(text, `"Resources":`) || heads(text, "'Resources':")):
		return CloudFormation
	}
	return Other
}

// templateWords are what a template holds beside its Resources.
func templateWords(text string) bool {
	return strings.Contains(text, "AWSTemplateFormatVersion") || strings.Contains(text, "AWS::")
}

// heads reports whether some line begins with a word.
func heads(text, word string) bool {
	return strings.HasPrefix(text, word) || strings.Contains(text, "\n"+word) || strings.HasPrefix(text, "\ufeff"+word)
}

// outermost reports whether JSON, perhaps cut off or broken, has a member of a name at its outermost level: the CDK's tree.json, for one,
// speaks of Resources and of types of AWS further in.
func outermost(text, name string) bool {
	depth, member := 0, `"`+name+`"`
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			end := closing(text, i)
			if depth == 1 && text[i:end] == member && strings.HasPrefix(strings.TrimLeft(text[end:], " \t\r\n"), ":") {
				return true
			}
			i = end - 1
		}
	}
	return false
}

// closing is where the text that begins at a quote has ended.
func closing(text string, at int) int {
	for i := at + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
