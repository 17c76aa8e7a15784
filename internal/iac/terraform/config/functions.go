package config

import (
	"maps"
	"net/url"
	"strings"

	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// functionTable are the functions that expressions of a root module may call
// (https://developer.hashicorp.com/terraform/language/functions).
func (r *run) functionTable() map[string]function.Function {
	table := maps.Clone(r.pureFunctions())
	for name, f := range r.fileFunctions() {
		table[name] = r.budget.wrap(name, f, false)
		table["core::"+name] = table[name]
	}
	return table
}

// pureFunctions are those that are the same for every root module.
func (p *project) pureFunctions() map[string]function.Function {
	if p.pure != nil {
		return p.pure
	}
	p.pure = map[string]function.Function{"try": try(), "can": tryfunc.CanFunc}
	for name, f := range moving() {
		p.pure[name] = p.budget.wrap(name, f, false)
	}
	for _, some := range []map[string]function.Function{inspecting(), cidrFunctions()} {
		for name, f := range some {
			p.pure[name] = p.budget.wrap(name, f, true)
		}
	}
	for _, name := range unevaluated() {
		p.pure[name] = unevaluatedFunction()
	}
	for name, f := range maps.Clone(p.pure) {
		p.pure["core::"+name] = f
	}
	p.pure[meterFunction], p.pure[plainFunction], p.pure[unknownFunction] = p.budget.meter(), plain(), unevaluatedFunction()
	return p.pure
}

// evaluates reports whether a function is one of Terraform's.
func (p *project) evaluates(name string) bool {
	name = strings.TrimPrefix(name, "core::")
	_, is := p.pure[name]
	return is || ofFiles(name)
}

// moving are functions that put values elsewhere without regard to what texts say: symbols pass through them.
func moving() map[string]function.Function {
	return map[string]function.Function{
		"chunklist": stdlib.ChunklistFunc, "coalesce": coalesce(), "coalescelist": stdlib.CoalesceListFunc, "concat": stdlib.ConcatFunc,
		"element": stdlib.ElementFunc, "flatten": stdlib.FlattenFunc, "format": stdlib.FormatFunc, "formatlist": stdlib.FormatListFunc,
		"join": stdlib.JoinFunc, "jsonencode": stdlib.JSONEncodeFunc, "keys": stdlib.KeysFunc, "lookup": lookup(), "merge": stdlib.MergeFunc,
		"nonsensitive": identity(), "one": one(), "reverse": stdlib.ReverseListFunc, "sensitive": identity(), "setproduct": stdlib.SetProductFunc,
		"setunion": stdlib.SetUnionFunc, "slice": stdlib.SliceFunc, "values": stdlib.ValuesFunc, "zipmap": stdlib.ZipmapFunc,
		"tolist": stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)), "tomap": stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
		"toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)), "tostring": stdlib.MakeToFunc(cty.String),
		"indent": stdlib.IndentFunc, "compact": stdlib.CompactFunc, "range": stdlib.RangeFunc,
	}
}

// inspecting are functions whose answer depends on what texts say: to them, symbols are unknown.
func inspecting() map[string]function.Function {
	return map[string]function.Function{
		"abs": stdlib.AbsoluteFunc, "alltrue": allTrue(), "anytrue": anyTrue(), "base64decode": base64Decode(), "base64encode": base64Encode(),
		"base64sha256": encoded(sha256Sum), "base64sha512": encoded(sha512Sum),
		"ceil": stdlib.CeilFunc, "chomp": stdlib.ChompFunc, "contains": stdlib.ContainsFunc, "csvdecode": stdlib.CSVDecodeFunc,
		"distinct": stdlib.DistinctFunc, "endswith": textTest(hasSuffix), "floor": stdlib.FloorFunc, "formatdate": stdlib.FormatDateFunc,
		"index": index(), "jsondecode": stdlib.JSONDecodeFunc, "length": length(), "log": stdlib.LogFunc, "lower": stdlib.LowerFunc,
		"matchkeys": matchKeys(), "max": stdlib.MaxFunc, "md5": hashed(md5Sum), "min": stdlib.MinFunc, "parseint": stdlib.ParseIntFunc,
		"pow": stdlib.PowFunc, "regex": stdlib.RegexFunc, "regexall": stdlib.RegexAllFunc, "replace": replace(), "setintersection": stdlib.SetIntersectionFunc,
		"setsubtract": stdlib.SetSubtractFunc, "sha1": hashed(sha1Sum), "sha256": hashed(sha256Sum), "sha512": hashed(sha512Sum), "signum": stdlib.SignumFunc,
		"sort": stdlib.SortFunc, "split": stdlib.SplitFunc, "startswith": textTest(hasPrefix), "strcontains": textTest(contains),
		"strrev": stdlib.ReverseFunc, "substr": stdlib.SubstrFunc, "sum": sum(), "timeadd": stdlib.TimeAddFunc, "timecmp": timeCompare(), "title": stdlib.TitleFunc,
		"tobool": stdlib.MakeToFunc(cty.Bool), "tonumber": stdlib.MakeToFunc(cty.Number), "transpose": transpose(), "trim": stdlib.TrimFunc,
		"trimprefix": stdlib.TrimPrefixFunc, "trimspace": stdlib.TrimSpaceFunc, "trimsuffix": stdlib.TrimSuffixFunc, "upper": stdlib.UpperFunc,
		"urldecode": ofText(url.QueryUnescape), "urlencode": urlEncode(), "yamldecode": yamlDecode(),
	}
}

// unevaluated are functions that answer anew each time, ask the machine, or matter to nothing that is read here.
func unevaluated() []string {
	return []string{"abspath", "base64gzip", "bcrypt", "ephemeralasnull", "issensitive", "pathexpand", "plantimestamp", "rsadecrypt",
		"textdecodebase64", "textencodebase64", "timestamp", "uuid", "uuidv5", "yamlencode"}
}

// unevaluatedFunction comes to a value that is not known, whatever it is given; without it, try would take the call for an error.
func unevaluatedFunction() function.Function {
	p := anything("arguments")
	return function.New(&function.Spec{
		VarParam: &p,
		Type:     function.StaticReturnType(cty.DynamicPseudoType),
		Impl:     func([]cty.Value, cty.Type) (cty.Value, error) { return cty.DynamicVal, nil },
	})
}

func identity() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{anything("value")},
		Type:   sameType,
		Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return args[0], nil },
	})
}
