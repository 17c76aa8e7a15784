package collect

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
)

// Progress is where a unit stands: the call that most requests still wait for.
type Progress struct {
	Account, Region string
	Call            awsapi.CallID
	Done, Total     int     // requests of that call so far, and known to be needed so far
	AllDone         int     // requests of all calls
	AllTotal        int     // known so far; grows while lists are read
	PerSecond       float64 // the rate that AWS allows and we keep for the call; 0: no limit
	Finished        bool    // the unit is complete
}

// String is one line, for example "us-east-1: DescribeContinuousBackups 412/1000, limited by AWS to 10/s".
func (p Progress) String() string {
	if p.Finished {
		return fmt.Sprintf("%s: %d requests done", p.Region, p.AllDone)
	}
	_, operation, _ := strings.Cut(string(p.Call), ":")
	line := fmt.Sprintf("%s: %s %d/%d", p.Region, operation, p.Done, p.Total)
	if p.PerSecond > 0 && float64(p.Total-p.Done) > p.PerSecond {
		line += fmt.Sprintf(", limited by AWS to %.0f/s", p.PerSecond)
	}
	return line
}

const progressEvery = 50 * time.Millisecond

type count struct{ done, total int }

// tally counts the requests of a unit and tells at intervals.
type tally struct {
	scope  *awsapi.Scope
	report func(Progress)
	about  Progress

	mu    sync.Mutex
	calls map[awsapi.CallID]*count
	last  time.Time
}

func (t *tally) begin(call awsapi.CallID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.calls[call] == nil {
		t.calls[call] = &count{}
	}
	t.calls[call].total++
	t.about.AllTotal++
}

func (t *tally) end(call awsapi.CallID) {
	t.mu.Lock()
	t.calls[call].done++
	t.about.AllDone++
	now := time.Now()
	due := now.Sub(t.last) >= progressEvery
	if due {
		t.last = now
	}
	p := t.snapshot()
	t.mu.Unlock()
	if due {
		t.tell(p)
	}
}

func (t *tally) finish() {
	t.mu.Lock()
	p := t.snapshot()
	t.mu.Unlock()
	p.Finished = true
	t.tell(p)
}

func (t *tally) tell(p Progress) {
	if p.Call != "" {
		p.PerSecond = t.scope.Limit(p.Call)
	}
	t.report(p)
}

// snapshot picks the call with the most requests to come; of equals the first by name, so that the line does not flicker.
func (t *tally) snapshot() Progress {
	p := t.about
	most := -1
	for call, c := range t.calls {
		if left := c.total - c.done; left > most || left == most && call < p.Call {
			most, p.Call, p.Done, p.Total = left, call, c.done, c.total
		}
	}
	return p
}
