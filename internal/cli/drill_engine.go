package cli

import (
	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill"
)

// drillEngine puts the engine together. What a part is doing goes to the same line of progress.
func (a *app) drillEngine(w *drillWork) *drill.Engine {
	e := &drill.Engine{Store: w.store, Scope: w.scope}
	e.Parts = a.workshop(w, e).Parts()
	return e
}

// workshop has what an engine's parts are made with.
func (a *app) workshop(w *drillWork, e *drill.Engine) *drill.Workshop {
	return &drill.Workshop{Account: w.account, Store: w.store, Tool: Version, Progress: func(d *drill.Drill, doing string) {
		if e.Progress != nil {
			e.Progress(d, doing)
		}
	}}
}

// account is one of those in scope, or the first: AWS then says what is missing.
func (w *drillWork) account(id string) *awsapi.Account {
	if a, ok := w.accounts[id]; ok {
		return a
	}
	return w.session.Accounts()[0]
}
