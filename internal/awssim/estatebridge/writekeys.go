package estatebridge

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/estate"
)

// readKeys describes the keys that tables, vaults and recovery points refer to.
func (r *reader) readKeys() error {
	list := &r.unit.Keys
	list.Whole = r.whole("kms:DescribeKey")
	var arns []string
	for arn := range managedFor(r.unit) {
		arns = append(arns, arn)
	}
	slices.Sort(arns)
	for _, arn := range arns {
		k, err := r.key(arn)
		if err != nil {
			return err
		}
		list.Items = append(list.Items, k)
	}
	return nil
}

func (r *reader) key(arn string) (estate.Key, error) {
	src := r.of("kms:DescribeKey")
	out := estate.Key{ID: arn, ARN: estate.KnownFact(arn, src)}
	answer, err := inside.Ask[kms.DescribeKeyOutput](r.hand, scopeOfARN(arn, r.sc), "kms", &kms.DescribeKeyInput{KeyId: aws.String(arn)})
	if isCode(err, "NotFoundException") {
		out.State, out.Manager = estate.AbsentFact[string](src), estate.AbsentFact[string](src)
		out.DeletionDate, out.MultiRegion = estate.AbsentFact[estate.Instant](src), estate.AbsentFact[bool](src)
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("key %s: %w", arn, err)
	}
	m := answer.KeyMetadata
	out.State, out.Manager = word(m.KeyState, src), word(m.KeyManager, src)
	out.DeletionDate, out.MultiRegion = instant(m.DeletionDate, src), estate.PtrFact(m.MultiRegion, src)
	return out, nil
}

// scopeOfARN is where an ARN says that it is; an ARN without account or Region is taken to be here.
func scopeOfARN(arn string, here world.Scope) world.Scope {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 {
		return here
	}
	if parts[3] != "" {
		here.Region = parts[3]
	}
	if parts[4] != "" {
		here.Account = parts[4]
	}
	return here
}

func isCode(err error, codes ...string) bool {
	var answer *api.Error
	return errors.As(err, &answer) && slices.Contains(codes, answer.Code)
}

// defaultRole is AWS Backup's own, about which a collection for planning asks in any case.
const defaultRole = "service-role/AWSBackupDefaultServiceRole"

// readRoles reads the roles that plans and restore testing plans refer to.
func (r *reader) readRoles() error {
	list := &r.unit.Roles
	list.Whole = r.whole("iam:GetRole")
	arns := append(rolesOf(r.unit), r.sc.GlobalARN("iam", "role/"+defaultRole))
	slices.Sort(arns)
	for _, arn := range slices.Compact(arns) {
		role, err := r.role(arn)
		if err != nil {
			return err
		}
		list.Items = append(list.Items, role)
	}
	return nil
}

func (r *reader) role(arn string) (estate.Role, error) {
	src := r.of("iam:GetRole")
	name := arn[strings.LastIndexByte(arn, '/')+1:]
	out := estate.Role{ID: arn, ARN: estate.KnownFact(arn, src), Name: estate.KnownFact(name, src)}
	answer, err := inside.Ask[iam.GetRoleOutput](r.hand, scopeOfARN(arn, r.sc), "iam", &iam.GetRoleInput{RoleName: aws.String(name)})
	gone := isCode(err, "NoSuchEntity", "NoSuchEntityException")
	switch {
	case err != nil && !gone:
		return out, fmt.Errorf("role %s: %w", arn, err)
	case gone, value(answer.Role.Arn) != arn:
		out.Exists, out.Trust, out.Boundary = estate.KnownFact(false, src), estate.AbsentFact[string](src), estate.AbsentFact[string](src)
		out.Attached, out.Policies.Whole = estate.AbsentFact[[]string](src), estate.AbsentFact[bool](src)
		return out, nil
	}
	trust, err := url.PathUnescape(value(answer.Role.AssumeRolePolicyDocument))
	if err != nil {
		return out, fmt.Errorf("trust policy of role %s: %w", arn, err)
	}
	out.Exists, out.Trust, out.Boundary = estate.KnownFact(true, src), word(trust, src), estate.AbsentFact[string](src)
	if b := answer.Role.PermissionsBoundary; b != nil {
		out.Boundary = text(b.PermissionsBoundaryArn, src)
	}
	return out, r.rolePolicies(&out)
}
