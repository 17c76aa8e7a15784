package planfile

import (
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"
)

// The configuration that a plan carries tells to what an expression refers, not what it does with it. An attribute that is to be an ARN, and
// refers to nothing but a resource's ARN, is taken to be that ARN; likewise for names and ids. In a list that is not known there may be more
// than what it refers to: literals are not shown.

// How many references are followed through variables and outputs of modules: of one expression, and of a whole plan.
const (
	maxOfOne = 2_000
	maxOfAll = 400_000
)

// symbols is the value of an attribute that only applying tells.
func (b body) symbols(name string, e *tfjson.Expression) cty.Value {
	kinds, list := wanted(name)
	texts, all := b.refersTo(e, want{kinds: kinds, whole: !list && ofWhole(name)})
	switch {
	case list && len(texts) > 0:
		items := make([]cty.Value, 0, len(texts)+1)
		for _, text := range texts {
			items = append(items, cty.StringVal(text))
		}
		return cty.TupleVal(append(items, cty.UnknownVal(cty.String)))
	case !list && all && len(texts) == 1:
		return cty.StringVal(texts[0])
	}
	return cty.DynamicVal
}

// elements is a list of which it is known how many there are: as many references as unknown elements are these.
func (b body) elements(name string, list []any, unknown any, said map[string]*tfjson.Expression) cty.Value {
	e := said[name]
	if e == nil || e.ExpressionData == nil {
		return cty.NilVal
	}
	unsure, _ := unknown.([]any)
	var items []cty.Value
	missing := 0
	for i, v := range list {
		if i < len(unsure) && isTrue(unsure[i]) {
			missing++
			continue
		}
		item, whole := b.value(v, nil)
		if !whole {
			return cty.NilVal
		}
		items = append(items, item)
	}
	kinds, _ := wanted(name)
	texts, all := b.refersTo(e, want{kinds: kinds, whole: ofWhole(name)})
	if !all || len(texts) != missing {
		return cty.NilVal
	}
	for _, text := range texts {
		items = append(items, cty.StringVal(text))
	}
	return cty.TupleVal(items)
}

// wanted are the attributes of other resources that an attribute takes as they are, and whether it takes a list.
func wanted(name string) (kinds []string, list bool) {
	switch name {
	case "resources", "not_resources", "protected_resource_arns", "include_vaults", "exclude_vaults", "managed_policy_arns", "policy_arns":
		return []string{"arn"}, true
	case "roles", "values", "equals":
		return []string{"arn", "name", "id"}, true
	case "plan_id", "vpc_id", "vpc_endpoint_id":
		return []string{"id"}, false
	case "role", "name", "restore_testing_plan_name":
		return []string{"name", "id"}, false
	case "event_source_arn":
		return []string{"stream_arn", "arn"}, false
	case "function_name":
		return []string{"function_name", "arn"}, false
	case "kms_key_id", "kms_key_arn", "encryption_key_arn":
		return []string{"arn", "key_id", "id"}, false
	case "permissions_boundary":
		return []string{"arn"}, false
	}
	switch {
	case strings.HasSuffix(name, "_arn"):
		return []string{"arn", "id"}, false
	case strings.HasSuffix(name, "_name"):
		return []string{"name", "id", "bucket"}, false
	}
	return nil, false
}

// want is what an attribute takes of what it refers to.
type want struct {
	kinds []string
	whole bool // of all of a resource that is referred to without an attribute, its first kind
}

// ofWhole reports whether a reference to a resource without an attribute, as in join("", aws_backup_plan.x.*.id), tells which is taken: a plan's
// id, or an ARN, is hardly made of anything else. In a list that is not known a filter may leave some out, so it has to be as long.
func ofWhole(name string) bool {
	kinds, list := wanted(name)
	return name == "plan_id" || strings.HasSuffix(name, "_arn") || list && slices.Equal(kinds, []string{"arn"})
}

func (b body) refersTo(e *tfjson.Expression, w want) (texts []string, all bool) {
	b.spent += b.steps
	b.steps = 0
	if b.spent > maxOfAll {
		return nil, false
	}
	return b.follow(b.owner.scope, e, w, 0)
}

