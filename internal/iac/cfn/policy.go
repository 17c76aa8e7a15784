package cfn

import (
	"encoding/json"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// policyKind is where a policy is used, which decides the elements that its statements have.
type policyKind uint8

const (
	ofIdentity policyKind = iota // Action and Resource
	ofResource                   // these, and Principal
	ofTrust                      // Principal and Action
)

// document reads a policy: a mapping, or the JSON text of one. Symbols stay in it. Of a statement that is not wholly known what is known
// stays, under a condition that nobody can answer: it may be in force.
func (k block) document(name string, kind policyKind) estate.Fact[string] {
	return read(k, name, func(v value) (string, string) {
		if v.form == text {
			return variables(v.text), ""
		}
		w := policyWriter{kind: kind}
		if why := w.document(v); why != "" {
			return "", why
		}
		return w.b.String(), ""
	})
}

// variables gives what Fn::Sub leaves as it is, ${!aws:username}, its meaning in a policy.
func variables(s string) string { return strings.ReplaceAll(s, symbolOfText, "${") }

// policyWriter writes a policy as JSON, statement by statement.
type policyWriter struct {
	kind policyKind
	b    strings.Builder
}

func (w *policyWriter) document(v value) (why string) {
	if v.form != object || v.open != "" {
		return orText(orText(v.why, v.open), "a policy is expected here")
	}
	w.b.WriteByte('{')
	for _, f := range v.fields {
		plain, ok := f.value.asText()
		switch {
		case f.key == "Statement" && (f.value.form == unresolved || len(f.value.elements()) == 0):
			return orText(f.value.why, "a statement is expected here")
		case f.key == "Statement":
			w.member(f.key, w.statements(f.value.elements()))
		case f.key == "Version" && f.value.form != text:
			return orText(f.value.why, "a version is expected here")
		case ok:
			w.member(f.key, plain)
		}
		if w.b.Len() > maxText {
			return "the policy is longer than 256 KiB"
		}
	}
	w.b.WriteByte('}')
	return ""
}

func (w *policyWriter) member(key string, v any) {
	if w.b.Len() > 1 {
		w.b.WriteByte(',')
	}
	content, err := json.Marshal(map[string]any{key: v}) // of texts, lists and mappings of them: that cannot fail
	if err == nil {
		w.b.Write(content[1 : len(content)-1])
	}
}

func (w *policyWriter) statements(items []value) (out []map[string]any) {
	for _, item := range items {
		out = append(out, w.statement(item)...)
	}
	return out
}

// unanswered is an operator that people hardly write, so that it stands beside their conditions.
const unanswered = "ForAnyValue:StringEqualsIgnoreCase"

// statement is one statement, or those of which one may be in force.
func (w *policyWriter) statement(v value) []map[string]any {
	if v.form != object || v.open != "" {
		return w.either(map[string]any{}, v)
	}
	s, asked := map[string]any{}, map[string]any{}
	var open []value // what of actions and effect is not known
	for _, f := range v.fields {
		switch f.key {
		case "Action", "NotAction":
			actions, more := knownTexts(f.value)
			if open = append(open, more...); len(actions) > 0 {
				s[f.key] = actions
			}
		case "Effect":
			effect, ok := f.value.flat()
			if s[f.key] = effect; !ok {
				open = append(open, f.value)
				delete(s, f.key)
			}
		case "Condition":
			conditions(asked, f.value)
		case "Principal", "NotPrincipal":
			s[f.key] = principals(f.value)
		case "Resource", "NotResource":
			s[f.key] = texts(f.value)
		default:
			s[f.key], _ = f.value.asText()
		}
	}
	if len(asked) > 0 {
		s["Condition"] = asked
	}
	if len(open) == 0 {
		return []map[string]any{s}
	}
	return w.widened(s, open[0])
}

// widened are a statement as far as it is known, and what it may be beside that.
func (w *policyWriter) widened(s map[string]any, open value) (out []map[string]any) {
	wide := map[string]any{}
	for key, v := range s {
		if key != "Sid" && key != "Action" && key != "NotAction" && key != "Condition" {
			wide[key] = v
		}
	}
	if s["Effect"] != nil && s["Action"] != nil {
		out = append(out, s)
	}
	return append(out, w.either(wide, open)...)
}

// either completes a statement to the widest that it may be, of both effects where that is not known.
func (w *policyWriter) either(s map[string]any, open value) (out []map[string]any) {
	question, _ := unknownOf(open.pos, "").asText()
	s["Action"], s["Condition"] = "*", map[string]any{unanswered: map[string]any{question: "*"}}
	if w.kind != ofTrust && s["Resource"] == nil && s["NotResource"] == nil {
		s["Resource"] = "*"
	}
	if w.kind != ofIdentity && s["Principal"] == nil && s["NotPrincipal"] == nil {
		s["Principal"] = "*"
	}
	if s["Effect"] != nil {
		return []map[string]any{s}
	}
	for _, effect := range []string{"Allow", "Deny"} {
		one := map[string]any{"Effect": effect}
		for key, v := range s {
			one[key] = v
		}
		out = append(out, one)
	}
	return out
}

// knownTexts are a list's texts without symbols, and what is none.
func knownTexts(v value) (known []string, open []value) {
	for _, item := range v.elements() {
		if s, ok := item.flat(); ok {
			known = append(known, s)
		} else {
			open = append(open, item)
		}
	}
	return known, open
}

// texts are a list's texts; what is not known is a symbol.
func texts(v value) []string {
	out := []string{}
	for _, item := range v.elements() {
		s, ok := item.asText()
		if !ok {
			s, _ = unknownOf(item.pos, "").asText()
		}
		out = append(out, variables(s))
	}
	return out
}

func principals(v value) any {
	if s, ok := v.flat(); ok {
		return s
	}
	out := map[string][]string{}
	for _, f := range v.fields {
		out[f.key] = texts(f.value)
	}
	if v.form != object || v.open != "" {
		anybody := texts(unknownOf(v.pos, ""))
		out["AWS"], out["Service"], out["Federated"] = append(out["AWS"], anybody...), append(out["Service"], anybody...), append(out["Federated"], anybody...)
	}
	return out
}

// conditions reads {operator: {key: values}}. Of what is not known nobody knows whether it holds.
func conditions(out map[string]any, v value) {
	ask := func(at value) {
		question, _ := unknownOf(at.pos, "").asText()
		out[unanswered] = map[string]any{question: "*"}
	}
	if v.form != object || v.open != "" {
		ask(v)
	}
	for _, operator := range v.fields {
		if operator.value.form != object || operator.value.open != "" {
			ask(operator.value)
		}
		keys := map[string]any{}
		for _, key := range operator.value.fields {
			keys[variables(key.key)] = texts(key.value)
		}
		if len(keys) > 0 {
			out[operator.key] = keys
		}
	}
}
