package control

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/restorable/restorable/internal/protection"
)

// parameterPrefix stands before a parameter's name in expressions.
const parameterPrefix = "params."

// language compiles expressions over one type of resource.
type language struct {
	types   *typeTable
	base    *cel.Env // functions without variables
	trusted bool     // what it compiles is ours, held to its examples and to measures: it runs without a count of what it costs
}

func newLanguage() (*language, error) {
	table, err := newTypeTable()
	if err != nil {
		return nil, err
	}
	base, err := cel.NewCustomEnv(
		cel.CustomTypeProvider(table), cel.CustomTypeAdapter(table),
		// has() answers false for an unknown field; dyn() and type() would lead around the types that keep comparisons honest.
		cel.StdLib(cel.StdLibSubset(&env.LibrarySubset{
			ExcludeMacros:    []string{"has"},
			ExcludeFunctions: []*env.Function{{Name: "dyn"}, {Name: "type"}},
		})),
		cel.ParserExpressionSizeLimit(20_000), cel.ParserRecursionLimit(60),
		cel.Function("days", cel.Overload("days_int", []*cel.Type{cel.IntType}, cel.DurationType, cel.UnaryBinding(days))),
		cel.Function("seconds", cel.Overload("seconds_duration", []*cel.Type{cel.DurationType}, cel.IntType, cel.UnaryBinding(seconds))),
		cel.Function("span", cel.Overload("span_int", []*cel.Type{cel.IntType}, cel.StringType, cel.UnaryBinding(span))),
		cel.Function("date", cel.Overload("date_timestamp", []*cel.Type{cel.TimestampType}, cel.StringType, cel.UnaryBinding(date))),
		cel.Function("join", cel.MemberOverload("list_join", []*cel.Type{cel.ListType(cel.StringType), cel.StringType},
			cel.StringType, cel.BinaryBinding(join))),
		cel.Function("outside", cel.MemberOverload("list_outside", []*cel.Type{cel.ListType(cel.StringType), cel.ListType(cel.StringType)},
			cel.ListType(cel.StringType), cel.BinaryBinding(outside))),
		cel.Function("outcome", cel.MemberOverload("coverage_outcome",
			[]*cel.Type{table.byName["protection.Coverage"].cel, cel.StringType, cel.IntType, cel.IntType}, cel.StringType, cel.FunctionBinding(outcome))),
		cel.Constant("forever", cel.IntType, types.Int(protection.Forever)),
	)
	if err == nil {
		base, err = base.Extend(table.recordFunctions()...)
	}
	if err != nil {
		return nil, fmt.Errorf("make expression environment: %w", err)
	}
	return &language{types: table, base: base}, nil
}

// days(35) is a duration.
func days(v ref.Val) ref.Val {
	return types.Duration{Duration: time.Duration(24 * time.Hour.Nanoseconds() * int64(v.(types.Int)))}
}

// seconds(params.rpo) is a duration in whole seconds, to compare with what coverage answers.
func seconds(v ref.Val) ref.Val { return types.Int(v.(types.Duration).Seconds()) }

// span(86400) is a number of seconds in words.
func span(v ref.Val) ref.Val {
	n := int64(v.(types.Int))
	if n >= protection.Forever {
		return types.String("without bound")
	}
	return types.String(durationText(time.Duration(n) * time.Second))
}

// date(now) is a moment's day, in UTC.
func date(v ref.Val) ref.Val { return types.String(v.(types.Timestamp).UTC().Format(time.DateOnly)) }

// join(", ") puts a list of texts together.
func join(list, separator ref.Val) ref.Val {
	var parts []string
	for each := list.(traits.Lister).Iterator(); each.HasNext() == types.True; {
		part, ok := each.Next().(types.String)
		if !ok {
			return types.NewErr("join: an element is no text")
		}
		parts = append(parts, string(part))
	}
	return types.String(strings.Join(parts, string(separator.(types.String))))
}

// scope is what expressions about one type of resource may name.
type scope struct {
	env   *cel.Env
	names []string // of the variables
	types *typeTable

	trusted bool
}

// variables by type of resource. What a control judges comes first, and is what a finding's evidence calls its own.
func (l *language) variables(t Type) map[string]*cel.Type {
	object := func(name string) *cel.Type { return l.types.byName[name].cel }
	out := map[string]*cel.Type{"unit": object("estate.Unit"), "now": cel.TimestampType, "undecided": cel.BoolType}
	switch t {
	case TypeTable:
		out["table"], out["coverage"] = object("estate.Table"), object("protection.Coverage")
	case TypePlan:
		out["plan"], out["review"] = object("estate.Plan"), object("protection.PlanReview")
	case TypeVault:
		out["vault"], out["review"] = object("estate.Vault"), object("protection.VaultReview")
	case TypeRecoveryPoint:
		out["vault"], out["point"] = object("estate.Vault"), object("estate.RecoveryPoint")
	case TypeRegion:
		out["region"] = object("control.regionCover")
	}
	maps.Copy(out, l.accessVariables(t))
	switch t {
	case TypeTable:
		out["oversight"] = object("protection.TableOversight")
	case TypeRegion, TypeAccount:
		out["oversight"] = object("protection.RegionOversight")
	}
	return out
}

// scope declares the variables of a control: those of its resource and its parameters.
func (l *language) scope(t Type, parameters []Parameter) (*scope, error) {
	variables := l.variables(t)
	for _, p := range parameters {
		variables[parameterPrefix+p.Name] = p.celType()
	}
	names := slices.Sorted(maps.Keys(variables))
	options := make([]cel.EnvOption, len(names))
	for i, name := range names {
		options[i] = cel.Variable(name, variables[name])
	}
	extended, err := l.base.Extend(options...)
	if err != nil {
		return nil, fmt.Errorf("declare variables: %w", err)
	}
	return &scope{env: extended, names: names, types: l.types, trusted: l.trusted}, nil
}

// withText adds what only reason templates may name.
func (s *scope) withText() (*scope, error) {
	extended, err := s.env.Extend(cel.Variable("missing", cel.StringType), cel.Variable("unread", cel.BoolType),
		cel.Variable("resource", cel.StringType))
	if err != nil {
		return nil, fmt.Errorf("declare variables: %w", err)
	}
	return &scope{env: extended, names: append(slices.Clone(s.names), "missing", "unread", "resource"), types: s.types, trusted: s.trusted}, nil
}
