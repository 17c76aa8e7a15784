// Package sts simulates the AWS Security Token Service: who the caller is, and temporary credentials.
package sts

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/iam"
)

// Service answers for STS. Its credentials are kept by IAM, which knows the roles and users behind them.
type Service struct {
	iam     *iam.Service
	machine func() time.Time
}

// New makes an STS over an IAM. machine is the machine's clock: clients compare expirations with their own, not with virtual time.
func New(i *iam.Service, machine func() time.Time) *Service {
	return &Service{iam: i, machine: machine}
}

// API lists the operations (https://docs.aws.amazon.com/STS/latest/APIReference/).
func (s *Service) API() api.Service {
	return api.Service{Name: "sts", Model: "sts", Throttle: api.Error{Code: "Throttling", Message: "Rate exceeded", Status: 400},
		Operations: []api.Operation{
			api.Op("GetCallerIdentity", noPermission[sts.GetCallerIdentityInput], s.getCallerIdentity),
			api.Op("AssumeRole", assumeAccess, s.assumeRole),
			api.Op("GetSessionToken", noPermission[sts.GetSessionTokenInput], s.getSessionToken),
			api.Op("GetAccessKeyInfo", nil, s.getAccessKeyInfo),
			api.Op("DecodeAuthorizationMessage", nil, s.decodeAuthorizationMessage),
		}}
}

// noPermission: "No permissions are required to perform this operation."
func noPermission[I any](*api.Call, *I) []api.Access { return []api.Access{} }

func assumeAccess(_ *api.Call, in *sts.AssumeRoleInput) []api.Access {
	role := aws.ToString(in.RoleArn)
	out := []api.Access{{Action: "sts:AssumeRole", Resource: role, Context: assumeContext(in)}}
	if len(in.Tags) > 0 {
		out = append(out, api.Access{Action: "sts:TagSession", Resource: role})
	}
	if in.SourceIdentity != nil {
		out = append(out, api.Access{Action: "sts:SetSourceIdentity", Resource: role})
	}
	return out
}

func assumeContext(in *sts.AssumeRoleInput) map[string]string {
	context := map[string]string{"sts:RoleSessionName": aws.ToString(in.RoleSessionName)}
	if in.ExternalId != nil {
		context["sts:ExternalId"] = *in.ExternalId
	}
	if in.SourceIdentity != nil {
		context["sts:SourceIdentity"] = *in.SourceIdentity
	}
	return context
}

func (s *Service) getCallerIdentity(c *api.Call, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
	return &sts.GetCallerIdentityOutput{Account: &c.Caller.Account, Arn: &c.Caller.ARN, UserId: &c.Caller.UserID}, nil
}

