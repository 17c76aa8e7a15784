package apply

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/remedy"
)

// The tags that say who made a thing.
const (
	toolTag = "restorable:tool"
	runTag  = "restorable:run"
)

// roleKind makes a role or takes one away. The tag of the run tells whether it is ours.
type roleKind struct{}

func (roleKind) observe(ctx context.Context, j *job) (seen, error) {
	c := j.change.Role
	out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.GetRole, c.ARN), j.scope.IAM.GetRole, &iam.GetRoleInput{RoleName: &c.Name})
	if gone(err) {
		return seen{state: remedy.RoleState(false, "")}, nil
	}
	if err != nil {
		return seen{}, err
	}
	if out.Role == nil {
		return seen{}, awsapi.Missing(answer, "role")
	}
	trust, err := url.PathUnescape(aws.ToString(out.Role.AssumeRolePolicyDocument))
	if err != nil {
		return seen{}, awsapi.Missing(answer, "trust policy")
	}
	s := seen{state: remedy.RoleState(true, trust), outputs: one("arn", aws.ToString(out.Role.Arn)), token: "untagged"}
	for _, t := range out.Role.Tags {
		if aws.ToString(t.Key) == runTag {
			s.token = tokenOf(aws.ToString(t.Value), j.action.ID)
		}
	}
	return s, nil
}

// call: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
func (roleKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.Role
	if c.Step == remedy.Delete {
		_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.DeleteRole, c.ARN), j.scope.IAM.DeleteRole, &iam.DeleteRoleInput{RoleName: &c.Name})
		return made{answer: answer}, err
	}
	in := &iam.CreateRoleInput{RoleName: &c.Name, Path: text(c.Path), AssumeRolePolicyDocument: &c.Trust, Description: text(c.Description)}
	tags := j.tags(c.Tags)
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String(k), Value: aws.String(tags[k])})
	}
	out, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.CreateRole, c.ARN), j.scope.IAM.CreateRole, in)
	if err != nil {
		return made{answer: answer}, err
	}
	if out.Role == nil {
		return made{answer: answer}, awsapi.Missing(answer, "role")
	}
	return made{outputs: one("arn", aws.ToString(out.Role.Arn)), answer: answer}, nil
}

// keeps: jobs of every selection that names the role work through it, whoever made the selection.
func (roleKind) keeps(ctx context.Context, j *job) (string, error) {
	plans, err := j.plans(ctx)
	if err != nil {
		return "", err
	}
	for _, p := range plans {
		list, err := j.selections(ctx, aws.ToString(p.BackupPlanId))
		if err != nil {
			return "", err
		}
		for _, s := range list {
			if aws.ToString(s.IamRoleArn) == j.change.Role.ARN {
				return "selection " + aws.ToString(s.SelectionName) + " of plan " + aws.ToString(p.BackupPlanName) + " works through it", nil
			}
		}
	}
	return "", nil
}

// rolePolicyKind attaches a managed policy or detaches it. Attaching twice is the same as once.
type rolePolicyKind struct{}

func (rolePolicyKind) observe(ctx context.Context, j *job) (seen, error) {
	c := j.change.RolePolicy
	in := &iam.ListAttachedRolePoliciesInput{RoleName: &c.Role}
	for {
		out, _, err := awsapi.Invoke(ctx, j.ask(awsapi.ListAttachedRolePolicies, c.RoleARN), j.scope.IAM.ListAttachedRolePolicies, in)
		if gone(err) {
			return seen{state: remedy.AttachedState(false)}, nil
		}
		if err != nil {
			return seen{}, err
		}
		if slices.ContainsFunc(out.AttachedPolicies, func(p types.AttachedPolicy) bool { return aws.ToString(p.PolicyArn) == c.PolicyARN }) {
			return seen{state: remedy.AttachedState(true)}, nil
		}
		if !out.IsTruncated || aws.ToString(out.Marker) == "" {
			return seen{state: remedy.AttachedState(false)}, nil
		}
		in.Marker = out.Marker
	}
}

// call: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
func (rolePolicyKind) call(ctx context.Context, j *job) (made, error) {
	c := j.change.RolePolicy
	if c.Attached {
		_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.AttachRolePolicy, c.RoleARN), j.scope.IAM.AttachRolePolicy,
			&iam.AttachRolePolicyInput{RoleName: &c.Role, PolicyArn: &c.PolicyARN})
		return made{answer: answer}, err
	}
	_, answer, err := awsapi.Invoke(ctx, j.ask(awsapi.DetachRolePolicy, c.RoleARN), j.scope.IAM.DetachRolePolicy,
		&iam.DetachRolePolicyInput{RoleName: &c.Role, PolicyArn: &c.PolicyARN})
	return made{answer: answer}, err
}

// keeps: a role without its policies is as good as none to the selections that name it.
func (rolePolicyKind) keeps(ctx context.Context, j *job) (string, error) {
	role := *j
	role.change = remedy.Change{Role: &remedy.Role{ARN: j.change.RolePolicy.RoleARN}}
	return roleKind{}.keeps(ctx, &role)
}

// tags are those of the plan and that of the run.
func (j *job) tags(of map[string]string) map[string]string {
	all := maps.Clone(of)
	if all == nil {
		all = map[string]string{toolTag: "restorable"}
	}
	all[runTag] = j.run
	return all
}

// tokenOf is how AWS knows a repeated request again: at most 50 characters of a-z, A-Z, 0-9, - and _.
func tokenOf(run, action string) string { return run + "-" + action }

// gone reports whether AWS says that there is no such thing.
func gone(err error) bool { return awsapi.Is(err, awsapi.KindNotFound) }

// text leaves out what is empty.
func text(s string) *string {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	return &s
}

// pageOf is the largest page of AWS Backup's lists.
func pageOf() *int32 { return aws.Int32(1000) }
