package access

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/iampolicy"
)

const (
	symbolStart   = "${"
	accountSymbol = "${AWS::AccountId}"
	regionSymbol  = "${AWS::Region}"
)

// here puts the account into a text of a template that leaves it to deployment.
func here(text string, at place) string { return strings.ReplaceAll(text, accountSymbol, at.account) }

// opaque reports whether all that a text says, of whom or of what, is left to deployment.
func opaque(text string) bool {
	return strings.HasPrefix(text, symbolStart) && iampolicy.Symbolic(text)
}

// settled is a policy in which resources alone are named by symbols, as if these were names; ok is false where whom it lets in hangs on one.
func settled(text string, at place) (plain string, ok bool) {
	text = here(text, at)
	if !iampolicy.Symbolic(text) {
		return text, true
	}
	doc, err := iampolicy.Parse(iampolicy.Resource, text)
	if err != nil {
		return text, true // whoever reads it finds out
	}
	allows, doubt := false, false
	for i := range doc.Statements {
		s := &doc.Statements[i]
		allows = allows || !s.Deny
		doubt = doubt || s.Uncertain() || s.Deny && slices.ContainsFunc(append(slices.Clone(s.Resources), s.NotResources...), iampolicy.Symbolic)
	}
	return strings.ReplaceAll(text, symbolStart, "$"), !allows || !doubt
}
