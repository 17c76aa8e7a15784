package control

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/restorable/restorable/internal/yamlfile"
)

// Limits of one expression. The estimate assumes lists of up to assumedSize elements and refuses at load what could not end in time;
// the limit stops an evaluation that meets longer ones.
const (
	maxEstimate   = 100_000_000
	runtimeLimit  = 2_000_000
	assumedSize   = 100
	assumedLength = 200
)

// program is a checked expression, ready to be evaluated many times.
type program struct {
	cel.Program
	result *cel.Type
	short  *shortcut // nil: only the interpreter can answer
}

// compile checks an expression. Everything wrong with it is noted at its place in the file; ok is false then.
func (s *scope) compile(m *mistakes, from source, want ...*cel.Type) (program, bool) {
	checked, issues := s.env.Compile(from.text)
	if issues != nil && issues.Err() != nil {
		s.noteIssues(m, from, issues)
		return program{}, false
	}
	before := len(m.Found)
	s.noteForbidden(m, from, checked)
	if result := checked.OutputType(); len(want) > 0 && !slices.ContainsFunc(want, func(t *cel.Type) bool { return sameKind(t, result) }) {
		m.Add(m.placeAt(from, 1, 1), "", "the expression is of type %s, want %s", typeName(result), typeName(want[0]))
	}
	s.noteCost(m, from, checked)
	if len(m.Found) > before {
		return program{}, false
	}
	var options []cel.ProgramOption
	if !s.trusted { // counting takes as long again as evaluating
		options = append(options, cel.CostLimit(runtimeLimit), cel.EvalOptions(cel.OptTrackCost))
	}
	made, err := s.env.Program(checked, options...)
	if err != nil {
		m.Add(from.at, "", "%v", err)
		return program{}, false
	}
	out := program{Program: made, result: checked.OutputType()}
	if s.trusted {
		out.short = s.types.shortcut(checked)
	}
	return out, true
}

// sameKind ignores whether a value may be absent: null is caught where the value is used.
func sameKind(want, got *cel.Type) bool { return want.Kind() == got.Kind() }

func typeName(t *cel.Type) string {
	if t.Kind() == types.NullTypeKind {
		return "null"
	}
	name := strings.TrimPrefix(cel.FormatCELType(t), "google.protobuf.")
	if inner, ok := strings.CutPrefix(name, "wrapper("); ok {
		name = strings.TrimSuffix(inner, ")")
	}
	return strings.ToLower(name)
}

var (
	undefinedField = regexp.MustCompile(`undefined field '([^']+)'`)
	ownGuess       = regexp.MustCompile(` \((in container ''|did you mean [^)]*\??)\)`) // we guess better: in fields, too
	mayBeNull      = regexp.MustCompile(`wrapper\((\w+)\)`)
	operator       = regexp.MustCompile(`'_?(\W{1,2})_?' applied`)
	mixed          = regexp.MustCompile(`\((int, double|double, int)\)`)
	undeclared     = regexp.MustCompile(`undeclared reference to '([^']+)'`)
)

func (s *scope) noteIssues(m *mistakes, from source, issues *cel.Issues) {
	for _, e := range issues.Errors() {
		where := m.placeAt(from, e.Location.Line(), e.Location.Column()+1) // CEL counts columns from 0
		text := ownGuess.ReplaceAllString(firstLine(e.Message), "")
		text = operator.ReplaceAllString(mayBeNull.ReplaceAllString(text, "$1"), "'$1' applied")
		m.Add(where, s.hint(text), "%s", text)
	}
}

