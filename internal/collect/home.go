package collect

// homes are the accounts that have a unit in which facts of the whole account are read: IAM, organisation, multi-Region trails.
type homes map[string]bool

// first reports whether the next unit of an account is its home. An account of which not even the number is known has one unit a Region,
// each its own home: nothing says that they belong together.
func (h homes) first(who identity) bool {
	if who.Account == "" {
		return true
	}
	key := who.Partition + " " + who.Account
	if h[key] {
		return false
	}
	h[key] = true
	return true
}
