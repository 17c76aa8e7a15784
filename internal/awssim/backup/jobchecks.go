package backup

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/awssim/dynamodb"
)

// admit finds the vault that a job's recovery point goes to, or says why the job fails, in AWS's words (semantics 2.6).
func (s *Service) admit(j *job, t *dynamodb.TableView, exists, advanced bool) (*vault, *problem) {
	v, p := j.target(advanced)
	if p != nil {
		return nil, p
	}
	if s.o.Roles != nil && s.o.Roles.AssumableBy(j.role, principal) != nil {
		return nil, notAssumable(j.role)
	}
	if !exists {
		return nil, &problem{categoryMisc, "Table not found."}
	}
	if p := s.mayBackUp(j.role, j.table, advanced); p != nil {
		return nil, p
	}
	if !v.lock.admits(deleteAfter(j.lifecycle)) {
		return nil, &problem{categoryInvalid, "Backup job failed because the lifecycle is outside the valid range for backup vault."}
	}
	if advanced {
		return v, s.keyProblem(j.role, v.keyARN, "kms:DescribeKey", "kms:CreateGrant")
	}
	return v, s.keyProblem(j.role, t.KeyARN, "kms:Decrypt", "kms:GenerateDataKey")
}

// target is the vault of a job: the logically air-gapped one when it is named and the table's backups are advanced, else the ordinary one (semantics 3.2).
func (j *job) target(advanced bool) (*vault, *problem) {
	name := j.vault
	if j.airGapped != "" {
		if sc, lag, ok := vaultOf(j.airGapped); ok && advanced && sc == j.area.Scope {
			name = lag
		} else {
			j.withMessage = "The resource type does not support logically air-gapped backup vaults as primary target. The backup was created in the backup vault."
		}
	}
	v, ok := j.area.vaults[name]
	if !ok {
		return nil, &problem{categoryMisc, fmt.Sprintf("Backup job failed because backup vault %s does not exist.", j.area.ARN("backup", "backup-vault:"+name))}
	}
	return v, nil
}

// mayBackUp checks the actions that the role needs on the table (semantics 1.7).
func (s *Service) mayBackUp(role, table string, advanced bool) *problem {
	actions := []string{"dynamodb:DescribeTable", "dynamodb:CreateBackup"}
	if advanced {
		actions = []string{"dynamodb:StartAwsBackupJob", "dynamodb:ListTagsOfResource"}
	}
	return s.mayDo(role, table, actions)
}

func (s *Service) mayDo(role, resource string, actions []string) *problem {
	for _, action := range actions {
		if s.o.Roles != nil && !s.o.Roles.Allows(role, action, resource, nil) {
			return notAllowed(role, action, resource)
		}
	}
	return nil
}

// keyProblem says that a key cannot be used. Only customer-managed keys need the role's own permission.
func (s *Service) keyProblem(role, key string, actions ...string) *problem {
	if key == "" || s.o.Keys == nil || s.o.Keys.Managed(key) {
		return nil
	}
	p := &problem{categoryMisc, "KMS key is either disabled or pending deletion or access to KMS key is denied"}
	if state, ok := s.o.Keys.State(key); !ok || state != "Enabled" {
		return p
	}
	if s.o.Roles == nil {
		return nil
	}
	k, _ := parseARN(key)
	context := map[string]string{"kms:ViaService": "dynamodb." + k.Region + ".amazonaws.com", "kms:GrantIsForAWSResource": "true"}
	for _, action := range actions {
		if !s.o.Roles.Allows(role, action, key, context) {
			return p
		}
	}
	return nil
}

func notAssumable(role string) *problem {
	return &problem{categoryDenied, fmt.Sprintf("IAM Role %s cannot be assumed by AWS Backup", role)}
}

// notAllowed says which action the role lacks. AWS documents only that the text contains "does not have permission" or "not authorized to".
func notAllowed(role, action, resource string) *problem {
	name := role[strings.LastIndex(role, "/")+1:]
	return &problem{categoryDenied, fmt.Sprintf("IAM Role %s does not have permission to perform the operation: %s is not authorized to perform: %s on resource: %s",
		role, name, action, resource)}
}
