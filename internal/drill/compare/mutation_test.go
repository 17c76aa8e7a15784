package compare

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"
)

// mutated is a value that differs from v in one small respect.
func mutated(t *rapid.T, v types.AttributeValue) types.AttributeValue {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		if v.Value == "" || rapid.Bool().Draw(t, "longer") {
			return str(v.Value + rapid.SampledFrom([]string{" ", "x", "\u0000", "é", "é"}).Draw(t, "more"))
		}
		if rapid.Bool().Draw(t, "kind") {
			return &types.AttributeValueMemberB{Value: []byte(v.Value)}
		}
		runes := []rune(v.Value)
		i := rapid.IntRange(0, len(runes)-1).Draw(t, "rune")
		runes[i]++
		return str(string(runes))
	case *types.AttributeValueMemberN:
		if rapid.Bool().Draw(t, "kind") {
			return str(v.Value)
		}
		last := v.Value[len(v.Value)-1]
		return num(v.Value[:len(v.Value)-1] + string('0'+(last-'0'+1)%10))
	case *types.AttributeValueMemberB:
		b := slices.Clone(v.Value)
		i := rapid.IntRange(0, len(b)-1).Draw(t, "byte")
		b[i] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		return &types.AttributeValueMemberB{Value: b}
	case *types.AttributeValueMemberBOOL:
		return &types.AttributeValueMemberBOOL{Value: !v.Value}
	case *types.AttributeValueMemberSS:
		if len(v.Value) > 1 && rapid.Bool().Draw(t, "lose") {
			i := rapid.IntRange(0, len(v.Value)-1).Draw(t, "member")
			return &types.AttributeValueMemberSS{Value: slices.Delete(slices.Clone(v.Value), i, i+1)}
		}
		return &types.AttributeValueMemberSS{Value: append(slices.Clone(v.Value), "another")}
	case *types.AttributeValueMemberNS:
		return &types.AttributeValueMemberNS{Value: append(slices.Clone(v.Value), "77.7")}
	case *types.AttributeValueMemberL:
		return mutatedList(t, v.Value)
	case *types.AttributeValueMemberM:
		return &types.AttributeValueMemberM{Value: mutatedMap(t, v.Value, slices.Sorted(maps.Keys(v.Value)))}
	}
	return &types.AttributeValueMemberBOOL{Value: false}
}

func mutatedList(t *rapid.T, list []types.AttributeValue) types.AttributeValue {
	out := slices.Clone(list)
	switch i := rapid.IntRange(0, len(out)-1).Draw(t, "element"); rapid.SampledFrom([]string{"lose", "more", "change", "order"}).Draw(t, "list") {
	case "lose":
		out = slices.Delete(out, i, i+1)
	case "more":
		out = append(out, &types.AttributeValueMemberNULL{Value: true})
	case "change":
		out[i] = mutated(t, out[i])
	default: // the elements of a list have an order; those of this one differ
		slices.Reverse(out)
	}
	return &types.AttributeValueMemberL{Value: out}
}

// mutatedMap changes one of the names, loses it, adds another or swaps two values.
func mutatedMap(t *rapid.T, m item, names []string) item {
	out := maps.Clone(m)
	if len(names) == 0 || rapid.IntRange(0, 5).Draw(t, "map") == 0 {
		out["more"] = &types.AttributeValueMemberNULL{Value: true}
		return out
	}
	name := rapid.SampledFrom(names).Draw(t, "attribute")
	switch rapid.IntRange(0, 4).Draw(t, "how") {
	case 0:
		delete(out, name)
	case 1:
		out[name+"_"] = out[name]
		delete(out, name)
	default:
		out[name] = mutated(t, out[name])
	}
	return out
}

// mutation is one change of the copy: what it did to which item.
func mutation(t *rapid.T, s *stage, n int) (Kind, item) {
	i := rapid.IntRange(0, n-1).Draw(t, "item")
	switch rapid.IntRange(0, 9).Draw(t, "mutation") {
	case 0:
		s.remove("copy", order(i))
		return OnlyA, order(i)
	case 1:
		s.put("copy", order(n+i))
		return OnlyB, order(n + i)
	}
	x := order(i)
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(x)), func(name string) bool { return name == "id" || name == "at" })
	changed := mutatedMap(t, x, names)
	s.put("copy", changed)
	return Changed, changed
}

// TestAThousandMutationsAreCaught: a hundred times ten by default. Each is caught, named, and nothing else with it.
func TestAThousandMutationsAreCaught(t *testing.T) {
	s := newStage(t)
	const n = 12
	s.twins(n, nil)
	rapid.Check(t, func(rt *rapid.T) {
		for range 10 {
			kind, x := mutation(rt, s, n)
			r := s.items(Options{Segments: 1})
			key := fmt.Sprintf(`{"id":{"S":%q},"at":{"N":%q}}`, x["id"].(*types.AttributeValueMemberS).Value, x["at"].(*types.AttributeValueMemberN).Value)
			if r.Verdict != Differs || len(r.Differences) != 1 || r.Differences[0].Kind != kind || string(r.Differences[0].Key) != key {
				rt.Fatalf("%s of %s (%+v): %s, %+v", kind, key, x, r.Reason, r.Differences)
			}
			if kind == OnlyB {
				s.remove("copy", x)
			} else {
				at, err := plainNumber(x["at"].(*types.AttributeValueMemberN).Value)
				s.check(err)
				s.put("copy", order(int(at.(int64))))
			}
		}
	})
	wants(t, s.items(Options{}), Equal, Exact)
}
