// Package protection turns AWS Backup's and DynamoDB's rules into pure functions over an estate: which table is protected by what, and why, or why not.
package protection

import "github.com/restorable/restorable/internal/estate"

// Answer is a derived value: three-valued as a fact is, with the facts that it rests on.
// When it is unknown, Basis holds the unknown facts that stood in the way.
type Answer[T any] struct {
	estate.Fact[T]
	Why   string // one clause for people, for example "selection nightly matches arn:aws:dynamodb:*:*:table/*"
	Basis []estate.Reading
}
