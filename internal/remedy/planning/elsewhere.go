package planning

import "github.com/restorable/restorable/internal/estate"

// notOurs says why a thing with these tags is left alone: its owner's next deployment would take a change back. Empty: nothing says so.
func (d *draft) notOurs(tags estate.Fact[map[string]string]) (reason, next string) {
	if tags.IsUnknown() && !d.Options.AcceptUnknown {
		return "its tags could not be read, so that whether a template owns it is not known", readMore + ", or --accept-unknown"
	}
	if by := d.declaredBy(tags.Or(nil)); by != "" {
		return "it belongs to " + by + ", where it must be changed", "restorable render --as cloudformation or terraform"
	}
	return "", ""
}

// declaredElsewhere refuses to change a table that a template declares.
func (d *draft) declaredElsewhere(id string, t *target) bool {
	reason, next := d.notOurs(d.table(t).Tags)
	if reason != "" {
		d.refuse(id, t.arn, reason, next)
	}
	return reason != ""
}
