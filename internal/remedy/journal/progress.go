package journal

import "time"

// Progress is what a journal says of each action.
type Progress struct {
	State   State
	Actions map[string]*Action // by id; those that no event names are missing
	Undoing bool               // backing out has begun
}

// Action is how one action stands.
type Action struct {
	Phase     Kind // the last of Intent, Done, Adopted, Refused, Skipped, Failed, Open; empty: nothing was begun
	Called    bool // an intent was written: the call may have been made
	Undo      Kind // the last of Undoing, Undone, Stays, NotUndone; empty: nothing was begun
	Token     string
	At        time.Time // of the first intent; zero without one
	Outputs   map[string]string
	RequestID string
	Code      string
	Reason    string
}

// Of is how an action stands; never nil. It changes nothing, so that many may ask at once.
func (p *Progress) Of(id string) *Action {
	if a, ok := p.Actions[id]; ok {
		return a
	}
	return &Action{}
}

// at is the entry of an action, made where there is none.
func (p *Progress) at(id string) *Action {
	a, ok := p.Actions[id]
	if !ok {
		a = &Action{}
		p.Actions[id] = a
	}
	return a
}

// Fold reads events, oldest first, into what they amount to. A journal that does not say how the run ended was stopped, whoever reads it.
func Fold(events []Event) *Progress {
	p := &Progress{State: Stopped, Actions: map[string]*Action{}}
	for _, e := range events {
		p.take(e)
	}
	return p
}

func (p *Progress) take(e Event) {
	switch e.Kind {
	case Begin, Resume:
		p.State = Stopped
	case Undo:
		p.State, p.Undoing = BackingOut, true
	case Ended, UndoEnded:
		p.State = e.State
	case Intent, Done, Adopted, Refused, Skipped, Failed, Open:
		p.at(e.Action).did(e)
	case Undoing, Undone, Stays, NotUndone:
		a := p.at(e.Action)
		a.Undo, a.Code, a.Reason = e.Kind, e.Code, e.Reason
		if len(e.Outputs) > 0 {
			a.Outputs = e.Outputs
		}
	}
}

func (a *Action) did(e Event) {
	a.Phase, a.Code, a.Reason = e.Kind, e.Code, e.Reason
	if e.Kind == Intent {
		a.Called, a.Token = true, e.Token
		if a.At.IsZero() {
			a.At = e.At
		}
	}
	if len(e.Outputs) > 0 {
		a.Outputs = e.Outputs
	}
	if e.RequestID != "" {
		a.RequestID = e.RequestID
	}
}
