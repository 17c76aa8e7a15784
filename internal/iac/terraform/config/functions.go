package config

import (
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// functionTable are the functions that expressions may call
// (https://developer.hashicorp.com/terraform/language/functions).
func (r *run) functionTable() map[string]function.Function {
	table := map[string]function.Function{
		meterFunction: r.budget.meter(), plainFunction: plain(), "try": tryfunc.TryFunc, "can": tryfunc.CanFunc,
		"jsonencode": stdlib.JSONEncodeFunc, "merge": stdlib.MergeFunc, "format": stdlib.FormatFunc, "join": stdlib.JoinFunc,
		"concat": stdlib.ConcatFunc,
	}
	return table
}
