package config

import (
	"fmt"
	"math/big"

	"github.com/zclconf/go-cty/cty"

	"github.com/restorable/restorable/internal/iac/build"
)

// Bounds of one reading. Configuration of thousands of tables needs far less.
const (
	maxWork      = 200_000_000 // elements visited and signs written while evaluating
	maxSize      = 4 << 20     // elements and signs of one value
	maxInstances = 200_000     // of resources and modules
	maxDepth     = 400         // of names that rest on each other
	maxModules   = 32          // of modules within each other
	maxExponent  = 4096        // bits of a number
)

// budget bounds a reading. Once it is overspent nothing more is evaluated.
type budget struct {
	work      int64
	instances int
	depth     int
	at        build.Pos // what is being evaluated
	err       error
}

// spend reports whether there is something left.
func (b *budget) spend(n int64) bool {
	if b.err != nil {
		return false
	}
	if b.work += n; b.work > maxWork || n < 0 {
		b.fail("what is written here takes too many steps to evaluate")
	}
	return b.err == nil
}

func (b *budget) fail(why string) {
	if b.err == nil {
		b.err = fmt.Errorf("%s: %s", b.at, why)
	}
}

// instance counts one more resource or module.
func (b *budget) instance(at build.Pos) bool {
	if b.instances++; b.instances > maxInstances {
		b.at = at
		b.fail(fmt.Sprintf("the configuration has more than %d resources", maxInstances))
	}
	return b.err == nil
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
		return 1 + int64(len(v.AsString()))
	case t == cty.Number:
		return numberSize(v.AsBigFloat())
	case t.IsCapsuleType() || t.IsPrimitiveType():
		return 1
	}
	n := int64(1)
	for it := v.ElementIterator(); it.Next() && n <= limit; {
		key, e := it.Element()
		if key.Type() == cty.String && key.IsKnown() && !t.IsSetType() {
			n += int64(len(key.AsString()))
		}
		n += size(e, limit-n)
	}
	return n
}

// numberSize: written out, a number has as many digits as its exponent says.
func numberSize(f *big.Float) int64 {
	if e := f.MantExp(nil); f.IsInf() || e > maxExponent || e < -maxExponent {
		return maxSize + 1
	}
	return 1
}