// follow is what the references of an expression come to; all is whether that is every one of them.
func (r *reader) follow(s scope, e *tfjson.Expression, w want, depth int) (texts []string, all bool) {
	if e == nil || e.ExpressionData == nil || depth > 32 {
		return nil, false
	}
	all = true
	for _, reference := range longest(e.References) {
		if r.steps++; r.steps > maxOfOne {
			return nil, false
		}
		found, ok := r.reference(s, reference, w, depth)
		texts, all = append(texts, found...), all && ok
	}
	return texts, all && len(texts) > 0
}

// longest leaves out references that are the beginning of others: each is written with all its beginnings.
func longest(references []string) []string {
	var out []string
	for _, r := range references {
		if !slices.ContainsFunc(references, func(other string) bool { return begins(other, r) }) && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

func begins(long, short string) bool {
	rest, is := strings.CutPrefix(long, short)
	return is && rest != "" && (rest[0] == '.' || rest[0] == '[')
}

func (r *reader) reference(s scope, reference string, w want, depth int) ([]string, bool) {
	path := steps(reference)
	switch {
	case path[0] == "var" && len(path) == 2:
		up, call := r.parent(s)
		if call == nil {
			return nil, false
		}
		return r.follow(up, call.Expressions[path[1]], w, depth+1)
	case path[0] == "module" && len(path) == 3:
		inner := scope{s.address("module." + path[1])}
		m := r.module(inner.module)
		if m == nil || m.Outputs[path[2]] == nil {
			return nil, false
		}
		return r.follow(inner, m.Outputs[path[2]].Expression, w, depth+1)
	case len(path) == 3 && slices.Contains(w.kinds, path[2]):
		if r.none(s, path[0], path[1]) {
			return nil, true
		}
		return r.attribute(s.address(path[0]+"."+path[1]), path[2])
	case len(path) == 2 && w.whole:
		if r.none(s, path[0], path[1]) {
			return nil, true
		}
		return r.each(s.address(path[0]+"."+path[1]), w.kinds[0])
	}
	return nil, false
}

// none reports whether a module declares a resource of AWS's provider of which there will be no such instance: what refers to it, as within
// try(), comes of something else.
func (r *reader) none(s scope, kind, name string) bool {
	address := s.address(kind + "." + name)
	if !strings.HasPrefix(kind, "aws_") || r.found[address] != nil || len(r.instances[address]) > 0 {
		return false
	}
	m := r.module(s.module)
	return m != nil && slices.ContainsFunc(m.Resources, func(c *tfjson.ConfigResource) bool {
		return c != nil && c.Mode == tfjson.ManagedResourceMode && c.Type == kind && c.Name == bare(name)
	})
}

// each is the text of an attribute of every instance of a resource.
func (r *reader) each(address, name string) (texts []string, all bool) {
	for _, p := range r.instances[address] {
		found, ok := r.attribute(p.Address, name)
		if !ok {
			return nil, false
		}
		texts = append(texts, found...)
	}
	return texts, len(texts) > 0
}

// attribute is the text of a resource's attribute: of one of the plan's, or of a type that is declared once and not read otherwise.
func (r *reader) attribute(address, name string) ([]string, bool) {
	p := r.found[address]
	if p == nil {
		return nil, false
	}
	text := p.Text(name)
	if text == "" {
		return nil, false
	}
	return []string{text}, true
}

// leftToProvider reports whether an attribute that a provider computes where it is not set was not set: what it says is known before anything
// is applied, and yet its value is not.
func (b body) leftToProvider(name string, e *tfjson.Expression) bool {
	return (name == "not_resources" || name == "kms_key_arn" || name == "recovery_period_in_days") && b.settled(b.owner.scope, e, 0)
}

// settled reports whether an expression refers to nothing but variables whose values are known before anything is applied.
func (r *reader) settled(s scope, e *tfjson.Expression, depth int) bool {
	if e == nil || e.ExpressionData == nil {
		return true // the default of a variable
	}
	if depth > 32 || len(e.NestedBlocks) > 0 {
		return false
	}
	for _, reference := range longest(e.References) {
		path := steps(reference)
		if path[0] != "var" || len(path) < 2 {
			return false
		}
		if s.module == "" {
			continue
		}
		up, call := r.parent(s)
		if call == nil || !r.settled(up, call.Expressions[bare(path[1])], depth+1) {
			return false
		}
	}
	return true
}
