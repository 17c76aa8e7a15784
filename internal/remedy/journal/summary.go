package journal

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/disk"
	"github.com/restorable/restorable/internal/remedy"
)

// Summary is a run as a list shows it.
type Summary struct {
	ID        string    `json:"id"`
	Plan      string    `json:"plan"`
	Partition string    `json:"partition"`
	Account   string    `json:"account"`
	Endpoint  string    `json:"endpoint,omitempty"`
	Regions   []string  `json:"regions"`
	Caller    string    `json:"caller,omitempty"`
	StartedAt time.Time `json:"started_at"` // AWS's time
	State     State     `json:"state"`
	machine   time.Time
}

// Record is a run as it was kept, for reading.
type Record struct {
	Summary
	PlanDocument *remedy.Plan
	Events       []Event
	Progress     *Progress
}

// List returns the runs, newest last. A run whose journal cannot be read is an error of its own, joined, beside those that can.
func (s Store) List() ([]Summary, error) {
	names, err := folders(s.Root, 3)
	if err != nil {
		return nil, err
	}
	var out []Summary
	var errs []error
	for _, name := range names {
		one, err := s.summary(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(a, b Summary) int {
		if c := a.StartedAt.Compare(b.StartedAt); c != 0 {
			return c
		}
		if c := a.machine.Compare(b.machine); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out, errors.Join(errs...)
}

// Show reads one run. Errors are *NotFoundError, *CorruptError or the operating system's.
func (s Store) Show(id string) (*Record, error) {
	name, err := s.find(id)
	if err != nil {
		return nil, err
	}
	plan, err := loadPlan(name)
	if err != nil {
		return nil, err
	}
	events, _, _, err := readFile(filepath.Join(name, journalFile))
	if err != nil {
		return nil, err
	}
	one, err := s.summary(name)
	if err != nil {
		return nil, err
	}
	return &Record{Summary: one, PlanDocument: plan, Events: events, Progress: Fold(events)}, nil
}

func (s Store) summary(folder string) (Summary, error) {
	events, _, _, err := readFile(filepath.Join(folder, journalFile))
	if err != nil {
		return Summary{}, err
	}
	if len(events) == 0 {
		return Summary{}, &CorruptError{Line: 1, Reason: "of " + folder + " is missing"}
	}
	h := events[0].Head
	one := Summary{ID: h.ID, Plan: h.Plan, Partition: h.Partition, Account: h.Account, Endpoint: h.Endpoint, Regions: h.Regions, Caller: h.Caller,
		StartedAt: events[0].At, State: Fold(events).State, machine: h.Machine}
	if s.held(Place{Partition: h.Partition, Account: h.Account, Endpoint: h.Endpoint}, h.Plan) {
		one.State = Running
	}
	return one, nil
}

// held reports whether a process works on a plan now.
func (s Store) held(p Place, plan string) bool {
	l, err := disk.Acquire(filepath.Join(s.folder(p), lockFolder, plain(plan)))
	if err != nil {
		return errors.Is(err, disk.ErrBusy)
	}
	_ = l.Release() // it was only asked for
	return false
}

// OfPlan returns the newest run of a plan in a place; nil when there is none.
func (s Store) OfPlan(p Place, plan string) (*Summary, error) {
	one, err := s.ofPlan(p, plan)
	if one != nil && s.held(p, plan) {
		one.State = Running
	}
	return one, err
}

func (s Store) ofPlan(p Place, plan string) (*Summary, error) {
	names, err := folders(s.folder(p), 0)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Backward(names) {
		head, err := headOf(name)
		if err != nil {
			if kept, planErr := loadPlan(name); planErr == nil && kept.ID == plan {
				return nil, err // what this plan's run did is not known
			}
			continue // somebody else's damage; each action looks before it calls all the same
		}
		if head.Plan != plan {
			continue
		}
		events, _, _, err := readFile(filepath.Join(name, journalFile))
		if err != nil {
			return nil, err
		}
		return &Summary{ID: head.ID, Plan: plan, Partition: head.Partition, Account: head.Account, Endpoint: head.Endpoint, Regions: head.Regions,
			Caller: head.Caller, StartedAt: events[0].At, State: Fold(events).State, machine: head.Machine}, nil
	}
	return nil, nil
}
