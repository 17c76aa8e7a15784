package protection

import "github.com/restorable/restorable/internal/estate"

// Reason says why a selection selects a table, or does not.
type Reason string

// The reasons.
const (
	ByARN           Reason = "arn"              // a pattern of Resources matches
	ByTag           Reason = "tag"              // an entry of ListOfTags matches
	NoMatch         Reason = "no-match"         // nothing in Resources or ListOfTags matches
	Excluded        Reason = "excluded"         // an entry of NotResources matches
	FilteredOut     Reason = "condition"        // an entry of Conditions does not hold
	NotOptedIn      Reason = "not-opted-in"     // DynamoDB is not opted in and the match needs it
	RestoreTest     Reason = "restore-test"     // an artefact of restore testing, which plans ignore
	NothingIncluded Reason = "nothing-included" // Resources and ListOfTags are both empty; AWS refuses to create that
	Undecided       Reason = "unknown"          // facts are missing
)

// Decision is what one selection says about one table. It is small, because there is one for every table and selection:
// what lies behind it is worked out by Detail.
type Decision struct {
	Selects estate.Fact[bool]
	Reason  Reason

	sel   *selectionIndex
	table *estate.Table
}
