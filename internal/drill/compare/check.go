package compare

// Check says what is wrong with options before anything is read: a *MistakeError of an invariant, or what makes no sense.
func Check(o Options) error {
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	_, err = newWatch(o.Invariants)
	return err
}
