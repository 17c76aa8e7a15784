package apply

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
	"github.com/restorable/restorable/internal/remedy/journal"
)

// ProveOptions say which run to prove, and within which bounds. Of the other options Store, Settle and Progress count; the progress
// counts tables.
type ProveOptions struct {
	Options
	Run        string
	Limit      int           // tables in all; 0 means 20
	AtOnce     int           // jobs under way at once; 0 means 20
	RetainDays int64         // how long the recovery points are kept; 0 means 35
	Within     time.Duration // how long a table's job may take, waits for another job included; 0 means 4 hours
}

// Defaults of proving. On-demand jobs normally start within the hour (https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-on-demand-backup.html).
const (
	DefaultProofs       = 20
	DefaultProofDays    = 35
	DefaultProofPatient = 4 * time.Hour
)

func (o ProveOptions) filled() ProveOptions {
	o.Options = o.withDefaults()
	o.Limit, o.AtOnce = cmp.Or(o.Limit, DefaultProofs), cmp.Or(o.AtOnce, DefaultProofs)
	o.RetainDays, o.Within = cmp.Or(o.RetainDays, DefaultProofDays), cmp.Or(o.Within, DefaultProofPatient)
	return o
}

// The outcomes of proving a table, besides Failed and Pending.
const (
	Proven     Outcome = "proven"     // a job completed, and its recovery point is listed
	Unfinished Outcome = "unfinished" // the job is still under way: proving again goes on with it
	Left       Outcome = "left"       // beyond the limit
)

// ProofResult is what became of one table.
type ProofResult struct {
	Proof   remedy.Proof
	Outcome Outcome
	Job     string // id; empty: none was started
	Point   string // ARN of the recovery point
	Code    string // AWS's error code, or the state in which the job ended
	Reason  string // AWS's message
	Mend    string // what probably helps; empty: nothing known
}

// ProveResult is what became of proving a run.
type ProveResult struct {
	Run    string
	Tables []ProofResult // in the order in which they were chosen
	// Without are changed tables that no rule of a plan will back up, by name: there is no role and no vault to try.
	Without []string
	Cause   error // why it stopped early; nil otherwise
}

// Count returns how many tables ended so.
func (r *ProveResult) Count(o Outcome) int {
	n := 0
	for _, t := range r.Tables {
		if t.Outcome == o {
			n++
		}
	}
	return n
}

// Prove starts an on-demand backup job for the tables that a run changed, as the rule that covers each would, and waits until the job is
// completed and its recovery point listed. Each job is written into the run's journal before it is started, so that proving again after
// any end goes on with the same jobs. An error means that nothing was begun, as with Run.
func Prove(ctx context.Context, session *awsapi.Session, o ProveOptions) (*ProveResult, error) {
	o = o.filled()
	o.Plan, o.Resume = nil, ""
	way, err := reach(ctx, session, o.Options)
	if err != nil {
		return nil, err
	}
	run, err := way.reopen(o.Store, o.Run)
	if err != nil {
		return nil, err
	}
	p := &prover{engine: newEngine(way, run, o.Options), o: o, proofs: journal.FoldProofs(run.Journal.Events())}
	return p.all(ctx), errors.Join(run.Close())
}

// prover proves the tables of one run.
type prover struct {
	*engine
	o      ProveOptions
	proofs map[string]journal.Proof // as the journal had them before we began

	told sync.Mutex
	ends int
}

func (p *prover) all(ctx context.Context) *ProveResult {
	defer p.bear(ctx)()
	chosen, left := p.choose()
	r := &ProveResult{Run: p.run.Head.ID, Without: p.without(), Tables: make([]ProofResult, len(chosen), len(chosen)+len(left))}
	steps := make([]*step, len(chosen))
	for i, proof := range chosen {
		r.Tables[i] = ProofResult{Proof: proof, Outcome: Pending}
		steps[i] = &step{id: proof.ARN, work: func() {
			r.Tables[i] = p.prove(proof)
			p.tell(proof.Table, len(chosen))
		}}
	}
	schedule(ctx, steps, p.o.AtOnce, p.halted)
	for _, proof := range left {
		r.Tables = append(r.Tables, ProofResult{Proof: proof, Outcome: Left})
	}
	r.Cause = p.cause
	if r.Cause == nil && ctx.Err() != nil {
		r.Cause = ctx.Err()
	}
	return r
}

func (p *prover) tell(table string, total int) {
	p.told.Lock()
	defer p.told.Unlock()
	p.ends++
	p.o.Progress(Progress{Run: p.run.Head.ID, Done: p.ends, Total: total, Latest: table})
}

// done reports whether the run did one of some actions.
func (p *prover) done(actions []string) bool {
	return slices.ContainsFunc(actions, func(id string) bool {
		a, ok := p.prior.Actions[id]
		return ok && (a.Phase == journal.Done || a.Phase == journal.Adopted) && a.Undo != journal.Undone
	})
}

// choose picks the tables to prove. What fails usually fails for a whole role, vault or plan: so one table of each combination comes
// first, then a second one of each, in the order of the plan. What was begun before comes before all.
func (p *prover) choose() (chosen, left []remedy.Proof) {
	type ranked struct {
		remedy.Proof
		rank int
	}
	type group struct{ region, plan, vault, role string }
	met := map[group]int{}
	var all []ranked
	for _, proof := range p.plan.Proofs {
		if !p.done(proof.Actions) {
			continue
		}
		g := group{proof.Region, proof.Plan, proof.Vault, proof.RoleARN}
		met[g]++
		rank := met[g]
		if _, begun := p.proofs[proofKey(proof)]; begun {
			rank = 0
		}
		all = append(all, ranked{proof, rank})
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	for i, r := range all {
		if i < p.o.Limit {
			chosen = append(chosen, r.Proof)
		} else {
			left = append(left, r.Proof)
		}
	}
	return chosen, left
}

// without lists the tables that the run changed and that have no proof.
func (p *prover) without() []string {
	proofs := map[string]bool{}
	for _, proof := range p.plan.Proofs {
		proofs[proof.ARN] = true
	}
	var out []string
	for i := range p.plan.Actions {
		a := &p.plan.Actions[i]
		if a.Resource.Type == "table" && !proofs[a.Resource.ARN] && p.done([]string{a.ID}) && !slices.Contains(out, a.Resource.Name) {
			out = append(out, a.Resource.Name)
		}
	}
	return out
}

func proofKey(proof remedy.Proof) string { return "prove:" + proof.ARN }

// proofToken is by which AWS knows a repeated request again.
func proofToken(run string, proof remedy.Proof) string {
	sum := sha256.Sum256([]byte(proof.ARN))
	return tokenOf(run, "prove-"+hex.EncodeToString(sum[:4]))
}
