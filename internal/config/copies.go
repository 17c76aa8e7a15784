package config

import (
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/yamlfile"
)

// What AWS calls its Regions and lets vaults be called.
const (
	regionPattern = `^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$`
	vaultPattern  = `^[A-Za-z0-9_-]{2,50}$`
)

func readCopies(r *reader, n ast.Node, key string, o *objective.Objective) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.Add(yamlfile.At(n), "write "+key+": [eu-central-1], or eu-central-1:vault", "%s must be a list, found %s", key, yamlfile.Describe(n))
		return
	}
	o.Copies = nil
	for _, item := range list.Values {
		c, ok := r.copyOf(item)
		if !ok {
			continue
		}
		for _, other := range o.Copies {
			if other == c {
				r.Add(yamlfile.At(item), "", "the same copy is asked for twice")
			}
		}
		o.Copies = append(o.Copies, c)
	}
}

// copyOf reads REGION, REGION:VAULT, or a mapping.
func (r *reader) copyOf(n ast.Node) (objective.Copy, bool) {
	if text, ok := yamlfile.Scalar(n); ok {
		region, vault, named := strings.Cut(text, ":")
		before := len(r.Found)
		c := objective.Copy{Region: r.region(region, n)}
		if named {
			c.Vault = r.vault(vault, n)
		}
		return c, len(r.Found) == before
	}
	in, ok := r.Mapping(n, "a copy")
	if !ok {
		return objective.Copy{}, false
	}
	before := len(r.Found)
	r.Only(in, "region", "account", "vault")
	var c objective.Copy
	for key, into := range map[string]*string{"region": &c.Region, "account": &c.Account, "vault": &c.Vault} {
		if v, given := in.Entries[key]; given {
			*into = r.place(key, v)
		}
	}
	if c == (objective.Copy{}) && len(r.Found) == before {
		r.Add(in.Place, "say region, account, vault or several of them", "a copy must stand somewhere")
	}
	return c, len(r.Found) == before
}

func (r *reader) place(key string, n ast.Node) string {
	text, ok := r.text(n, key)
	if !ok {
		return ""
	}
	switch key {
	case "region":
		return r.region(text, n)
	case "vault":
		return r.vault(text, n)
	}
	return r.account(text, n)
}

func (r *reader) region(name string, n ast.Node) string {
	if !regexp.MustCompile(regionPattern).MatchString(name) {
		r.Add(yamlfile.At(n), "for example eu-central-1", "%q is not the name of a Region", name)
	}
	return name
}

func (r *reader) vault(name string, n ast.Node) string {
	if !regexp.MustCompile(vaultPattern).MatchString(name) {
		r.Add(yamlfile.At(n), "2 to 50 letters, digits, - and _", "%q is not the name of a vault", name)
	}
	return name
}

func (r *reader) account(id string, n ast.Node) string {
	if err := objective.CheckAccount(id); err != nil {
		r.Add(yamlfile.At(n), err.Error(), "%s is no account", id)
	}
	return id
}
