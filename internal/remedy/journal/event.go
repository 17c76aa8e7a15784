// Package journal keeps what runs did: a folder per run with a copy of its plan and a journal that is written, and forced to the disk,
// before each call to AWS. Whatever happens to the process, the journal says what may have been done.
package journal

import "time"

// Version is the version of the journal that this package reads and writes; it stands in its first line.
const Version = "1"

// Kind says what an event of a journal is.
type Kind string

// The events. Those of undoing mirror those of doing.
const (
	Begin     Kind = "begin"   // first line: what runs, where
	Resume    Kind = "resume"  // somebody goes on with a run that had not ended
	Intent    Kind = "intent"  // the call of an action comes next
	Done      Kind = "done"    // the action is done and was read back
	Adopted   Kind = "adopted" // AWS already had what the action makes, and not by us: nothing was called
	Refused   Kind = "refused" // what was observed has moved: nothing was called
	Skipped   Kind = "skipped" // an action that it needs was not done: nothing was called
	Failed    Kind = "failed"  // AWS refused the call, or it could not be read back
	Open      Kind = "open"    // the call may have happened: nobody could look
	Ended     Kind = "ended"   // the run, with its state
	Undo      Kind = "undo"    // backing out begins
	Undoing   Kind = "undoing" // the call that undoes an action comes next
	Undone    Kind = "undone"
	Stays     Kind = "stays"      // is not undone, and why
	NotUndone Kind = "not-undone" // AWS refused to undo it, or it could not be read back
	UndoEnded Kind = "undo-ended"
)

// Event is one line.
type Event struct {
	Seq       int               `json:"seq"` // from 1, without gaps
	At        time.Time         `json:"at"`  // AWS's time as last heard, UTC
	Kind      Kind              `json:"event"`
	Action    string            `json:"action,omitempty"`     // id in the plan
	Token     string            `json:"token,omitempty"`      // by which AWS knows a repeated request again
	Outputs   map[string]string `json:"outputs,omitempty"`    // what AWS named: "id", "arn"
	RequestID string            `json:"request_id,omitempty"` // AWS's
	Code      string            `json:"code,omitempty"`       // AWS's error code, or one of ours
	Reason    string            `json:"reason,omitempty"`     // for people
	State     State             `json:"state,omitempty"`      // of the run, when it ended
	Head      *Head             `json:"run,omitempty"`        // in the first line
}

// Head is what the first line says of a run.
type Head struct {
	Version   string    `json:"version"`
	ID        string    `json:"id"`
	Plan      string    `json:"plan"` // id
	Tool      string    `json:"tool"` // version of the program
	Partition string    `json:"partition"`
	Account   string    `json:"account"`
	Caller    string    `json:"caller,omitempty"`
	Endpoint  string    `json:"endpoint,omitempty"` // other than AWS's own
	Regions   []string  `json:"regions"`
	Machine   time.Time `json:"machine_time"` // this machine's clock: it alone orders runs of one second
}

// State is how a run stands.
type State string

// The states.
const (
	Running    State = "running"     // a process works on it now
	Finished   State = "done"        // all actions are done
	Partial    State = "partial"     // some are done, others were refused or failed
	Unmade     State = "failed"      // none is done
	Stopped    State = "stopped"     // ended early: apply --resume goes on
	BackedOut  State = "backed-out"  // what could be undone is undone
	BackingOut State = "backing-out" // undoing ended early: backout goes on
)
