package protection

import "github.com/restorable/restorable/internal/estate"

// dynamoDB is the name of the resource type in AWS Backup's settings.
const dynamoDB = "DynamoDB"

// setting reads DynamoDB in one of the Region's preferences. A type that is not listed is off.
func setting(f estate.Fact[map[string]bool]) tri {
	m, ok := f.Get()
	switch {
	case ok:
		return truth(m[dynamoDB])
	case f.IsAbsent():
		return no
	}
	return maybe
}

// optInFor is the opt-in that a plan needs: the account's own, or the management account's for a plan that comes from an
// organisation's policy, which this unit does not know (semantics 1.6).
func optInFor(u *estate.Unit, p *estate.Plan) tri {
	return holds(p.FromOrganization).choose(maybe, setting(u.Settings.OptIn))
}

// advanced is whether AWS Backup's advanced features for DynamoDB are on: both preferences must be
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/advanced-ddb-backup.html).
func advanced(u *estate.Unit) Answer[bool] {
	optIn, management := setting(u.Settings.OptIn), setting(u.Settings.Management)
	t := optIn.and(management)
	why := "advanced DynamoDB features are on"
	switch {
	case t == maybe:
		why = "the Region's AWS Backup settings are not known"
	case optIn == no:
		why = "advanced DynamoDB features are off: DynamoDB is not opted in"
	case t == no:
		why = "advanced DynamoDB features are off"
	}
	return answered(t, why, estate.Read("settings.opt_in", "", u.Settings.OptIn), estate.Read("settings.management", "", u.Settings.Management))
}
