package control

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// Templates name what only deployment tells as ${…} within a text: ${!ID} is what AWS names a declared resource, ${ID.Arn} something of it,
// ${?file:3:5} what stands at a place. People know resources by their addresses.

func symbolic(s string) bool { return strings.Contains(s, "${") }

var symbols = regexp.MustCompile(`(^|.)\$\{([!?]?)([^{}]*)\}`)

// Readable puts the addresses of what a unit's templates declare in the place of their symbols, in texts for people.
func Readable(u *estate.Unit) func(text string) string { return newPlaces(u).readable }

// readable puts addresses in the place of the symbols of a text of a unit of templates.
func (p places) readable(s string) string {
	if len(p.byID) == 0 || !symbolic(s) {
		return s
	}
	return symbols.ReplaceAllStringFunc(s, func(found string) string {
		parts := symbols.FindStringSubmatch(found)
		before, mark, name := parts[1], parts[2], parts[3]
		if d := p.named(name); d != nil && mark == "!" {
			if before == "" || strings.Contains(" \"'([", before) {
				return before + d.Address
			}
			return before + "${" + d.Address + "}"
		}
		return before + "${" + p.short(name) + "}"
	})
}

// named is the resource of a symbol.
func (p places) named(name string) *estate.Declared { return cmp.Or(p.byID[name], p.bySymbol[name]) }

// spelt is an id within a symbol, without the signs that patterns and symbols give a meaning.
func spelt(id string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("{}*", r) || r <= ' ' {
			return '_'
		}
		return r
	}, id)
}

// short is the name of a symbol without the file that makes it unique.
func (p places) short(name string) string {
	if id, attribute, ok := cutLast(name, "."); ok && p.named(id) != nil {
		return p.named(id).Address + "." + attribute
	}
	if _, inner, ok := strings.Cut(name, "#"); ok {
		return inner
	}
	return name
}

func cutLast(s, separator string) (before, after string, ok bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}
