package iam

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/iampolicy"
)

// linkedRole names the service-linked role of a service and its managed policy, empty where that is not simulated.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
func linkedRole(service string) (name, policy string, ok bool) {
	switch service {
	case "backup.amazonaws.com":
		return "AWSServiceRoleForBackup", "AWSBackupServiceLinkedRolePolicyForBackup", true
	case "restore-testing.backup.amazonaws.com":
		return "AWSServiceRoleForBackupRestoreTesting", "AWSServiceRolePolicyForBackupRestoreTesting", true
	case "reports.backup.amazonaws.com":
		return "AWSServiceRoleForBackupReports", "", true
	case "dynamodb.application-autoscaling.amazonaws.com":
		return "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable", "AWSApplicationAutoscalingDynamoDBTablePolicy", true
	case "replication.dynamodb.amazonaws.com":
		return "AWSServiceRoleForDynamoDBReplication", "", true
	case "organizations.amazonaws.com":
		return "AWSServiceRoleForOrganizations", "", true
	}
	return "", "", false
}

// ServiceLinkedRole makes the service's linked role in the account unless it is there, as the service does on first use, and returns its ARN;
// ok is false for a service that has none.
func (s *Service) ServiceLinkedRole(sc world.Scope, service string) (arn string, ok bool) {
	name, managed, ok := linkedRole(service)
	if !ok {
		return "", false
	}
	if r, exists := s.account(sc.Account).roles[name]; exists {
		return r.arn, true
	}
	trust, err := parseDocument(iampolicy.Trust, fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"%s"},"Action":"sts:AssumeRole"}]}`, service))
	if err != nil {
		return "", false
	}
	r := &role{entity: s.newEntity(sc, "role", "/aws-service-role/"+service+"/", name, "AROA"), trust: trust, maxSession: 3600, linked: service}
	if managed != "" {
		r.attached = []string{"arn:" + sc.Partition + ":iam::aws:policy/aws-service-role/" + managed}
	}
	s.account(sc.Account).roles[name] = r
	return r.arn, true
}

// HasServiceLinkedRole reports whether the service's linked role is in the account.
func (s *Service) HasServiceLinkedRole(sc world.Scope, service string) bool {
	name, _, ok := linkedRole(service)
	_, exists := s.account(sc.Account).roles[name]
	return ok && exists
}

func (s *Service) createServiceLinkedRole(c *api.Call, in *iam.CreateServiceLinkedRoleInput) (*iam.CreateServiceLinkedRoleOutput, error) {
	service := aws.ToString(in.AWSServiceName)
	name, _, ok := linkedRole(service)
	if !ok {
		return nil, badInput("Service role is not supported for %s in the simulator", service)
	}
	if in.CustomSuffix != nil {
		return nil, badInput("Custom suffix is not allowed for %s", service)
	}
	roles := s.account(c.Account).roles
	if _, taken := roles[name]; taken {
		return nil, badInput("Service role name %s has been taken in this account, please try a different suffix.", name)
	}
	s.ServiceLinkedRole(c.Scope, service)
	roles[name].description = aws.ToString(in.Description)
	return &iam.CreateServiceLinkedRoleOutput{Role: roles[name].full()}, nil
}

func (s *Service) deleteServiceLinkedRole(c *api.Call, r *role, _ *iam.DeleteServiceLinkedRoleInput) (*iam.DeleteServiceLinkedRoleOutput, error) {
	if r.linked == "" {
		return nil, noSuch("The service linked role with name %s cannot be found.", r.name)
	}
	delete(s.account(c.Account).roles, r.name)
	return &iam.DeleteServiceLinkedRoleOutput{DeletionTaskId: aws.String("task/aws-service-role/" + r.linked + "/" + r.name + "/" + s.world.UUID())}, nil
}

func (s *Service) deletionStatus(*api.Call, *iam.GetServiceLinkedRoleDeletionStatusInput) (*iam.GetServiceLinkedRoleDeletionStatusOutput, error) {
	return &iam.GetServiceLinkedRoleDeletionStatusOutput{Status: types.DeletionTaskStatusTypeSucceeded}, nil
}

// linkedService is the service whose linked roles stand under a path; empty for any other path.
func linkedService(path string) string {
	service, ok := strings.CutPrefix(path, "/aws-service-role/")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(service, "/")
}
