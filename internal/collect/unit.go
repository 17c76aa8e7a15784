package collect

import (
	"context"
	"errors"
	"sync"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// codeNotCollected marks facts that nobody asked for.
const codeNotCollected = "NotCollected"

const maxMessage = 500

// unitRun is the collection of one unit. Its areas run at the same time; each writes fields of the unit that no other area touches.
type unitRun struct {
	scope *awsapi.Scope
	who   identity
	home  bool // what is true of the whole account is read here
	opts  Options
	unit  *estate.Unit
	tally *tally

	mu     sync.Mutex // guards unit.Provenance and shared
	shared map[estate.Provenance]estate.Source

	tables *tableArea
	extras extras
	trials *trials // set while probing
}

func newUnitRun(scope *awsapi.Scope, who identity, home bool, o Options) *unitRun {
	u := &unitRun{scope: scope, who: who, home: home, opts: o, unit: &estate.Unit{}, shared: map[estate.Provenance]estate.Source{}}
	u.tally = &tally{scope: scope, report: o.Progress, calls: map[awsapi.CallID]*count{}, about: Progress{Account: who.Account, Region: scope.Region}}
	return u
}

func (u *unitRun) collect(ctx context.Context) {
	u.start()
	u.tables = newTableArea(u)
	together(
		func() { u.tables.collect(ctx) },
		func() { u.collectTags(ctx) },
		func() { u.collectPlans(ctx) },
		func() { u.collectVaults(ctx) },
		func() { u.collectBackups(ctx) },
		func() { u.collectBackupJobs(ctx) },
		func() { u.collectCopyJobs(ctx) },
		func() { u.collectRestoreJobs(ctx) },
		func() { u.collectSettings(ctx) },
		func() { u.collectTestingPlans(ctx) },
		func() { u.collectProtected(ctx) },
		func() { u.collectScaling(ctx) },
		func() { u.collectAlarms(ctx) },
		func() { u.collectIdentities(ctx) },
		func() { u.collectOversight(ctx) },
	)
	u.tables.finish()
	together(
		func() { u.collectKeys(ctx) },
		func() { u.collectRoles(ctx) },
		func() { u.collectActions(ctx) },
	)
	u.finish()
}

// start writes down what is known before any call in the Region.
func (u *unitRun) start() {
	src := u.record(u.who.answer)
	if u.who.err != nil {
		src = u.recordFailure(u.who.err)
	}
	own := u.record(awsapi.Answer{Call: "restorable:scope"})
	u.unit.Region = estate.KnownFact(u.scope.Region, own)
	u.unit.Full = estate.KnownFact(u.opts.Full, own)
	u.unit.Home = estate.KnownFact(u.home, own)
	u.unit.Account, u.unit.Partition = estate.UnknownFact[string](src), estate.UnknownFact[string](src)
	if u.who.Account != "" && u.who.err == nil {
		u.unit.Account = estate.KnownFact(u.who.Account, src)
		u.unit.Partition = estate.KnownFact(u.who.Partition, src)
	}
}

// finish sets the unit's now: the greatest Date of AWS's answers in this account and Region.
func (u *unitRun) finish() {
	now, reached := u.scope.Clock.Now()
	src := u.record(awsapi.Answer{Call: "restorable:clock", Date: now})
	u.unit.Reached = estate.KnownFact(reached, src)
	u.unit.Now = estate.UnknownFact[estate.Instant](src)
	if reached {
		u.unit.Now = estate.KnownFact(estate.At(now), src)
	}
	u.tally.finish()
}

// question is one call about one thing.
type question struct {
	u        *unitRun
	call     awsapi.CallID
	resource string
	counted  bool // its beginning was already told to the tally
}

// ask makes the call and records where its facts come from: the answer, or the failure. The error is nil or a *awsapi.CallError.
func ask[I, O, P any](ctx context.Context, q question, f func(context.Context, *I, ...func(*P)) (*O, error), in *I) (*O, estate.Source, error) {
	if !q.counted {
		q.u.tally.begin(q.call)
	}
	defer q.u.tally.end(q.call)
	out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: q.u.scope, Call: q.call, Resource: q.resource}, f, in)
	q.u.trials.note(q.call, err)
	if err != nil {
		return nil, q.u.recordFailure(err), err
	}
	return out, q.u.record(answer), nil
}

// record keeps an answer as a provenance entry.
func (u *unitRun) record(a awsapi.Answer) estate.Source {
	p := estate.Provenance{Operation: string(a.Call), Resource: a.Resource, RequestID: a.RequestID}
	if !a.Date.IsZero() {
		p.ObservedAt = estate.At(a.Date)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.unit.Record(p)
}

// recordFailure keeps a failure. Calls that were never made because of an interruption share one entry per operation.
func (u *unitRun) recordFailure(err error) estate.Source {
	var call *awsapi.CallError
	if !errors.As(err, &call) {
		call = &awsapi.CallError{Code: awsapi.CodeOther, Message: err.Error()}
	}
	p := estate.Provenance{Operation: string(call.Answer.Call), Resource: call.Answer.Resource, RequestID: call.Answer.RequestID, Code: call.Code, Message: cut(call.Message)}
	if !call.Answer.Date.IsZero() {
		p.ObservedAt = estate.At(call.Answer.Date)
	}
	if call.Kind == awsapi.KindCancelled {
		return u.share(estate.Provenance{Operation: p.Operation, Code: p.Code, Message: p.Message})
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.unit.Record(p)
}

// missing records that an answer lacks what it must have.
func (u *unitRun) missing(src estate.Source, what string) estate.Source {
	u.mu.Lock()
	p := u.unit.Of(src)
	u.mu.Unlock()
	p.Code, p.Message = awsapi.CodeMalformed, "the answer has no "+what
	return u.share(p)
}

// notCollected is the source of facts that nobody asked for.
func (u *unitRun) notCollected(call awsapi.CallID) estate.Source {
	return u.share(estate.Provenance{Operation: string(call), Code: codeNotCollected, Message: "not asked for in this collection"})
}

func (u *unitRun) share(p estate.Provenance) estate.Source {
	u.mu.Lock()
	defer u.mu.Unlock()
	src, ok := u.shared[p]
	if !ok {
		src = u.unit.Record(p)
		u.shared[p] = src
	}
	return src
}

func (u *unitRun) needs(g awsapi.Group) bool { return u.opts.Needs[g] }

func cut(message string) string {
	if len(message) <= maxMessage {
		return message
	}
	end := maxMessage
	for end > 0 && message[end]&0xC0 == 0x80 { // not inside a character
		end--
	}
	return message[:end]
}