func denied(c *api.Call, action, resource string) error {
	return &api.Error{Code: "AccessDenied", Status: 403,
		Message: fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s", c.Caller.ARN, action, resource)}
}

func invalid(format string, args ...any) error {
	return &api.Error{Code: "ValidationError", Message: fmt.Sprintf(format, args...)}
}

// chained sessions last an hour at most (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining).
const chainedLimit = 3600

func (s *Service) assumeRole(c *api.Call, in *sts.AssumeRoleInput) (*sts.AssumeRoleOutput, error) {
	arn := aws.ToString(in.RoleArn)
	if parts := strings.SplitN(arn, ":", 6); len(parts) != 6 || parts[2] != "iam" || !strings.HasPrefix(parts[5], "role/") {
		return nil, invalid("%s is invalid", arn)
	}
	longest, exists := s.iam.MaxSession(arn)
	if !exists || !s.iam.Trusts(c, arn, assumeContext(in)) {
		return nil, denied(c, "sts:AssumeRole", arn)
	}
	seconds, err := duration(c, in.DurationSeconds, longest)
	if err != nil {
		return nil, err
	}
	session := iam.Session{RoleARN: arn, Name: aws.ToString(in.RoleSessionName), Expires: s.until(seconds), Tags: map[string]string{}}
	if in.Policy != nil {
		session.Policies = []string{*in.Policy}
	}
	for _, p := range in.PolicyArns {
		session.ARNs = append(session.ARNs, aws.ToString(p.Arn))
	}
	for _, t := range in.Tags {
		session.Tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	t, err := s.iam.NewSession(session)
	if err != nil {
		return nil, err
	}
	return &sts.AssumeRoleOutput{Credentials: credentials(t), SourceIdentity: in.SourceIdentity,
		PackedPolicySize: packed(in), //nolint:staticcheck // deprecated, and still sent by AWS
		AssumedRoleUser:  &types.AssumedRoleUser{Arn: &t.Principal.ARN, AssumedRoleId: &t.Principal.UserID}}, nil
}

func duration(c *api.Call, asked *int32, longest int32) (int32, error) {
	seconds := int32(3600)
	if asked != nil {
		seconds = *asked
	}
	switch {
	case strings.Contains(c.Caller.ARN, ":assumed-role/") && seconds > chainedLimit:
		return 0, invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
	case seconds > longest:
		return 0, invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	return seconds, nil
}

// packed is a percentage of AWS's packed limit; the true packing is not public, plain length stands for it.
func packed(in *sts.AssumeRoleInput) *int32 {
	n := len(aws.ToString(in.Policy)) + 64*len(in.PolicyArns)
	for _, t := range in.Tags {
		n += len(aws.ToString(t.Key)) + len(aws.ToString(t.Value))
	}
	if n == 0 {
		return nil
	}
	return aws.Int32(int32(max(1, n*100/2048)))
}

// until rounds to seconds, as expirations are.
func (s *Service) until(seconds int32) time.Time {
	return s.machine().UTC().Truncate(time.Second).Add(time.Duration(seconds) * time.Second)
}

func credentials(t iam.Temporary) *types.Credentials {
	return &types.Credentials{AccessKeyId: &t.AccessKeyID, SecretAccessKey: &t.SecretAccessKey, SessionToken: &t.SessionToken, Expiration: &t.Expires}
}

func (s *Service) getSessionToken(c *api.Call, in *sts.GetSessionTokenInput) (*sts.GetSessionTokenOutput, error) {
	if strings.Contains(c.Caller.ARN, ":assumed-role/") {
		return nil, &api.Error{Code: "AccessDenied", Status: 403, Message: "Cannot call GetSessionToken with session credentials"}
	}
	seconds := int32(43200)
	if in.DurationSeconds != nil {
		seconds = *in.DurationSeconds
	}
	if c.Caller.Root {
		seconds = min(seconds, 3600)
	}
	return &sts.GetSessionTokenOutput{Credentials: credentials(s.iam.SessionToken(c, s.until(seconds)))}, nil
}

// getAccessKeyInfo: a 12-digit key is the account itself here.
func (s *Service) getAccessKeyInfo(_ *api.Call, in *sts.GetAccessKeyInfoInput) (*sts.GetAccessKeyInfoOutput, error) {
	key := aws.ToString(in.AccessKeyId)
	account, ok := s.iam.KeyAccount(key)
	switch {
	case ok:
		return &sts.GetAccessKeyInfoOutput{Account: &account}, nil
	case len(key) == 12 && strings.Trim(key, "0123456789") == "":
		return &sts.GetAccessKeyInfoOutput{Account: &key}, nil
	}
	return nil, invalid("Invalid or unknown access key id")
}

// decodeAuthorizationMessage: the simulator's refusals carry no encoded message, so whatever is given is not one.
func (s *Service) decodeAuthorizationMessage(_ *api.Call, in *sts.DecodeAuthorizationMessageInput) (*sts.DecodeAuthorizationMessageOutput, error) {
	if json.Valid([]byte(aws.ToString(in.EncodedMessage))) {
		return nil, &api.Error{Code: "InvalidAuthorizationMessageException", Message: "Message is already decoded"}
	}
	return nil, &api.Error{Code: "InvalidAuthorizationMessageException", Message: "Message is not valid"}
}
