package config

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// provider is what a configuration of the AWS provider states.
type provider struct {
	region, account string // may be symbols
	tags            value  // of default_tags; null if there are none
	tagsAt          build.Pos
}

// providerOf is the provider of a resource: the one that it names, or the one that its type begins with.
func (s *scope) providerOf(b *hclsyntax.Block) *provider {
	name, _, _ := strings.Cut(b.Labels[0], "_")
	if a := b.Body.Attributes["provider"]; a != nil {
		name = keyword(a.Expr)
		if name == "" {
			return s.unstated(s.symbol(b.Labels[0] + "." + b.Labels[1] + ".provider"))
		}
	}
	return s.provider(name)
}

// provider is one that the module knows under a name: aws, or aws.west
// (https://developer.hashicorp.com/terraform/language/modules/develop/providers).
func (s *scope) provider(name string) *provider {
	if p := s.providers[name]; p != nil {
		return p
	}
	p := s.findProvider(name)
	s.providers[name] = p
	return p
}

func (s *scope) findProvider(name string) *provider {
	for _, b := range s.module.providers {
		alias, _ := literal(b.Body, "alias")
		if full := strings.TrimSuffix(b.Labels[0]+"."+alias, "."); full == name {
			return s.configured(b, name)
		}
	}
	if s.parent == nil {
		return s.unstated("")
	}
	if passed := s.passed(name); passed != "" {
		return s.parent.provider(passed)
	}
	if !strings.Contains(name, ".") {
		return s.parent.provider(name)
	}
	return s.unstated(s.symbol("provider." + name))
}

// passed is what the call's providers argument calls a provider of the module.
func (s *scope) passed(name string) string {
	a := s.call.Body.Attributes["providers"]
	if a == nil {
		return ""
	}
	pairs, diags := hcl.ExprMap(a.Expr)
	if diags.HasErrors() {
		return ""
	}
	for _, pair := range pairs {
		if keyword(pair.Key) == name {
			return keyword(pair.Value)
		}
	}
	return ""
}

// unstated is a provider of which nothing is known but a symbol for where it works.
func (s *scope) unstated(symbol string) *provider {
	p := &provider{region: s.options.Region, account: s.options.Account, tags: value{v: cty.NullVal(cty.DynamicPseudoType)}}
	if symbol != "" {
		p.region, p.account = symbol, symbol
	}
	return p
}

func (s *scope) configured(b *hclsyntax.Block, name string) *provider {
	p := s.unstated("")
	body := s.body(b.Body, header(b), frame{}, func(inner string) bool { return inner == "alias" || inner == "endpoints" })
	if v, _, set := body.Value("region"); set {
		p.region = s.symbol("provider." + name + ".region")
		if v.IsKnown() && v.Type() == cty.String {
			p.region = v.AsString()
		}
	}
	if account := accountOf(body); account != "" {
		p.account = account
	} else if _, _, set := body.Value("profile"); set && strings.Contains(name, ".") {
		p.account = s.symbol("provider." + name + ".account")
	} else if roles, whole := body.Blocks("assume_role"); len(roles) > 0 || !whole {
		p.account = s.symbol("provider." + name + ".account")
	}
	defaults, whole := body.Blocks("default_tags")
	for _, d := range defaults {
		v, at, _ := d.Value("tags")
		p.tags, p.tagsAt = value{v, d.WhyUnknown("tags")}, at
	}
	if !whole {
		p.tags, p.tagsAt = unknown(body.WhyUnknown("default_tags")), body.At
	}
	return p
}

// symbol is one of this instance of a module alone.
func (s *scope) symbol(name string) string {
	r := resource.Resource{Root: s.root, Address: s.qualified(name)}
	return resource.Symbol(r.ID())
}

// accountOf is the account that a provider says it works in: the only one that is allowed, or that of the role that it assumes.
func accountOf(body resource.Body) string {
	if v, _, set := body.Value("allowed_account_ids"); set && v.IsWhollyKnown() && v.CanIterateElements() && v.LengthInt() == 1 {
		for it := v.ElementIterator(); it.Next(); {
			if _, id := it.Element(); id.Type() == cty.String && !id.IsNull() && !symbolic(id) {
				return id.AsString()
			}
		}
	}
	roles, whole := body.Blocks("assume_role")
	if len(roles) != 1 || !whole {
		return ""
	}
	v, _, set := roles[0].Value("role_arn")
	if !set || !v.IsKnown() || v.Type() != cty.String {
		return ""
	}
	if parts := strings.Split(v.AsString(), ":"); len(parts) >= 6 && len(parts[4]) == 12 {
		return parts[4]
	}
	return ""
}
