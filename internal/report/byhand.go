package report

import "slices"

// byHand is how to check a finding without us, in JSON.
type byHand struct {
	Commands []string `json:"commands"` // read-only, for AWS CLI and a POSIX shell
	Console  string   `json:"console"`
}

func (e Entry) byHand() *byHand {
	if e.ByHand == nil {
		return nil
	}
	how := e.ByHand()
	return &byHand{Commands: slices.Clone(how.Commands), Console: how.Console}
}

// commands are those to check a finding by hand, where they are asked for.
func (e Entry) commands(asked bool) []string {
	if !asked || e.ByHand == nil {
		return nil
	}
	return e.ByHand().Commands
}
