// Package rehearse loads an estate into a simulated AWS, has a plan applied there, runs the clock and compares what was forecast with what happened.
// The forecast comes of the product's reading of AWS Backup's rules, what happens of the simulator's running of events: they share no code.
package rehearse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/estatebridge"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/estate"
)

// Bounds of a rehearsal, so that it ends.
const (
	MaxDays = 366
	samples = 60 // at most so often is the simulated AWS looked at; daily, when the days are fewer
)

// Options say what is rehearsed.
type Options struct {
	Estate *estate.Estate
	Days   int    // 1 to MaxDays
	Tool   string // name and version, for the estates read on the way
	// Apply carries the changes out through AWS's own protocols, at a URL on this machine. Nil: nothing is changed.
	Apply func(ctx context.Context, url string) error
	// Collect reads the simulated AWS as the product reads AWS.
	Collect func(ctx context.Context, url string) (*estate.Estate, error)
	// Progress is told of each day that has passed; nil: nobody watches.
	Progress func(day, days int)
	Prices   Prices
}

// Prices in US dollars per GB and month.
type Prices struct{ Backup, PITR float64 }

// Run rehearses. An error means that the rehearsal itself failed; what went otherwise than forecast is in the report.
func Run(ctx context.Context, o Options) (*Report, error) {
	if o.Days < 1 || o.Days > MaxDays {
		return nil, fmt.Errorf("rehearse %d days: want 1 to %d", o.Days, MaxDays)
	}
	notes, server, err := load(o.Estate)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- server.Listen(ctx, "127.0.0.1:0", func(url string) { ready <- url }) }()
	var report *Report
	select {
	case err := <-ended: // without an error when it was told to stop before it began
		return nil, cmp.Or(err, ctx.Err(), errors.New("the simulated AWS ended before it began"))
	case url := <-ready:
		report, err = o.play(ctx, server, url)
	}
	stop()
	if err := errors.Join(err, <-ended); err != nil {
		return nil, err
	}
	report.Assumed = append(report.Assumed, notes...)
	return report, nil
}

// load puts the estate into a fresh simulated AWS whose clock stands where the estate was seen.
func load(es *estate.Estate) ([]string, *awssim.Server, error) {
	start := newest(es)
	if start == 0 {
		return nil, nil, errors.New("rehearse: the estate does not say when it was seen, so no schedule can be run")
	}
	var notes []string
	server, err := awssim.New(awssim.Options{
		World: world.Options{Start: start.Time(), Speed: 1},
		Load: func(as *awssim.Assembly) (err error) {
			notes, err = estatebridge.LoadNotes(as, es)
			return err
		},
	})
	if err != nil {
		return nil, nil, fmt.Errorf("load estate into the simulated AWS: %w", err)
	}
	return notes, server, nil
}

func newest(es *estate.Estate) estate.Instant {
	var at estate.Instant
	for _, u := range es.Units {
		at = max(at, u.Now.Or(0))
	}
	return at
}

// still is the speed of the clock while it is only moved by days: how long reading takes on this machine must not count as lost.
const still = 1e-6

// play applies, looks ahead, runs the clock and compares.
func (o Options) play(ctx context.Context, server *awssim.Server, url string) (*Report, error) {
	if o.Apply != nil {
		if err := o.Apply(ctx, url); err != nil {
			return nil, err
		}
	}
	server.Assembly().World.SetSpeed(still)
	es, err := o.Collect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("read the simulated AWS: %w", err)
	}
	w := &watch{from: newest(es), days: o.Days}
	w.expect(es)
	if err := o.run(ctx, server, w); err != nil {
		return nil, err
	}
	return w.report(o.Prices), nil
}

// run moves the clock and looks at what there is after each step.
func (o Options) run(ctx context.Context, server *awssim.Server, w *watch) error {
	step := (o.Days + samples - 1) / samples
	if err := o.look(server, w); err != nil {
		return err
	}
	for day := 0; day < o.Days; {
		next := min(day+step, o.Days)
		server.Advance(time.Duration(next-day) * 24 * time.Hour)
		day = next
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := o.look(server, w); err != nil {
			return err
		}
		if o.Progress != nil {
			o.Progress(day, o.Days)
		}
	}
	return nil
}

func (o Options) look(server *awssim.Server, w *watch) error {
	es, err := estatebridge.Read(server.Assembly(), o.Tool)
	if err != nil {
		return fmt.Errorf("look at the simulated AWS: %w", err)
	}
	w.see(es, estate.At(server.Now()))
	return nil
}
