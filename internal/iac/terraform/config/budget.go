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
	maxWork      = 1_000_000 // elements visited and signs written, 32 for one, while evaluating
	moreWork     = 5         // of these for every byte that is read: what is large takes more
	maxSize      = 1 << 18   // elements and signs of one value
	maxElements  = 10_000    // of one list, map or object: cty converts them in steps that grow with the square of their number
	maxInstances = 100_000   // of resources and modules
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
	if t.IsMapType() || t.IsObjectType() {
		return sizeOfMap(v, limit)
	}
	n := int64(1)
	for _, e := range v.AsValueSlice() {
		if n += size(e, limit-n); n > limit {
			break
		}
	}
	return n
}

func sizeOfMap(v cty.Value, limit int64) int64 {
	n := int64(1)
	for key, e := range v.AsValueMap() {
		if n += int64(len(key))/32 + size(e, limit-n); n > limit {
			break
		}
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
