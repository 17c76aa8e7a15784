package needs

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/iac"
)

// undeployed are the controls of the catalogue that can pass and fail before anything is deployed, found out by asking them of their own
// examples without what only deployment brings: UPDATE_NEEDS=1 go test ./internal/needs writes it anew.
//
//go:embed undeployed.json
var undeployed []byte

// Undeployed tells which controls can pass and fail before anything is deployed. Those that were not measured, such as a user's own, are
// asked of their examples.
func Undeployed(c *control.Catalogue) (func(*control.Control) bool, error) {
	var known []string
	if err := json.Unmarshal(undeployed, &known); err != nil {
		return nil, fmt.Errorf("read what templates answer: %w", err)
	}
	return func(k *control.Control) bool {
		if k.Builtin {
			return slices.Contains(known, k.ID)
		}
		return c.Keeps(k, iac.Undeployed)
	}, nil
}

// MeasureUndeployed finds out which controls can pass and fail before anything is deployed: their ids, in order.
func MeasureUndeployed(c *control.Catalogue) []string {
	var out []string
	for _, k := range c.Controls() {
		if c.Keeps(k, iac.Undeployed) {
			out = append(out, k.ID)
		}
	}
	slices.Sort(out)
	return out
}
