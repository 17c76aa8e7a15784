package resource

import (
	"fmt"
	"strings"
)

// Symbol is ${…} around a name: text that only deployment knows. Equal symbols are equal; different ones may be.
func Symbol(name string) string {
	var b strings.Builder
	b.WriteString("${")
	for i := range len(name) {
		if c := name[i]; c <= ' ' || strings.IndexByte("{}*%", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c) // signs that patterns and symbols give a meaning
			continue
		}
		b.WriteByte(name[i])
	}
	b.WriteByte('}')
	return b.String()
}

// Declared is the symbol of a resource that is declared, by its address in a root module: no other resource has it.
func Declared(root, address string) string { return Symbol("!" + qualified(root, address)) }

// Symbolic reports whether a text names something that is known only after deployment.
func Symbolic(s string) bool { return strings.Contains(s, "${") }

// RegionText is a Region within an ARN: a symbol where it is not stated.
func RegionText(region string) string {
	if region == "" {
		return Symbol("AWS::Region")
	}
	return region
}

// AccountText is an account within an ARN: a symbol where it is not stated.
func AccountText(account string) string {
	if account == "" {
		return Symbol("AWS::AccountId")
	}
	return account
}
