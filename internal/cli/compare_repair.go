package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/drill/compare"
)

// repairText says what a repair file holds.
type repairText struct {
	File string `json:"file"`
	compare.Repaired
}

// writeRepair writes the file that was asked for. It appears under its name only when it is whole, and only its owner can read it. Of a
// comparison that was not finished there is none.
func (a *app) writeRepair(ctx context.Context, c *comparing, r *compare.Result) (*repairText, error) {
	if c.repair == "" {
		return nil, nil
	}
	if r.Cause != nil {
		a.note("%s was not written: the comparison was not finished", c.repair)
		return nil, nil
	}
	f, err := createAside(c.repair)
	if err != nil {
		return nil, misuse("choose another file", "%v", err)
	}
	defer f.discard()
	head := compare.RepairHead{Tool: toolName, Table: r.A.ARN, From: r.B.ARN, Region: c.sides[0].Scope.Region}
	file, err := compare.NewRepairFile(f, strings.HasSuffix(c.repair, ".sh"), head)
	if err != nil {
		return nil, unwritten(err)
	}
	done, err := r.Repair(ctx, file.Put)
	if err != nil {
		return nil, c.failure(err)
	}
	if err := file.End(done); err != nil {
		return nil, unwritten(err)
	}
	if err := f.commitPrivate(); err != nil {
		return nil, unwritten(fmt.Errorf("write repair file: %w", err))
	}
	return &repairText{File: c.repair, Repaired: done}, nil
}
