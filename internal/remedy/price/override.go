package price

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/restorable/restorable/internal/suggest"
)

// Limits of an override file: it has a dozen lines, and no price of a GB or a key is anywhere near the ceiling.
const (
	maxBytes = 64 << 10
	maxPrice = 1e6
)

// Parse reads an override file, YAML or JSON: "date" (YYYY-MM-DD), "region" and any of the prices; what it leaves out keeps the built-in
// figure. It is strict: its errors name file, line and column, and what was probably meant.
func Parse(name string, text []byte) (List, error) {
	if len(text) > maxBytes {
		return List{}, fmt.Errorf("read prices: %s has more than the %d bytes that prices may have", name, maxBytes)
	}
	if !utf8.Valid(text) {
		return List{}, fmt.Errorf("read prices: %s is not text", name)
	}
	doc, err := parser.ParseBytes(text, 0)
	if err != nil {
		return List{}, syntax(name, err)
	}
	o := override{name: name, list: Default(), seen: map[string]bool{}}
	for _, d := range doc.Docs {
		if err := o.body(d.Body); err != nil {
			return List{}, err
		}
	}
	if !o.seen["date"] {
		return List{}, fmt.Errorf("%s: the date of the prices is missing: write date: YYYY-MM-DD", name)
	}
	o.list.Source = name
	return o.list, nil
}

func syntax(name string, err error) error {
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil {
		at := y.GetToken().Position
		return fmt.Errorf("%s:%d:%d: %s", name, at.Line, at.Column, y.GetMessage())
	}
	return fmt.Errorf("%s: %w", name, err)
}

// override collects what a file says.
type override struct {
	name string
	list List
	seen map[string]bool
}

func (o *override) body(body ast.Node) error {
	switch b := body.(type) {
	case nil, *ast.CommentGroupNode, *ast.NullNode:
		return nil
	case *ast.MappingNode:
		for _, v := range b.Values {
			if err := o.setting(v); err != nil {
				return err
			}
		}
		return nil
	case *ast.MappingValueNode:
		return o.setting(b)
	}
	return o.at(body, "want prices, one \"key: value\" a line")
}

func (o *override) setting(v *ast.MappingValueNode) error {
	key := v.Key.GetToken().Value
	if o.seen[key] {
		return o.at(v.Key, key+" is given twice")
	}
	o.seen[key] = true
	if _, ok := v.Value.(ast.ScalarNode); !ok {
		return o.at(v.Value, key+" wants one value")
	}
	value := v.Value.GetToken().Value
	switch key {
	case "date":
		return o.date(v.Value, value)
	case "region":
		return o.region(v.Value, value)
	}
	return o.price(v, key, value)
}

func (o *override) date(n ast.Node, value string) error {
	if _, err := time.Parse(time.DateOnly, value); err != nil {
		return o.at(n, fmt.Sprintf("date: %q is no date: write YYYY-MM-DD", value))
	}
	o.list.Date = value
	return nil
}

// region takes any name of letters, digits and hyphens: new Regions come faster than lists of them.
func (o *override) region(n ast.Node, value string) error {
	if value == "" || len(value) > 40 || strings.Trim(value, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return o.at(n, fmt.Sprintf("region: %q is no Region", value))
	}
	o.list.Region = value
	return nil
}

func (o *override) price(v *ast.MappingValueNode, key, value string) error {
	known := []string{"date", "region"}
	for _, e := range o.list.entries() {
		if e.key == key {
			usd, err := strconv.ParseFloat(value, 64)
			if err != nil || math.IsNaN(usd) || usd < 0 || usd > maxPrice {
				return o.at(v.Value, fmt.Sprintf("%s: %q is no price: write US dollars, such as 0.10", key, value))
			}
			*e.price = confirmed(usd)
			return nil
		}
		known = append(known, e.key)
	}
	reason := "there is no price " + strconv.Quote(key)
	if near := suggest.Nearest(key, known); near != "" {
		reason += ": did you mean " + near + "?"
	}
	return o.at(v.Key, reason)
}

func (o *override) at(n ast.Node, reason string) error {
	p := n.GetToken().Position
	return fmt.Errorf("%s:%d:%d: %s", o.name, p.Line, p.Column, reason)
}
