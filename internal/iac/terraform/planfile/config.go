package planfile

import (
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// scope is the instance of a module in which references are meant.
type scope struct{ module string } // address, with keys; empty: the root

// address is that of something in the module.
func (s scope) address(local string) string {
	if s.module == "" {
		return local
	}
	return s.module + "." + local
}

// steps takes an address apart at its dots, but for those within keys: module.a["x.y"].aws_vpc.main is module, a["x.y"], aws_vpc, main.
func steps(address string) []string {
	var out []string
	start, quoted, depth := 0, false, 0
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '.' && depth == 0:
			out = append(out, address[start:i])
			start = i + 1
		}
	}
	return append(out, address[start:])
}

// bare is a step without its key.
func bare(step string) string {
	name, _, _ := strings.Cut(step, "[")
	return name
}

// module is the configuration of a module by its address; nil where the plan carries none.
func (r *reader) module(address string) *tfjson.ConfigModule {
	if r.plan.Config == nil {
		return nil
	}
	m := r.plan.Config.RootModule
	if address == "" {
		return m
	}
	path := steps(address)
	for i := 1; i < len(path) && m != nil; i += 2 {
		call := m.ModuleCalls[bare(path[i])]
		if call == nil {
			return nil
		}
		m = call.Module
	}
	return m
}

// parent is the scope that calls a module, and the call.
func (r *reader) parent(s scope) (scope, *tfjson.ModuleCall) {
	path := steps(s.module)
	if s.module == "" || len(path) < 2 {
		return scope{}, nil
	}
	up := scope{strings.Join(path[:len(path)-2], ".")}
	m := r.module(up.module)
	if m == nil {
		return up, nil
	}
	return up, m.ModuleCalls[bare(path[len(path)-1])]
}

// configured is what the configuration says of a resource.
func (r *reader) configured(c *tfjson.ResourceChange) *tfjson.ConfigResource {
	m := r.module(c.ModuleAddress)
	if m == nil {
		return nil
	}
	known, ok := r.configs[m]
	if !ok {
		known = make(map[string]*tfjson.ConfigResource, len(m.Resources))
		for _, config := range m.Resources {
			if config != nil && config.Mode == tfjson.ManagedResourceMode {
				known[config.Type+"."+config.Name] = config
			}
		}
		r.configs[m] = known
	}
	return known[c.Type+"."+c.Name]
}

// locate finds where a resource will be: its own region, which provider 6 has, comes later, with its body.
func (r *reader) locate(p *planned, config *tfjson.ConfigResource) {
	key := config.ProviderConfigKey
	provider := r.plan.Config.ProviderConfigs[key]
	for provider == nil { // a module without a provider of its own has its parent's
		_, after, found := strings.Cut(key, ":")
		if !found {
			return
		}
		key = after
		provider = r.plan.Config.ProviderConfigs[key]
	}
	p.provider, p.tagged = key, provider.Expressions["default_tags"] != nil
	p.Region = r.constant(provider, "region")
}

// shareAccounts: what has the same provider is in the same account, which the ARN of anything that is deployed already tells.
func (r *reader) shareAccounts() {
	accounts := map[string]string{}
	for _, p := range r.all {
		if p.Account != "" {
			accounts[p.provider] = p.Account
		}
	}
	for _, p := range r.all {
		if p.Account == "" && p.provider != "" {
			p.Account = accounts[p.provider]
		}
	}
}

// constant is a text in a provider's configuration, of a constant or of a variable of the root.
func (r *reader) constant(provider *tfjson.ProviderConfig, name string) string {
	e := provider.Expressions[name]
	if e == nil || e.ExpressionData == nil {
		return ""
	}
	if text, ok := e.ConstantValue.(string); ok {
		return text
	}
	if len(e.References) != 1 || provider.ModuleAddress != "" {
		return ""
	}
	return r.variable(e.References[0])
}

// variable is the text that a variable of the root was given, or its default.
func (r *reader) variable(reference string) string {
	name, is := strings.CutPrefix(reference, "var.")
	if !is {
		return ""
	}
	if v := r.plan.Variables[name]; v != nil {
		text, _ := v.Value.(string)
		return text
	}
	if root := r.plan.Config.RootModule; root != nil && root.Variables[name] != nil {
		text, _ := root.Variables[name].Default.(string)
		return text
	}
	return ""
}

// know notes what a resource says of where it is and how it is called, before references are followed.
func (r *reader) know(p *planned) {
	after := p.change.Change.After.(map[string]any)
	unset := unknowns(p.change.Change.AfterUnknown)
	b := body{reader: r, owner: p, at: p.At}
	for name, v := range after {
		if text, ok := v.(string); ok && !isTrue(unset[name]) {
			value, _ := b.value(text, nil)
			p.Body.Set(name, value, p.At, "")
		}
	}
	if region, ok := after["region"].(string); ok && region != "" {
		p.Region = region
	}
	if arn, ok := after["arn"].(string); ok && !isTrue(unset["arn"]) {
		if fields := strings.SplitN(arn, ":", 6); len(fields) == 6 {
			if fields[3] != "" {
				p.Region = fields[3]
			}
			p.Account = fields[4]
		}
	}
}
