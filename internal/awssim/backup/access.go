package backup

import (
	"reflect"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"

	"github.com/restorable/restorable/internal/awssim/api"
)

// op declares an operation whose own action is on the resource that the request names ("*" when resource is nil), with the dependent actions of the
// service authorisation reference (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html).
func op[I, O any](name string, resource func(*api.Call, any) string, handle func(*api.Call, *I) (*O, error), more ...func(*api.Call, any) []api.Access) api.Operation {
	access := func(c *api.Call, in *I) []api.Access {
		own := api.Access{Action: "backup:" + name, Resource: "*"}
		if resource != nil {
			own.Resource = resource(c, in)
		}
		out := []api.Access{own}
		for _, m := range more {
			out = append(out, m(c, in)...)
		}
		return out
	}
	return api.Op(name, access, handle)
}

// member reads a string member of an input, empty when it is absent.
func member(in any, name string) string {
	v := reflect.ValueOf(in).Elem().FieldByName(name)
	if !v.IsValid() {
		return ""
	}
	p, _ := v.Interface().(*string)
	return deref(p)
}

func orAny(name string) string {
	if name == "" {
		return "*"
	}
	return name
}

func vaultNamed(c *api.Call, in any) string {
	return c.ARN("backup", "backup-vault:"+orAny(member(in, "BackupVaultName")))
}

func planNamed(c *api.Call, in any) string {
	return c.ARN("backup", "backup-plan:"+orAny(member(in, "BackupPlanId")))
}

func recoveryPoint(_ *api.Call, in any) string { return orAny(member(in, "RecoveryPointArn")) }

func tagged(_ *api.Call, in any) string { return orAny(member(in, "ResourceArn")) }

func anyTest(c *api.Call, _ any) string { return c.ARN("backup", "restore-testing-plan:*") }

func (s *Service) testNamed(c *api.Call, in any) string {
	if t, ok := s.area(c.Scope).tests[member(in, "RestoreTestingPlanName")]; ok {
		return t.arn
	}
	return c.ARN("backup", "restore-testing-plan:"+orAny(member(in, "RestoreTestingPlanName")))
}

func anyReport(c *api.Call, _ any) string { return c.ARN("backup", "report-plan:*") }

func (s *Service) reportNamed(c *api.Call, in any) string {
	if r, ok := s.area(c.Scope).reports[member(in, "ReportPlanName")]; ok {
		return r.arn
	}
	return anyReport(c, in)
}

func passing(role string) []api.Access {
	if role == "" {
		return nil
	}
	return []api.Access{{Action: "iam:PassRole", Resource: role, Context: map[string]string{"iam:PassedToService": principal}}}
}

func passRole(_ *api.Call, in any) []api.Access { return passing(member(in, "IamRoleArn")) }

func passSelectionRole(_ *api.Call, in any) []api.Access {
	x := in.(*sdk.CreateBackupSelectionInput)
	if x.BackupSelection == nil {
		return nil
	}
	return passing(deref(x.BackupSelection.IamRoleArn))
}

func passTestRole(_ *api.Call, in any) []api.Access {
	switch x := in.(type) {
	case *sdk.CreateRestoreTestingSelectionInput:
		if x.RestoreTestingSelection != nil {
			return passing(deref(x.RestoreTestingSelection.IamRoleArn))
		}
	case *sdk.UpdateRestoreTestingSelectionInput:
		if x.RestoreTestingSelection != nil {
			return passing(deref(x.RestoreTestingSelection.IamRoleArn))
		}
	}
	return nil
}

const testingPrincipal = "restore-testing.backup.amazonaws.com"

// linkedRole: the first call of those that need it makes the service-linked role, which takes the caller's permission to do so. That these calls
// do is read from "when you list resources to back up … or perform backups" and, for restore testing, "conduct restore testing"; assumed.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/using-service-linked-roles-AWSServiceRoleForBackup.html
func (s *Service) linkedRole(service string) func(*api.Call, any) []api.Access {
	return func(c *api.Call, _ any) []api.Access {
		if s.o.Linked == nil || s.o.Linked.HasServiceLinkedRole(c.Scope, service) {
			return nil
		}
		return []api.Access{{Action: "iam:CreateServiceLinkedRole", Resource: c.GlobalARN("iam", "role/aws-service-role/"+service+"/*"),
			Context: map[string]string{"iam:AWSServiceName": service}}}
	}
}

// link makes the service-linked role that a successful call rests on.
func (s *Service) link(c *api.Call, service string) {
	if s.o.Linked != nil {
		s.o.Linked.ServiceLinkedRole(c.Scope, service)
	}
}

// vaultKeyAccess: a vault is mounted, and a customer's key is granted to it. The AWS-managed key needs no permission of the caller's.
func vaultKeyAccess(c *api.Call, in any) []api.Access {
	out := []api.Access{{Action: "backup-storage:MountCapsule", Resource: "*"}}
	key := member(in, "EncryptionKeyArn")
	if key == "" {
		return out
	}
	context := map[string]string{
		"kms:ViaService": "backup." + c.Region + ".amazonaws.com", "kms:GrantIsForAWSResource": "true", "kms:EncryptionContextKeys": "aws:backup:backup-vault",
	}
	for _, action := range []string{"kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt", "kms:RetireGrant", "kms:DescribeKey"} {
		out = append(out, api.Access{Action: action, Resource: key, Context: context})
	}
	return out
}

func airGappedAccess(c *api.Call, in any) []api.Access {
	x := in.(*sdk.CreateLogicallyAirGappedBackupVaultInput)
	return append(vaultKeyAccess(c, in), tagging(len(x.BackupVaultTags), vaultNamed(c, in))...)
}

func tagging(tags int, resource string) []api.Access {
	if tags == 0 {
		return nil
	}
	return []api.Access{{Action: "backup:TagResource", Resource: resource}}
}

func vaultTagAccess(c *api.Call, in any) []api.Access {
	return tagging(len(in.(*sdk.CreateBackupVaultInput).BackupVaultTags), vaultNamed(c, in))
}

func testTagAccess(c *api.Call, in any) []api.Access {
	return tagging(len(in.(*sdk.CreateRestoreTestingPlanInput).Tags), anyTest(c, in))
}

func planTagAccess(c *api.Call, in any) []api.Access {
	return tagging(len(in.(*sdk.CreateBackupPlanInput).BackupPlanTags), planNamed(c, in))
}
