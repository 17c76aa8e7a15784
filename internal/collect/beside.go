package collect

// Place is where a unit lies.
type Place struct{ Partition, Account, Region string }

// Named are ARNs that somebody else refers to, such as templates that will be deployed there.
type Named struct {
	Roles []string
	Keys  []string
}

func (u *unitRun) beside() Named {
	if u.opts.Beside == nil {
		return Named{}
	}
	return u.opts.Beside(Place{Partition: u.who.Partition, Account: u.who.Account, Region: u.scope.Region})
}

// name adds what is named outright.
func (r *refs) name(texts []string) {
	for _, text := range texts {
		r.seen[text] = true
	}
}
