package config

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// keyword is a name that an expression is written as, dotted or quoted: aws.west. Empty if it is something else.
func keyword(e hcl.Expression) string {
	if t, diags := hcl.AbsTraversalForExpr(e); !diags.HasErrors() {
		names := []string{t.RootName()}
		for i := 1; i < len(t); i++ {
			attr, is := t[i].(hcl.TraverseAttr)
			if !is {
				return ""
			}
			names = append(names, attr.Name)
		}
		return strings.Join(names, ".")
	}
	if len(e.Variables()) > 0 {
		return ""
	}
	if v, diags := e.Value(nil); !diags.HasErrors() && v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
		return v.AsString()
	}
	return ""
}
