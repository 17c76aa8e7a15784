// Package organizations simulates as much of AWS Organizations as backup policies and cross-account copies need.
package organizations

// Service is the state of all organisations.
type Service struct{}

// Together answers whether two accounts belong to one organisation.
func (s *Service) Together(a, b string) bool { panic("not written") }

// Management is the management account of the organisation that the account belongs to; ok is false outside any.
func (s *Service) Management(account string) (id string, ok bool) { panic("not written") }

// BackupPolicy is the effective BACKUP_POLICY document of an account, merged, operators removed; ok is false when none applies.
func (s *Service) BackupPolicy(account string) (document string, ok bool) { panic("not written") }
