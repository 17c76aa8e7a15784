package config

import (
	"bytes"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

// parseJSON reads JSON configuration into the blocks and expressions of the native syntax, so that there is one evaluation for both
// (https://developer.hashicorp.com/terraform/language/syntax/json).
func parseJSON(src []byte, name string) (*hclsyntax.Body, error) {
	attributes, err := jsonAttributes(src, name)
	if err != nil {
		return nil, err
	}
	r := &jsonReader{}
	body := newBody(hcl.Range{Filename: name})
	for _, top := range []struct {
		name   string
		labels int
	}{{"variable", 1}, {"output", 1}, {"module", 1}, {"provider", 1}, {"resource", 2}, {"data", 2}, {"locals", 0}, {"terraform", 0}} {
		if a := attributes[top.name]; a != nil {
			r.blocks(body, top.name, nil, a.Expr, top.labels)
		}
	}
	return body, r.err
}

// parseJSONValues reads a file of plain values.
func parseJSONValues(src []byte, name string) (*hclsyntax.Body, error) {
	attributes, err := jsonAttributes(src, name)
	if err != nil {
		return nil, err
	}
	body := newBody(hcl.Range{Filename: name})
	for key, a := range attributes {
		v, diags := a.Expr.Value(nil)
		if diags.HasErrors() {
			return nil, said(diags)
		}
		body.Attributes[key] = &hclsyntax.Attribute{Name: key, Expr: &hclsyntax.LiteralValueExpr{Val: v, SrcRange: a.Range}, SrcRange: a.Range}
	}
	return body, nil
}

func jsonAttributes(src []byte, name string) (hcl.Attributes, error) {
	if line, deep := tooDeep(src); deep {
		return nil, fmt.Errorf("%s:%d:1: values stand more than %d deep within each other", name, line, maxNesting)
	}
	f, diags := json.Parse(src, name)
	if diags.HasErrors() {
		return nil, said(diags)
	}
	attributes, diags := f.Body.JustAttributes()
	if diags.HasErrors() {
		return nil, said(diags)
	}
	return attributes, nil
}

// tooDeep counts brackets outside of texts.
func tooDeep(src []byte) (line int, deep bool) {
	depth, inText := 0, false
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
		if depth > maxNesting {
			return 1 + bytes.Count(src[:i], []byte("\n")), true
		}
	}
	return 0, false
}

func newBody(r hcl.Range) *hclsyntax.Body {
	return &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: r, EndRange: r}
}

type jsonReader struct{ err error }

// blocks reads what stands for blocks: objects by label, or lists of them.
func (r *jsonReader) blocks(into *hclsyntax.Body, kind string, labels []string, e hcl.Expression, left int) {
	if items, diags := hcl.ExprList(e); !diags.HasErrors() {
		for _, item := range items {
			r.blocks(into, kind, labels, item, left)
		}
		return
	}
	pairs, diags := hcl.ExprMap(e)
	if diags.HasErrors() {
		return // null stands for no block
	}
	if left == 0 {
		at := e.Range()
		into.Blocks = append(into.Blocks, &hclsyntax.Block{Type: kind, Labels: labels, Body: r.body(kind, pairs, at), TypeRange: at})
		return
	}
	for _, pair := range pairs {
		label, ok := jsonText(pair.Key)
		if !ok {
			continue
		}
		r.labelled(into, kind, append(labels[:len(labels):len(labels)], label), pair, left-1)
	}
}

// labelled is a block at the place of its label.
func (r *jsonReader) labelled(into *hclsyntax.Body, kind string, labels []string, pair hcl.KeyValuePair, left int) {
	from := len(into.Blocks)
	r.blocks(into, kind, labels, pair.Value, left)
	if left == 0 {
		for _, b := range into.Blocks[from:] {
			b.TypeRange = pair.Key.Range()
		}
	}
}

// body reads an object both ways: what is an object may be meant as a value or as a block, which only a provider's schema tells.
func (r *jsonReader) body(kind string, pairs []hcl.KeyValuePair, at hcl.Range) *hclsyntax.Body {
	body := newBody(at)
	for _, pair := range pairs {
		name, ok := jsonText(pair.Key)
		switch {
		case !ok || name == "//":
			continue
		case name == "dynamic":
			r.blocks(body, name, nil, pair.Value, 1)
			continue
		}
		e := r.expression(pair.Value)
		if text, is := jsonText(pair.Value); is && kind == "variable" && name == "type" {
			e = r.parsed(text, pair.Value.Range(), hclsyntax.LexExpression, hclsyntax.ParseExpression)
		}
		body.Attributes[name] = &hclsyntax.Attribute{Name: name, Expr: e, SrcRange: pair.Value.Range(), NameRange: pair.Key.Range()}
		r.blocks(body, name, nil, pair.Value, 0)
	}
	return body
}

func jsonText(e hcl.Expression) (string, bool) {
	v, diags := e.Value(nil)
	if diags.HasErrors() || v.Type() != cty.String || v.IsNull() || !v.IsKnown() {
		return "", false
	}
	return v.AsString(), true
}

// expression reads a value: texts are templates.
func (r *jsonReader) expression(e hcl.Expression) hclsyntax.Expression {
	at := e.Range()
	if items, diags := hcl.ExprList(e); !diags.HasErrors() {
		out := &hclsyntax.TupleConsExpr{SrcRange: at, OpenRange: at}
		for _, item := range items {
			out.Exprs = append(out.Exprs, r.expression(item))
		}
		return out
	}
	if pairs, diags := hcl.ExprMap(e); !diags.HasErrors() {
		out := &hclsyntax.ObjectConsExpr{SrcRange: at, OpenRange: at}
		for _, pair := range pairs {
			key := &hclsyntax.ObjectConsKeyExpr{Wrapped: r.expression(pair.Key)}
			out.Items = append(out.Items, hclsyntax.ObjectConsItem{KeyExpr: key, ValueExpr: r.expression(pair.Value)})
		}
		return out
	}
	s, ok := jsonText(e)
	if !ok {
		v, _ := e.Value(nil) // a literal has no errors
		return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: at}
	}
	return r.template(s, at)
}

func (r *jsonReader) template(s string, at hcl.Range) hclsyntax.Expression {
	return r.parsed(s, at, hclsyntax.LexTemplate, hclsyntax.ParseTemplate)
}

type lexing func(src []byte, name string, start hcl.Pos) (hclsyntax.Tokens, hcl.Diagnostics)

type parsing func(src []byte, name string, start hcl.Pos) (hclsyntax.Expression, hcl.Diagnostics)

// parsed is what a text within quotes says.
func (r *jsonReader) parsed(s string, at hcl.Range, lex lexing, parse parsing) hclsyntax.Expression {
	start := hcl.Pos{Line: at.Start.Line, Column: at.Start.Column + 1, Byte: at.Start.Byte + 1}
	tokens, _ := lex([]byte(s), at.Filename, start)
	err := checkNesting(tokens)
	if err == nil {
		e, diags := parse([]byte(s), at.Filename, start)
		if !diags.HasErrors() {
			return e
		}
		err = said(diags)
	}
	if r.err == nil {
		r.err = err
	}
	return &hclsyntax.LiteralValueExpr{Val: cty.DynamicVal, SrcRange: at}
}
