package config

import (
	"fmt"
	"math/big"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/restorable/restorable/internal/iac/build"
)

// Bounds of one reading. Configuration of thousands of tables needs far less.
const (
	maxWork      = 4_000_000 // elements visited and signs written, 32 for one, while evaluating
	moreWork     = 200_000   // of these for every root module
	maxSize      = 1 << 18   // elements and signs of one value
	maxElements  = 10_000    // of one list, map or object: cty converts them in steps that grow with the square of their number
	maxInstances = 200_000   // of resources and modules
	maxDepth     = 400       // of names that rest on each other
	maxModules   = 32        // of modules within each other
	maxExponent  = 4096      // bits of a number
)

// budget bounds a reading. Once it is overspent nothing more is evaluated.
type budget struct {
	limit     int64
	work      int64
	instances int
	depth     int
	at        build.Pos // what is being evaluated
	err       error
	contexts  []map[string]cty.Value // of the expressions that are being evaluated
}

// spend reports whether there is something left.
func (b *budget) spend(n int64) bool {
	if b.err != nil {
		return false
	}
	if b.work += n; b.work > b.limit || n < 0 {
		b.fail("what is written here takes too many steps to evaluate")
	}
	return b.err == nil
}

func (b *budget) fail(why string) {
	if b.err == nil {
		b.err = fmt.Errorf("%s: %s", b.at, why)
	}
	for _, names := range b.contexts {
		clear(names)
	}
}

// evaluate is what an expression comes to. An evaluation cannot be stopped: when nothing is left its names are taken from it, and it ends soon.
func (b *budget) evaluate(e hclsyntax.Expression, names map[string]cty.Value, functions map[string]function.Function) (cty.Value, hcl.Diagnostics) {
	b.contexts = append(b.contexts, names)
	defer func() { b.contexts = b.contexts[:len(b.contexts)-1] }()
	return e.Value(&hcl.EvalContext{Variables: names, Functions: functions})
}

// instance counts one more resource or module.
func (b *budget) instance(at build.Pos) bool {
	if b.instances++; b.instances > maxInstances {
		b.at = at
		b.fail(fmt.Sprintf("the configuration has more than %d resources", maxInstances))
	}
	return b.err == nil
}

// size is how large a value is, as far as that matters: once nothing is left nobody counts.
func (b *budget) size(v cty.Value) int64 {
	if b.err != nil {
		return 1
	}
	return size(v, maxSize)
}

// size is how many elements and signs a value has, as far as a limit: values may hold one another many times over.
func size(v cty.Value, limit int64) int64 {
	if !v.IsKnown() || v.IsNull() {
		return 1
	}
	v, _ = v.Unmark()
	t := v.Type()
	switch {
	case t == cty.String:
		return 1 + int64(len(v.AsString()))/32
	case t == cty.Number:
		return numberSize(v.AsBigFloat())
	case t.IsCapsuleType() || t.IsPrimitiveType():
		return 1
	}
	if v.LengthInt() > maxElements {
		return maxSize + 1
	}
	n := int64(1)
	for it := v.ElementIterator(); it.Next() && n <= limit; {
		key, e := it.Element()
		if key.Type() == cty.String && key.IsKnown() && !t.IsSetType() {
			n += int64(len(key.AsString())) / 32
		}
		n += size(e, limit-n)
	}
	return n
}

// conversion is what it may cost to give all elements of a value one type.
func conversion(v cty.Value) int64 {
	if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
		return 0
	}
	n := int64(v.LengthInt())
	return n * n / 10
}

// numberSize: written out, a number has as many digits as its exponent says.
func numberSize(f *big.Float) int64 {
	if e := f.MantExp(nil); f.IsInf() || e > maxExponent || e < -maxExponent {
		return maxSize + 1
	}
	return 1
}
