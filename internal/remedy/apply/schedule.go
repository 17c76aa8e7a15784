package apply

import (
	"context"

	"github.com/restorable/restorable/internal/remedy"
)

// step is one piece of work and what must have ended before it begins.
type step struct {
	id    string
	after map[string]bool
	work  func()
}

// ordered makes steps of a plan's actions: each after those that it needs, after the one before it that changes the same thing (what
// both read and write would be lost), and a Region's settings before the first vault or plan there, which opts everything in.
func ordered(actions []remedy.Action) []*step {
	var steps []*step
	last := map[string]string{} // resource -> the latest action that changes it
	settings := map[string]string{}
	for i := range actions {
		a := &actions[i]
		s := &step{id: a.ID, after: map[string]bool{}}
		for _, need := range needs(a) {
			s.after[need] = true
		}
		key := a.Region + "\x00" + a.Resource.Type + "\x00" + a.Resource.Name
		if before, ok := last[key]; ok {
			s.after[before] = true
		}
		last[key] = a.ID
		if a.Change.RegionSettings != nil {
			settings[a.Region] = a.ID
		} else if before, ok := settings[a.Region]; ok && (a.Change.Vault != nil || a.Change.Plan != nil) {
			s.after[before] = true
		}
		steps = append(steps, s)
	}
	return steps
}

// reversed turns the order round.
func reversed(steps []*step) []*step {
	byID := map[string]*step{}
	var out []*step
	for i := len(steps) - 1; i >= 0; i-- {
		s := &step{id: steps[i].id, after: map[string]bool{}}
		byID[s.id] = s
		out = append(out, s)
	}
	for _, s := range steps {
		for before := range s.after {
			byID[before].after[s.id] = true
		}
	}
	return out
}

// needs are the actions that an action needs done: those that it names, and those that its change refers to.
func needs(a *remedy.Action) []string {
	all := append([]string{}, a.Needs...)
	for _, r := range refs(&a.Change) {
		if id, ok := r.Action(); ok {
			all = append(all, id)
		}
	}
	return all
}

// schedule runs steps as soon as those before them have ended, in the given order and at most so many at once. Once ctx ends or halted
// says so nothing new begins; what is under way is waited for.
func schedule(ctx context.Context, steps []*step, atOnce int, halted func() bool) {
	ended := make(chan string, len(steps))
	gone := map[string]bool{}
	waiting := append([]*step{}, steps...)
	active := 0
	for {
		var still []*step
		for _, s := range waiting {
			if active >= atOnce || ctx.Err() != nil || halted() || !ready(s, gone) {
				still = append(still, s)
				continue
			}
			active++
			go func() {
				defer func() { ended <- s.id }()
				s.work()
			}()
		}
		waiting = still
		if active == 0 {
			return
		}
		gone[<-ended] = true
		active--
	}
}

func ready(s *step, gone map[string]bool) bool {
	for before := range s.after {
		if !gone[before] {
			return false
		}
	}
	return true
}
