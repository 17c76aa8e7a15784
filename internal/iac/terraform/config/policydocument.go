package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// statement is one of a policy, with members in the order in which AWS's documentation writes them.
type statement struct {
	Sid          string         `json:",omitempty"`
	Effect       string         `json:",omitempty"`
	Principal    any            `json:",omitempty"`
	NotPrincipal any            `json:",omitempty"`
	Action       any            `json:",omitempty"`
	NotAction    any            `json:",omitempty"`
	Resource     any            `json:",omitempty"`
	NotResource  any            `json:",omitempty"`
	Condition    map[string]any `json:",omitempty"`
}

// policyDocument renders data.aws_iam_policy_document as the provider does, but for the order within lists, which means nothing
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document).
func policyDocument(b resource.Body) value {
	p := &policyWriter{}
	statements := p.documents(b, "source_policy_documents", nil, false)
	statements = p.documents(b, "source_json", statements, false) // of provider 4 and before
	blocks, whole := b.Blocks("statement")
	if !whole {
		p.open(b.WhyUnknown("statement"))
	}
	for _, block := range blocks {
		statements = put(statements, p.statement(block), true)
	}
	statements = p.documents(b, "override_policy_documents", statements, true)
	statements = p.documents(b, "override_json", statements, true)
	if p.why != "" {
		unknownText := cty.UnknownVal(cty.String)
		return value{cty.ObjectVal(map[string]cty.Value{"json": unknownText, "minified_json": unknownText, "id": unknownText}), p.why}
	}
	document := struct {
		Version   string
		ID        string            `json:"Id,omitempty"`
		Statement []json.RawMessage `json:",omitempty"`
	}{or(p.text(b, "version"), "2012-10-17"), p.text(b, "policy_id"), raws(statements)}
	out, err := encode(document)
	if err != nil {
		return unknown(err.Error())
	}
	return known(map[string]string{"json": out, "minified_json": out, "id": resource.Symbol("iam_policy_document.id")})
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// encode keeps < > & as they are: symbols and conditions hold them.
func encode(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("write policy: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// written is a statement with the name under which another may replace it.
type written struct {
	sid string
	raw json.RawMessage
}

func raws(statements []written) []json.RawMessage {
	out := make([]json.RawMessage, len(statements))
	for i, s := range statements {
		out[i] = s.raw
	}
	return out
}

func put(into []written, s written, replaces bool) []written {
	if s.sid != "" && replaces {
		for i := range into {
			if into[i].sid == s.sid {
				into[i] = s
				return into
			}
		}
	}
	return append(into, s)
}

// policyWriter notes the first reason why a policy is not known.
type policyWriter struct{ why string }

func (p *policyWriter) open(why string) {
	if p.why == "" {
		p.why = or(why, "a part of the policy is not known")
	}
}

func (p *policyWriter) text(b resource.Body, name string) string {
	v, _, set := b.Value(name)
	if !set {
		return ""
	}
	v, err := convert.Convert(v, cty.String)
	if err != nil || !v.IsKnown() || v.IsNull() {
		p.open(b.WhyUnknown(name))
		return ""
	}
	return v.AsString()
}

func (p *policyWriter) texts(b resource.Body, name string) []string {
	v, _, set := b.Value(name)
	if !set {
		return nil
	}
	if v.Type() == cty.String {
		return []string{p.text(b, name)}
	}
	if !v.IsWhollyKnown() || !v.CanIterateElements() {
		p.open(b.WhyUnknown(name))
		return nil
	}
	var out []string
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		s, err := convert.Convert(e, cty.String)
		switch {
		case err != nil:
			p.open(err.Error())
		case !s.IsNull():
			out = append(out, variable(s.AsString()))
		}
	}
	return out
}

// variable is IAM's own ${…}, which the provider writes &{…}.
func variable(s string) string { return strings.ReplaceAll(s, "&{", "${") }

// oneOrMore is how policies write lists.
func oneOrMore(list []string) any {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return list
}

func (p *policyWriter) statement(b resource.Body) written {
	s := statement{
		Sid: p.text(b, "sid"), Effect: or(p.text(b, "effect"), "Allow"),
		Principal: p.principals(b, "principals"), NotPrincipal: p.principals(b, "not_principals"),
		Action: oneOrMore(p.texts(b, "actions")), NotAction: oneOrMore(p.texts(b, "not_actions")),
		Resource: oneOrMore(p.texts(b, "resources")), NotResource: oneOrMore(p.texts(b, "not_resources")),
		Condition: p.conditions(b),
	}
	raw, err := encode(s)
	if err != nil {
		p.open(err.Error())
	}
	return written{s.Sid, json.RawMessage(raw)}
}

func (p *policyWriter) blocks(b resource.Body, name string) []resource.Body {
	blocks, whole := b.Blocks(name)
	if !whole {
		p.open(b.WhyUnknown(name))
	}
	return blocks
}

func (p *policyWriter) principals(b resource.Body, name string) any {
	lists := map[string][]string{}
	for _, block := range p.blocks(b, name) {
		kind, ids := p.text(block, "type"), p.texts(block, "identifiers")
		if kind == "*" && len(ids) == 1 && ids[0] == "*" {
			return "*"
		}
		lists[kind] = append(lists[kind], ids...)
	}
	if len(lists) == 0 {
		return nil
	}
	out := map[string]any{}
	for kind, ids := range lists {
		out[kind] = oneOrMore(ids)
	}
	return out
}

func (p *policyWriter) conditions(b resource.Body) map[string]any {
	var out map[string]any
	for _, block := range p.blocks(b, "condition") {
		if out == nil {
			out = map[string]any{}
		}
		test := p.text(block, "test")
		inner, ok := out[test].(map[string]any)
		if !ok {
			inner = map[string]any{}
			out[test] = inner
		}
		inner[p.text(block, "variable")] = oneOrMore(p.texts(block, "values"))
	}
	return out
}

// documents takes in the statements of policies that are given as JSON.
func (p *policyWriter) documents(b resource.Body, name string, into []written, replaces bool) []written {
	for _, document := range p.texts(b, name) {
		if document == "" {
			continue
		}
		statements, err := statementsOf(document)
		if err != nil {
			p.open(name + ": " + err.Error())
			return into
		}
		for _, s := range statements {
			into = put(into, s, replaces)
		}
	}
	return into
}

func statementsOf(document string) ([]written, error) {
	var policy struct{ Statement json.RawMessage }
	if err := json.Unmarshal([]byte(document), &policy); err != nil {
		return nil, errors.New("it is no JSON")
	}
	var list []json.RawMessage
	if json.Unmarshal(policy.Statement, &list) != nil {
		list = []json.RawMessage{policy.Statement}
	}
	var out []written
	for _, raw := range list {
		var s struct{ Sid string }
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, errors.New("a statement is no object")
		}
		out = append(out, written{s.Sid, raw})
	}
	return out, nil
}
