// Package api is the seam between the simulator's server and its services: a service is a list of operations,
// an operation a Go function from a decoded request to an answer or an Error.
package api

import (
	"time"

	"github.com/restorable/restorable/internal/awssim/world"
)

// Call is one request as a handler sees it. Handlers run with the world's lock held.
type Call struct {
	world.Scope
	Caller    Principal
	Operation string
	RequestID string
	Now       time.Time // virtual time, UTC
}

// Principal is who signed the request.
type Principal struct {
	Account   string
	ARN       string // arn:aws:iam::…:root, :user/…, or arn:aws:sts::…:assumed-role/…/session
	UserID    string
	AccessKey string
	Root      bool // the account's root: a 12-digit key, or any unknown key
}

// Access is one permission that a request needs. The first is the operation's own action, the rest its dependent actions.
type Access struct {
	Action   string            // "backup:CreateBackupVault"
	Resource string            // ARN, or "*"
	Context  map[string]string // condition keys that the request carries, for example iam:PassedToService
}

// Operation is one entry of a service.
type Operation struct {
	Name   string
	Bucket string // the rate group it belongs to; empty means the operation has a bucket of its own name
	New    func() any
	Out    func() any // an empty output struct, for the test that holds structs against the model
	Handle func(*Call, any) (any, error)
	Access func(*Call, any) []Access
}

// Op declares an operation. I and O are structs whose exported fields bear the service model's member names
// (first letter upper case), as the Go SDK's XxxInput and XxxOutput do; the wire package fills and writes them after the model.
// access may be nil: the operation's own action on "*". An access that returns an empty list says that no permission is needed.
func Op[I, O any](name string, access func(*Call, *I) []Access, handle func(*Call, *I) (*O, error)) Operation {
	op := Operation{
		Name:   name,
		New:    func() any { return new(I) },
		Out:    func() any { return new(O) },
		Handle: func(c *Call, in any) (any, error) { return handle(c, in.(*I)) },
	}
	if access != nil {
		op.Access = func(c *Call, in any) []Access { return access(c, in.(*I)) }
	}
	return op
}

// In puts the operation into a rate group that it shares with others.
func (o Operation) In(bucket string) Operation {
	o.Bucket = bucket
	return o
}

// Service is one simulated AWS service.
type Service struct {
	Name       string // the signing name: "dynamodb", "backup", "iam", …
	Model      string // the file of the wire model, without its ending
	Operations []Operation
	Rates      map[string]Rate // bucket name to rate, per account and Region; a bucket not named here is not limited
	Throttle   Error           // what this service answers when a bucket is empty
	Other      func(operation string) error
}

// Rate is a token bucket.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Error is an error answer. Handlers return it; the wire package writes it as the service's protocol does.
type Error struct {
	Code    string // the shape name, for example "ResourceNotFoundException"
	Message string
	Status  int            // HTTP status; 0 means what the model says, or 400
	Fields  map[string]any // further members of the error shape
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }
