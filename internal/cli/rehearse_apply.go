package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/apply"
	"github.com/restorable/restorable/internal/remedy/journal"
	"github.com/restorable/restorable/internal/terminal"
)

// applyInRehearsal carries a plan out in the simulated copy, as apply would: the same code, another address, a journal that is thrown away.
func (a *app) applyInRehearsal(ctx context.Context, url string, plan *remedy.Plan) error {
	folder, err := os.MkdirTemp("", "restorable-rehearsal-*")
	if err != nil {
		return misuse("set TMPDIR to a folder that can be written", "keep the rehearsal's journal: %s", plainCause(err))
	}
	defer func() { _ = os.RemoveAll(folder) }() // what is left lies in the system's folder for such
	moved := *plan
	moved.Endpoint = url
	if err := moved.Seal(); err != nil {
		return err
	}
	session, err := awsapi.Open(ctx, awsapi.Options{EndpointURL: url, Regions: moved.Regions, Rates: awsapi.RatesOff,
		RequestTimeout: 30 * time.Second, SimulatedAccount: moved.Account, Writes: true})
	if err != nil {
		return fmt.Errorf("open the simulated copy: %w", err)
	}
	defer session.Close()
	store := journal.Store{Root: filepath.Join(folder, "runs"), Now: a.now}
	result, err := apply.Run(ctx, session, apply.Options{Plan: &moved, Store: store, Endpoint: url, Tool: Version})
	if result == nil {
		return applyFailure(err, awsOptions{})
	}
	return rehearsedFully(plan, result)
}

// rehearsedFully refuses to look ahead from a plan that was carried out in part: the forecast would be of something else.
func rehearsedFully(plan *remedy.Plan, r *apply.Result) error {
	if r.Cause != nil {
		return fmt.Errorf("apply plan %s in the simulated copy: %w", plan.ID, r.Cause)
	}
	var reasons []string
	left := 0
	for _, one := range r.Actions {
		if one.Outcome == apply.Done {
			continue
		}
		left++
		if len(reasons) < 5 && one.Reason != "" {
			reasons = append(reasons, one.Action.Summary+": "+one.Reason)
		}
	}
	if left == 0 {
		return nil
	}
	return &complaint{code: exitStale, summary: fmt.Sprintf("%s of plan %s cannot be done in what the estate says", terminal.Count(left, "action"), plan.ID),
		detail: strings.Join(reasons, "\n"), hint: "make the plan again from the same estate: restorable plan ESTATE -o json=plan.json"}
}
