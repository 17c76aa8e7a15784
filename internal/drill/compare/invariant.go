package compare

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Invariant is what must hold of the restored table: an expression in CEL over each item (`item.total >= 0`), or over numbers of items
// (`count >= 1000`, `count(item.status == "open") < 10`).
// https://github.com/google/cel-spec/blob/master/doc/langdef.md
type Invariant struct {
	Name string // empty: the expression itself
	Expr string
}

// Outcome is what became of an invariant.
type Outcome string

// The outcomes.
const (
	Holds     Outcome = "holds"
	Fails     Outcome = "fails"
	Undecided Outcome = "unknown" // it met an error, or the items were not all read
)

// InvariantResult is the outcome of one invariant.
type InvariantResult struct {
	Name     string  `json:"name"`
	Expr     string  `json:"expression"`
	Outcome  Outcome `json:"outcome"`
	Reason   string  `json:"reason,omitempty"`
	Checked  int64   `json:"checked"` // items that it was evaluated over
	Failed   int64   `json:"failed"`  // of these: it is false
	Errors   int64   `json:"errors"`  // of these: it could not be evaluated
	Examples []Named `json:"examples"`
}

// Named is an item by its primary key.
type Named struct {
	Key string `json:"key"` // JSON as DynamoDB writes it
}

// MistakeError is an invariant that cannot be evaluated.
type MistakeError struct{ Name, Expr, Why string }

func (e *MistakeError) Error() string {
	return fmt.Sprintf("read invariant %s: %s", e.Name, e.Why)
}

// costLimit bounds the evaluation of one expression over one item: an item has at most 400 kB.
const costLimit = 1_000_000

const examples = 10 // items named per invariant

// invariant is one that is being checked.
type invariant struct {
	Invariant
	item    cel.Program   // over each item; nil: over counts
	total   cel.Program   // over counts
	counted []cel.Program // the conditions of its count(…)

	tallies                 []atomic.Int64 // of counted
	checked, failed, broken atomic.Int64
	seen                    samples
}

// parseInvariant checks an expression: typed as a truth value, and over items or over counts, never over both at once.
func parseInvariant(in Invariant, number int) (*invariant, error) {
	if in.Name == "" {
		in.Name = in.Expr
	}
	mistake := func(format string, args ...any) error {
		return &MistakeError{Name: in.Name, Expr: in.Expr, Why: fmt.Sprintf(format, args...)}
	}
	if strings.TrimSpace(in.Expr) == "" {
		return nil, mistake("invariant %d is empty", number+1)
	}
	outer, conditions, err := splitCounts(in.Expr)
	if err != nil {
		return nil, mistake("%v", err)
	}
	out := &invariant{Invariant: in, tallies: make([]atomic.Int64, len(conditions))}
	for _, condition := range conditions {
		if names(condition, "count") {
			return nil, mistake("a count within count(%s)", condition)
		}
		p, err := compileCondition(condition, nil)
		if err != nil {
			return nil, mistake("count(%s): %v", condition, err)
		}
		out.counted = append(out.counted, p)
	}
	overCounts := len(conditions) > 0 || names(outer, "count")
	switch {
	case overCounts && names(outer, "item"):
		return nil, mistake("it speaks of one item and of the number of items: write what is to be counted as count(…)")
	case !overCounts && !names(outer, "item"):
		return nil, mistake("it speaks neither of item nor of count")
	case overCounts:
		out.total, err = compileCondition(outer, counts(len(conditions)))
	default:
		out.item, err = compileCondition(outer, nil)
	}
	if err != nil {
		return nil, mistake("%v", err)
	}
	return out, nil
}

// names reports whether an expression uses a name, its texts left aside.
func names(expr, name string) bool {
	bare := texts.ReplaceAllString(expr, `""`)
	return regexp.MustCompile(`(^|[^A-Za-z0-9_.])` + name + `\b`).MatchString(bare)
}

var texts = regexp.MustCompile(`(?s)[rR]?("""(?:\\.|.)*?"""|'''(?:\\.|.)*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')`)

// counts are the variables of an expression over counts.
func counts(conditions int) []cel.EnvOption {
	out := []cel.EnvOption{cel.Variable("count", cel.IntType)}
	for i := range conditions {
		out = append(out, cel.Variable(countName(i), cel.IntType))
	}
	return out
}

func countName(i int) string { return fmt.Sprintf("count_%d_", i) }

// compileCondition compiles an expression that must be true or false; without variables of its own it sees item.
func compileCondition(expr string, variables []cel.EnvOption) (cel.Program, error) {
	if variables == nil {
		variables = []cel.EnvOption{cel.Variable("item", cel.MapType(cel.StringType, cel.DynType))}
	}
	env, err := cel.NewEnv(append(variables, cel.ParserExpressionSizeLimit(20_000), cel.ParserRecursionLimit(60))...)
	if err != nil {
		return nil, fmt.Errorf("make expression environment: %w", err)
	}
	checked, issues := env.Compile(expr)
	if issues != nil && issues.Err() != nil {
		first := issues.Errors()[0]
		return nil, fmt.Errorf("line %d, column %d: %s", first.Location.Line(), first.Location.Column()+1, firstLine(first.Message))
	}
	if t := checked.OutputType(); !t.IsExactType(cel.BoolType) && !t.IsExactType(cel.DynType) {
		return nil, fmt.Errorf("it is of type %s, want true or false", cel.FormatCELType(t))
	}
	return env.Program(checked, cel.CostLimit(costLimit), cel.EvalOptions(cel.OptTrackCost))
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// splitCounts takes the conditions out of every count(…) and puts a variable in its place.
func splitCounts(expr string) (outer string, conditions []string, err error) {
	hidden := texts.ReplaceAllStringFunc(expr, func(s string) string { return strings.Repeat("x", len(s)) })
	var b strings.Builder
	at := 0
	for _, found := range counting.FindAllStringIndex(hidden, -1) {
		name := found[0] + strings.Index(hidden[found[0]:], "count")
		end := closing(hidden, found[1])
		if end < 0 {
			return "", nil, errors.New("count( without its )")
		}
		b.WriteString(expr[at:name])
		b.WriteString(countName(len(conditions)))
		conditions = append(conditions, expr[found[1]:end])
		at = end + 1
	}
	b.WriteString(expr[at:])
	return b.String(), conditions, nil
}

var counting = regexp.MustCompile(`(?:^|[^A-Za-z0-9_.])count\s*\(`)

// closing is where the parenthesis closes that was opened before i; -1: nowhere.
func closing(text string, i int) int {
	for depth := 1; i < len(text); i++ {
		switch text[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// truth evaluates; an expression that is neither true nor false is an error.
func truth(p cel.Program, variables map[string]any) (bool, error) {
	v, _, err := p.Eval(variables)
	if err != nil {
		return false, err
	}
	if b, ok := v.(types.Bool); ok {
		return bool(b), nil
	}
	return false, fmt.Errorf("it is neither true nor false but %s", typeOf(v))
}

func typeOf(v ref.Val) string { return v.Type().TypeName() }
