package control

import (
	"fmt"
	"reflect"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/restorable/restorable/internal/protection"
)

// recordFunctions are those members of coverage that are worked out only for the controls that ask, each a record of answers:
// coverage.restores(seconds(params.within)).tested. What a control reads of the record is evidence, as of any other.
func (t *typeTable) recordFunctions() []cel.EnvOption {
	return []cel.EnvOption{
		record(t, "restores", []*cel.Type{cel.IntType}, func(c *protection.Coverage, args []ref.Val) *protection.Restores {
			return c.Restores(int64(args[0].(types.Int)))
		}),
		record(t, "copies", []*cel.Type{cel.StringType, cel.StringType}, func(c *protection.Coverage, args []ref.Val) *protection.CopyState {
			return c.CopiesIn(string(args[0].(types.String)), string(args[1].(types.String)))
		}),
		record(t, "longest_gap", []*cel.Type{cel.IntType}, func(c *protection.Coverage, args []ref.Val) *protection.Gap {
			return c.LongestGap(int64(args[0].(types.Int)))
		}),
		record(t, "keys", nil, func(c *protection.Coverage, _ []ref.Val) *protection.KeyState { return c.Keys() }),
		record(t, "replicas", nil, func(c *protection.Coverage, _ []ref.Val) *protection.ReplicaState { return c.Replicas() }),
		record(t, "testing", nil, func(c *protection.Coverage, _ []ref.Val) *protection.Testing { return c.Testing() }),
		cel.Function("missing_tags", cel.Overload("missing_tags_map_list",
			[]*cel.Type{cel.MapType(cel.StringType, cel.StringType), cel.ListType(cel.StringType)}, cel.ListType(cel.StringType), cel.BinaryBinding(t.missingTags))),
	}
}

// record declares coverage.NAME(…), which answers with a T.
func record[T any](t *typeTable, name string, parameters []*cel.Type, work func(*protection.Coverage, []ref.Val) *T) cel.EnvOption {
	result := t.object(reflect.TypeFor[T]())
	bind := func(args ...ref.Val) ref.Val {
		from, ok := args[0].(*view)
		if !ok {
			return types.NewErr("%s: no coverage", name)
		}
		c, ok := from.value.Addr().Interface().(*protection.Coverage)
		if !ok {
			return types.NewErr("%s: no coverage", name)
		}
		return &view{typ: result, value: reflect.ValueOf(work(c, args[1:])).Elem(), rec: from.rec, parent: from, via: &field{name: name}, index: -1}
	}
	parameters = append([]*cel.Type{t.byName["protection.Coverage"].cel}, parameters...)
	return cel.Function(name, cel.MemberOverload("coverage_"+name, parameters, result.cel, cel.FunctionBinding(bind)))
}

// missingTags are those of the wanted tags, as KEY or KEY=VALUE, that are not among a table's. AWS's own tags, of the prefix aws:, do not
// count, on either side.
func (t *typeTable) missingTags(tags, wanted ref.Val) ref.Val {
	out := []ref.Val{}
	for each := wanted.(traits.Lister).Iterator(); each.HasNext() == types.True; {
		want, ok := each.Next().(types.String)
		if !ok {
			return types.NewErr("missing_tags: an element is no text")
		}
		if !strings.HasPrefix(string(want), "aws:") && !hasTag(tags.(traits.Mapper), string(want)) {
			out = append(out, want)
		}
	}
	return types.NewRefValList(t, out)
}

// hasTag: a key may hold an equals sign itself, so that the whole is tried as a key first.
func hasTag(tags traits.Mapper, want string) bool {
	if _, ok := tags.Find(types.String(want)); ok {
		return true
	}
	for i, c := range want {
		if c != '=' {
			continue
		}
		if v, ok := tags.Find(types.String(want[:i])); ok && fmt.Sprint(v.Value()) == want[i+1:] {
			return true
		}
	}
	return false
}
