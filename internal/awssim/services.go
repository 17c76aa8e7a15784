package awssim

import (
	"github.com/restorable/restorable/internal/awssim/world"
)

// Assemble makes every simulated service.
func Assemble(o Options) (*Assembly, error) {
	return &Assembly{World: world.New(o.World)}, nil
}
