package resource

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// Outline is what a configuration declares, without what it comes to.
type Outline struct {
	Resources map[string]Said // managed ones, by address without keys
	Unread    []string        // addresses of modules that could not be read
}

// Said is what a block is written with.
type Said struct {
	Constants map[string]string // every attribute; empty what is no constant text, number or truth
	Blocks    map[string][]Said // nested ones, by name, but for dynamic ones
}

// Differs is the first resource that a plan's outline has otherwise than a configuration's, and how; empty: the plan is of the configuration.
// What stands in modules that could not be read is passed over.
func (o Outline) Differs(plan Outline) string {
	for _, address := range slices.Sorted(maps.Keys(o.Resources)) {
		planned, has := plan.Resources[address]
		switch {
		case !has:
			return address + " is not in it"
		case o.Resources[address].differs(planned):
			return address + " is written otherwise in it"
		}
	}
	for _, address := range slices.Sorted(maps.Keys(plan.Resources)) {
		if _, has := o.Resources[address]; !has && !o.unread(address) {
			return "it has " + address
		}
	}
	return ""
}

// Shares reports whether a plan's outline has a resource in common with a configuration's, or one of a module that could not be read.
func (o Outline) Shares(plan Outline) bool {
	for address := range plan.Resources {
		if _, has := o.Resources[address]; has || o.unread(address) {
			return true
		}
	}
	return false
}

func (o Outline) unread(address string) bool {
	return slices.ContainsFunc(o.Unread, func(module string) bool { return strings.HasPrefix(address, module+".") })
}

// differs compares what both say of a block. What only one of them can tell, as of dynamic blocks, is no difference.
func (s Said) differs(planned Said) bool {
	for name, constant := range s.Constants {
		other, has := planned.Constants[name]
		_, block := planned.Blocks[name]
		if !has && !block || constant != "" && other != "" && constant != other {
			return true
		}
	}
	for name := range planned.Constants {
		_, has := s.Constants[name]
		if _, block := s.Blocks[name]; !has && !block {
			return true
		}
	}
	for name, blocks := range s.Blocks {
		others, has := planned.Blocks[name]
		if _, otherwise := planned.Constants[name]; !has && otherwise {
			continue
		}
		if len(others) != len(blocks) {
			return true
		}
		for i := range blocks {
			if blocks[i].differs(others[i]) {
				return true
			}
		}
	}
	return false
}

// Constant is a text, a number or truth as text; empty what is something else.
func Constant(v cty.Value) string {
	switch {
	case v == cty.NilVal || !v.IsKnown() || v.IsNull() || v.IsMarked():
	case v.Type() == cty.String:
		return strconv.Quote(v.AsString())
	case v.Type() == cty.Bool:
		return strconv.FormatBool(v.True())
	case v.Type() == cty.Number:
		return v.AsBigFloat().Text('g', 40)
	}
	return ""
}
