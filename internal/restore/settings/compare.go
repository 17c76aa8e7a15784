package settings

// Outcome is what became of one setting.
type Outcome string

// The outcomes.
const (
	Carried      Outcome = "carried"       // AWS brought it along
	Reapplied    Outcome = "reapplied"     // put back after the restore
	Same         Outcome = "same"          // both have it, or neither
	Differs      Outcome = "differs"       // the restored table has another
	ExpectedLoss Outcome = "expected-loss" // no restore carries it, and it would be put back if the table were to be used
	NotPossible  Outcome = "not-possible"  // it cannot be put back on this table
	Unknown      Outcome = "unknown"       // one of the two could not be read
)

// Kind is how a table was restored.
type Kind string

// The kinds.
const (
	ByPITR   Kind = "pitr"           // RestoreTableToPointInTime
	ByBackup Kind = "backup"         // RestoreTableFromBackup
	ByPoint  Kind = "recovery-point" // AWS Backup's StartRestoreJob
)

// Route says by which way a table came to be.
type Route struct {
	Kind        Kind
	CrossRegion bool
	// Chosen holds why a setting was meant to differ, by setting: what the user asked for.
	Chosen map[Setting]string
}

// Purpose says what a restored table is for.
type Purpose string

// The purposes.
const (
	ToUse   Purpose = "use"   // it takes the source's place: everything is put back
	ToDrill Purpose = "drill" // it is compared and deleted: nothing is attached
)

// Line is one setting of both tables.
type Line struct {
	Setting Setting `json:"setting"`
	Source  string  `json:"source"`
	Target  string  `json:"target"`
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason,omitempty"`
}

// Compare sets the two tables side by side, a line for each setting. Reapplied never comes of it: who put something back knows.
func Compare(source, target Settings, how Route, as Purpose) []Line {
	var lines []Line
	for _, name := range All() {
		lines = append(lines, compare(name, source, target, how, as))
	}
	return lines
}

func compare(name Setting, source, target Settings, how Route, as Purpose) Line {
	s, t := source.Value(name), target.Value(name)
	l := Line{Setting: name, Source: shown(s), Target: shown(t)}
	switch {
	case !s.Known:
		l.Outcome, l.Reason = Unknown, "of the source: "+s.Why
	case !t.Known:
		l.Outcome, l.Reason = Unknown, "of the restored table: "+t.Why
	case s.same == t.same && name.Carried():
		l.Outcome = Carried
	case s.same == t.same:
		l.Outcome = Same
	default:
		l.Outcome, l.Reason = differing(name, source, target, how, as)
	}
	return l
}

func shown(v Value) string {
	if !v.Known {
		return "unknown"
	}
	return v.Text
}

// differing judges two known values that are not equal.
func differing(name Setting, source, target Settings, how Route, as Purpose) (Outcome, string) {
	t := target.Value(name)
	switch {
	case name == Encryption:
		return keyDiffers(source, target, how)
	case name == Replicas:
		return lost(as, NotPossible, "a restored table is a table of its own; add its replicas when it is in use")
	case how.Chosen[name] != "":
		return Differs, how.Chosen[name]
	case name == Attributes && how.Chosen[Global]+how.Chosen[Local] != "":
		return Differs, "attributes of indexes that were left out are not declared"
	case name.Carried():
		return Differs, "AWS should have carried it over"
	case t.Off():
		return lost(as, Differs, "a restore does not carry it, and it was not put back")
	}
	return Differs, ""
}

// lost is the outcome of what no restore carries: expected in a drill.
func lost(as Purpose, otherwise Outcome, reason string) (Outcome, string) {
	if as == ToDrill {
		return ExpectedLoss, "a restore does not carry it; a complete one would put it back"
	}
	return otherwise, reason
}

// keyDiffers judges by strength: a key lives in one Region, so that a table in another has to have another.
func keyDiffers(source, target Settings, how Route) (Outcome, string) {
	switch {
	case target.strength < source.strength:
		why := "the restored table is protected less: " + target.strength.String() + " instead of " + source.strength.String()
		if how.Chosen[Encryption] != "" {
			why += ", as asked"
		}
		return Differs, why
	case target.strength > source.strength:
		return Differs, "the restored table is protected more"
	case how.CrossRegion:
		return Same, "a key as strong, of the other Region"
	case how.Chosen[Encryption] != "":
		return Differs, how.Chosen[Encryption]
	}
	return Differs, "another key as strong"
}

// Missing lists what would have to be put back on the target, in the order of putting: known of both, not equal, and there at the source.
// What cannot be told for want of a fact is in unknown.
func Missing(source, target Settings) (missing, unknown []Setting) {
	for _, name := range Completed() {
		s, t := source.Value(name), target.Value(name)
		switch {
		case !s.Known || !t.Known:
			unknown = append(unknown, name)
		case !s.Off() && s.same != t.same:
			missing = append(missing, name)
		}
	}
	return missing, unknown
}

// Equal reports whether one setting is known of both and the same.
func Equal(source, target Settings, name Setting) bool {
	s, t := source.Value(name), target.Value(name)
	return s.Known && t.Known && s.same == t.same
}
