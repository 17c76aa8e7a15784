package journal

// The events of proving that a changed table can be backed up. They may follow the end of a run, and leave its state as it is.
// Action holds "prove:" and the table's ARN.
const (
	Proving  Kind = "proving"  // the job of a table starts next, or, with a job in Outputs, has been started
	Proved   Kind = "proved"   // the job is completed and its recovery point is listed
	Unproved Kind = "unproved" // the job did not complete, or could not be started
)

// Proof is how proving a table stands.
type Proof struct {
	Phase   Kind
	Token   string
	Outputs map[string]string // "job", "point"
	Code    string
	Reason  string
}

// FoldProofs reads the events of proving, by Action.
func FoldProofs(events []Event) map[string]Proof {
	out := map[string]Proof{}
	for _, e := range events {
		switch e.Kind {
		case Proving, Proved, Unproved:
			p := out[e.Action]
			p.Phase, p.Code, p.Reason = e.Kind, e.Code, e.Reason
			if e.Token != "" {
				p.Token = e.Token
			}
			if len(e.Outputs) > 0 {
				p.Outputs = e.Outputs
			}
			out[e.Action] = p
		}
	}
	return out
}
