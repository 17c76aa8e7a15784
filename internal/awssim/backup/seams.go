package backup

import (
	"time"

	"github.com/restorable/restorable/internal/awssim/dynamodb"
	"github.com/restorable/restorable/internal/awssim/world"
)

// Tables is what AWS Backup needs of DynamoDB. *dynamodb.Service is one.
type Tables interface {
	Tables(sc world.Scope) []dynamodb.TableView
	Lookup(sc world.Scope, name string) (dynamodb.TableView, bool)
	// TakeSnapshot fails with the *api.Error that CreateBackup would answer.
	TakeSnapshot(sc world.Scope, name string) (*dynamodb.Snapshot, error)
	// RestoreSnapshot fails at once with the *api.Error that RestoreTableFromBackup would answer; done is called inside a later event.
	RestoreSnapshot(sc world.Scope, sn *dynamodb.Snapshot, to dynamodb.RestoreTarget, done func(tableARN string, err error)) (tableARN string, err error)
	AddAWSBackup(sc world.Scope, sn *dynamodb.Snapshot) (arn string)
	RemoveAWSBackup(arn string)
	Delete(sc world.Scope, name string) error
}

// Roles answers for IAM. *iam.Service is one.
type Roles interface {
	// AssumableBy answers nil when the service principal may assume the role.
	AssumableBy(roleARN, servicePrincipal string) error
	Allows(roleARN, action, resourceARN string, context map[string]string) bool
}

// LinkedRoles makes the service-linked roles. *iam.Service is one.
type LinkedRoles interface {
	HasServiceLinkedRole(sc world.Scope, service string) bool
	ServiceLinkedRole(sc world.Scope, service string) (arn string, ok bool)
}

// Keys answers for KMS. *kms.Service is one.
type Keys interface {
	Resolve(sc world.Scope, ref string) (keyARN string, ok bool)
	State(keyARN string) (state string, ok bool)
	// Encrypts tells whether the key is a symmetric one that encrypts.
	Encrypts(keyARN string) bool
	// Managed tells whether the key is an AWS-managed one, which roles need no permission for.
	Managed(keyARN string) bool
}

// Organisation answers for AWS Organizations. *organizations.Service is one.
type Organisation interface {
	Together(a, b string) bool
	Management(account string) (id string, ok bool)
	BackupPolicy(account string) (document string, ok bool)
}

// Schedule is a parsed schedule expression in its time zone.
type Schedule interface {
	// Next is the first run after the moment, exclusively; the zero time when there is none.
	Next(after time.Time) time.Time
}
