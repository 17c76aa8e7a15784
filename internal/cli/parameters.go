package cli

import (
	"slices"

	"github.com/restorable/restorable/internal/config"
	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/suggest"
)

// parameters are what the configuration file sets for controls. A control or a parameter that does not exist is an error of the file.
func (a *app) parameters(c *control.Catalogue) (map[string]any, error) {
	if a.file == nil {
		return nil, nil
	}
	out := map[string]any{}
	for _, s := range a.file.Parameters {
		k, err := a.parameterised(c, s)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(k.Parameters, func(p control.Parameter) bool { return p.Name == s.Name })
		if i < 0 {
			return nil, badConfig(a.file.Mistake(s.ValueAt, parameterHint(k, s.Name), "%s has no parameter %s", k.ID, s.Name))
		}
		value, err := k.Parameters[i].Read(s.Values, s.List)
		if err != nil {
			return nil, badConfig(a.file.Mistake(s.ValueAt, k.Parameters[i].Description, "parameter %s of %s: %v", s.Name, k.ID, err))
		}
		out[control.ParameterKey(k.ID, s.Name)] = value
	}
	return out, nil
}

func (a *app) parameterised(c *control.Catalogue, s config.ControlSetting) (*control.Control, error) {
	var ids []string
	for _, k := range c.Controls() {
		if k.ID == s.Control {
			return k, nil
		}
		ids = append(ids, k.ID)
	}
	hint := "restorable controls list shows the ids"
	if near := suggest.Nearest(s.Control, ids); near != "" {
		hint = "did you mean " + near + "?"
	}
	return nil, badConfig(a.file.Mistake(s.At, hint, "there is no control %s", s.Control))
}

func parameterHint(k *control.Control, name string) string {
	var names []string
	for _, p := range k.Parameters {
		names = append(names, p.Name)
	}
	if near := suggest.Nearest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return "restorable controls show " + k.ID + " shows what it takes"
}