// hint guesses what was meant.
func (s *scope) hint(message string) string {
	if found := undefinedField.FindStringSubmatch(message); found != nil {
		return yamlfile.DidYouMean(found[1], s.types.fieldNames())
	}
	if mixed.MatchString(message) {
		return "whole numbers and others do not mix: write double(…) around the whole one, or a whole number"
	}
	found := undeclared.FindStringSubmatch(message)
	if found == nil {
		return ""
	}
	switch found[1] {
	case "has":
		return "has() is not available: it cannot tell unknown from absent; compare with null"
	case "dyn", "type":
		return found[1] + "() is not available: expressions are typed"
	}
	if guess := yamlfile.DidYouMean(found[1], s.names); guess == "" && strings.HasPrefix(found[1], "params") {
		return "known parameters: " + yamlfile.OneOf(s.parameterNames())
	}
	return yamlfile.DidYouMean(found[1], append(slices.Clone(s.names), "days", "seconds", "span", "size", "timestamp", "duration", "forever"))
}

func (s *scope) parameterNames() []string {
	var out []string
	for _, name := range s.names {
		if strings.HasPrefix(name, parameterPrefix) {
			out = append(out, name)
		}
	}
	return out
}

func (t *typeTable) fieldNames() []string {
	names := map[string]bool{}
	for _, o := range t.byName {
		for _, name := range o.names {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// noteForbidden refuses what CEL would answer wrongly when parts of a value are unknown: comparing records, lists and maps,
// and looking for a record in a list.
func (s *scope) noteForbidden(m *mistakes, from source, checked *cel.Ast) {
	tree := checked.NativeRep()
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		text, hint := forbidden(tree, e)
		if text == "" {
			return
		}
		start := tree.SourceInfo().GetStartLocation(e.ID())
		m.Add(m.placeAt(from, start.Line(), start.Column()+1), hint, "%s", text)
	}))
}

func forbidden(tree *ast.AST, e ast.Expr) (text, hint string) {
	if e.Kind() == ast.StructKind {
		return "an expression cannot make a record", ""
	}
	if e.Kind() != ast.CallKind || len(e.AsCall().Args()) != 2 {
		return "", ""
	}
	call := e.AsCall()
	left, right := tree.GetType(call.Args()[0].ID()), tree.GetType(call.Args()[1].ID())
	switch call.FunctionName() {
	case operators.Equals, operators.NotEquals:
		for _, t := range []*types.Type{left, right} {
			if !isScalar(t) {
				return fmt.Sprintf("a %s cannot be compared", typeName(t)), "compare its members, or use exists() or all()"
			}
		}
	case operators.In, operators.OldIn:
		if len(right.Parameters()) > 0 && !isScalar(right.Parameters()[0]) {
			return fmt.Sprintf("cannot look for a value in a %s", typeName(right)), "use exists()"
		}
	}
	return "", ""
}

// isScalar reports whether == answers rightly for a type: scalars only.
func isScalar(t *types.Type) bool {
	switch t.Kind() {
	case types.BoolKind, types.IntKind, types.UintKind, types.DoubleKind, types.StringKind, types.BytesKind,
		types.DurationKind, types.TimestampKind, types.NullTypeKind:
		return true
	}
	return false
}

func (s *scope) noteCost(m *mistakes, from source, checked *cel.Ast) {
	estimate, err := s.env.EstimateCost(checked, sizes{})
	if err != nil {
		m.Add(from.at, "", "estimate cost: %v", err)
		return
	}
	if estimate.Max > maxEstimate {
		m.Add(m.placeAt(from, 1, 1), "nest fewer exists(), all(), filter() and map()",
			"the expression could take %d steps, the limit is %d", estimate.Max, maxEstimate)
	}
}

// sizes tells the estimator how long lists and texts are taken to be.
type sizes struct{}

// EstimateCallCost implements cost.Estimator.
func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// EstimateSize implements cost.Estimator.
func (sizes) EstimateSize(element cost.AstNode) *cost.SizeEstimate {
	if element.ComputedSize() != nil {
		return nil
	}
	switch element.Type().Kind() {
	case types.ListKind, types.MapKind:
		return &cost.SizeEstimate{Min: 0, Max: assumedSize}
	case types.StringKind, types.BytesKind:
		return &cost.SizeEstimate{Min: 0, Max: assumedLength}
	}
	return nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
