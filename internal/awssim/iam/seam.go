// Package iam simulates AWS Identity and Access Management: roles, users, access keys, policies and the question whether a principal may act.
package iam

// Service is the state of IAM over all accounts.
type Service struct{}

// ErrNotAssumable says why a service cannot assume a role.
type ErrNotAssumable struct{ Role, Reason string }

func (e *ErrNotAssumable) Error() string { return e.Role + " cannot be assumed: " + e.Reason }

// AssumableBy answers nil when the role exists and its trust policy lets the service principal ("backup.amazonaws.com") assume it, else *ErrNotAssumable.
func (s *Service) AssumableBy(roleARN, servicePrincipal string) error { panic("not written") }

// Allows answers whether the role's policies allow the action on the resource. context holds condition keys; a nil map is none.
func (s *Service) Allows(roleARN, action, resourceARN string, context map[string]string) bool {
	panic("not written")
}
