package dynamodb

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

// find looks a table up by name or ARN: what DescribeTable and its like do.
func (s *Service) find(c *api.Call, ref *string) (*table, error) {
	t, name := s.byRef(c.Scope, aws.ToString(ref))
	if err := validName(name); err != nil {
		return nil, err
	}
	if t == nil {
		return nil, notFound(name)
	}
	return t, nil
}

// findSettled is find for operations that do not know a table being restored yet.
func (s *Service) findSettled(c *api.Call, ref *string) (*table, error) {
	t, err := s.find(c, ref)
	if err != nil {
		return nil, err
	}
	if t.status == types.TableStatusCreating && t.restoring != nil {
		return nil, notFound(t.name)
	}
	return t, nil
}

// findActive is find for changes: the table must be ACTIVE.
func (s *Service) findActive(c *api.Call, ref *string) (*table, error) {
	t, err := s.findSettled(c, ref)
	if err != nil {
		return nil, err
	}
	if s.visibleStatus(t) != types.TableStatusActive {
		return nil, inUse(t)
	}
	return t, nil
}

func inUse(t *table) error {
	return fail("ResourceInUseException", "Attempt to change a resource which is still in use: Table is being %s: %s", gerund(t.status), t.name)
}

func gerund(status types.TableStatus) string {
	switch status {
	case types.TableStatusCreating:
		return "created"
	case types.TableStatusDeleting:
		return "deleted"
	case types.TableStatusUpdating:
		return "updated"
	default:
		return string(status)
	}
}

// findData is find for items. Tables being created do not exist yet for them; those being deleted still answer.
func (s *Service) findData(c *api.Call, ref *string) (*table, error) {
	t, name := s.byRef(c.Scope, aws.ToString(ref))
	if err := validName(name); err != nil {
		return nil, err
	}
	if t == nil || t.status == types.TableStatusCreating {
		return nil, fail("ResourceNotFoundException", "Requested resource not found")
	}
	switch s.visibleStatus(t) {
	case types.TableStatusInaccessibleEncryptionCredentials:
		// UNCONFIRMED: the code with which data operations answer when the key is unusable.
		return nil, fail("AccessDeniedException", "KMS key access denied: %s", t.def.sse.key)
	case types.TableStatusArchived, types.TableStatusArchiving:
		return nil, fail("ResourceNotFoundException", "Requested resource not found: Table %s is archived", t.name)
	default:
		return t, nil
	}
}

// findBackups is find for continuous backups and CreateBackup, which answer with an error of their own and know a new table late.
func (s *Service) findBackups(c *api.Call, ref *string) (*table, error) {
	t, name := s.byRef(c.Scope, aws.ToString(ref))
	if err := validName(name); err != nil {
		return nil, err
	}
	if t == nil || t.restoring != nil || s.w.Now().Before(t.created.Add(invisible)) {
		return nil, tableNotFound(name)
	}
	return t, nil
}

func validName(name string) error {
	if len(name) < 3 || len(name) > 255 || !nameCharacters(name) {
		return invalid("Invalid table/index name.  Table/index names must be between 3 and 255 characters long, and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'")
	}
	return nil
}

func nameCharacters(name string) bool {
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-', r == '.':
		default:
			return false
		}
	}
	return true
}
