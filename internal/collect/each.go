package collect

import (
	"context"
	"fmt"
	"sync"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// Part is one unit of an estate that is handed over as soon as it is whole.
type Part struct {
	Unit  *estate.Unit
	Place int // in the order of accounts and Regions, from 0: units come in the order in which they become whole
	Of    int // how many there will be
}

// Each reads the session's accounts and Regions like Collect, some at a time, hands over each unit when it is whole and forgets it:
// what it holds is bounded by Options.Units. take is called by one goroutine at a time; once it has failed nothing more is read, and its
// error is returned.
func Each(ctx context.Context, s *awsapi.Session, o Options, take func(Part) error) error {
	o = o.withDefaults()
	sites, err := plan(ctx, s, o)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	h := &handover{take: take, of: len(sites), stop: stop}
	work := newPool(o.Units, func(p place) {
		if h.wanted() {
			h.hand(p.index, p.site.read(ctx, o))
		}
		if len(sites) > o.Units { // where there are few, others may want the clients, their rates and their clock
			p.site.account.Release(p.site.region)
		}
	})
	for i, site := range sites {
		work.add(place{i, site})
	}
	work.wait()
	return h.err
}

// place is a site and where it stands in the order.
type place struct {
	index int
	site  *site
}

// handover gives units away, one at a time, until somebody does not want them.
type handover struct {
	take func(Part) error
	of   int
	stop context.CancelFunc

	mu  sync.Mutex
	err error
}

// wanted reports whether anybody still waits for units.
func (h *handover) wanted() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.err == nil
}

func (h *handover) hand(index int, u *estate.Unit) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.err != nil {
		return
	}
	if h.err = h.take(Part{Unit: u, Place: index, Of: h.of}); h.err != nil {
		h.stop()
	}
}

// site is one account in one Region before it is read.
type site struct {
	account *awsapi.Account
	who     identity
	region  string // empty: which Regions there are is not known
	home    bool
	lost    *awsapi.CallError // why nothing of it can be read; nil: it can
}

// read makes the unit.
func (t *site) read(ctx context.Context, o Options) *estate.Unit {
	if t.lost != nil {
		return t.unread(o)
	}
	u := newUnitRun(t.account.Scope(t.region), t.who, t.home, o)
	u.collect(ctx)
	return u.unit
}

// unread is the unit of an account in which nobody may look: every fact is unknown, for one reason.
func (t *site) unread(o Options) *estate.Unit {
	u := &unitRun{who: t.who, opts: o, unit: &estate.Unit{}, shared: map[estate.Provenance]estate.Source{}}
	own := u.record(awsapi.Answer{Call: "restorable:scope"})
	src := u.recordFailure(t.lost)
	u.unit.Reached, u.unit.Full = estate.KnownFact(false, own), estate.KnownFact(o.Full, own)
	u.unit.Home = estate.KnownFact(t.home, own)
	if t.region != "" {
		u.unit.Region = estate.KnownFact(t.region, own)
	}
	if id := t.account.Wanted(); id != "" {
		u.unit.Account = estate.KnownFact(id, own)
	}
	estate.Unread(u.unit, src)
	return u.unit
}

// plan finds out which accounts there are and who we are in each, several at a time, and lays out the sites in the order of the accounts.
func plan(ctx context.Context, s *awsapi.Session, o Options) ([]*site, error) {
	accounts, left, err := s.Members(ctx)
	if err != nil {
		return nil, startError(err)
	}
	for _, l := range left {
		o.Notice(Notice{Account: l.Account, Code: "AccountSkipped", Message: "the account is not active (" + l.State + ")"})
	}
	found := make([]*reach, len(accounts))
	work := newPool(o.Units, func(i int) { found[i] = reachOf(ctx, accounts[i]) })
	for i := range accounts {
		work.add(i)
	}
	work.wait()
	return layOut(found, o)
}

// layOut makes the sites. It is an error when no account at all can be worked with.
func layOut(found []*reach, o Options) ([]*site, error) {
	var sites []*site
	var first error
	usable, homes := 0, homes{}
	for _, r := range found {
		switch {
		case r.lost == nil:
			usable++
		case first == nil:
			first = r.err()
		}
		for _, skipped := range r.skipped {
			o.Notice(Notice{Account: r.who.Account, Region: skipped.Region, Code: "RegionSkipped", Message: "the account has not enabled this Region (" + skipped.Status + ")"})
		}
		for _, region := range r.regions {
			sites = append(sites, &site{account: r.account, who: r.who, region: region, home: homes.first(r.named()), lost: r.lost})
		}
	}
	if usable == 0 && first != nil {
		return nil, first
	}
	return sites, nil
}

// reach is how far we come in an account: who we are there and its Regions, or why nothing of it can be read.
type reach struct {
	account *awsapi.Account
	who     identity
	regions []string // one without a name when they could not be listed
	skipped []awsapi.SkippedRegion
	lost    *awsapi.CallError
	unknown bool // it is the list of Regions that could not be had
}

func reachOf(ctx context.Context, account *awsapi.Account) *reach {
	r := &reach{account: account, who: identify(ctx, account)}
	if r.who.fatal() {
		r.lost, r.regions = r.who.err, account.Asked()
		return r
	}
	var err error
	if r.regions, r.skipped, err = account.Regions(ctx); err != nil {
		r.lost, r.regions, r.skipped, r.unknown = asCall(err), []string{""}, nil, true
	}
	return r
}

// err is what is told when no account can be worked with for such a reason.
func (r *reach) err() error {
	if r.unknown {
		return fmt.Errorf("list Regions (name them with --region instead): %w", r.lost)
	}
	return &StartError{Err: r.lost}
}

// named is who we are, or in an account that nobody could look into, whom we wanted to be.
func (r *reach) named() identity {
	who := r.who
	if id := r.account.Wanted(); id != "" && r.lost != nil {
		who.Account = id
	}
	return who
}
