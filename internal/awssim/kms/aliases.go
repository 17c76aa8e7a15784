package kms

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
)

func (s *Service) listAliases(c *api.Call, in *kms.ListAliasesInput) (*kms.ListAliasesOutput, error) {
	target := ""
	if in.KeyId != nil {
		k, err := s.find(c.Scope, *in.KeyId)
		if err != nil {
			return nil, err
		}
		target = k.arn
	}
	var own []*alias
	for _, a := range s.aliases {
		if a.scope == c.Scope && (target == "" || a.target == target) {
			own = append(own, a)
		}
	}
	slices.SortFunc(own, func(a, b *alias) int { return strings.Compare(a.name, b.name) })
	page, next, ok := paging.Cut(own, func(a *alias) string { return a.name }, in.Marker, paging.Size(in.Limit, 50, 100))
	if !ok {
		return nil, badMarker()
	}
	out := &kms.ListAliasesOutput{NextMarker: next, Truncated: next != nil, Aliases: []types.AliasListEntry{}}
	for _, a := range page {
		_, id, _ := strings.Cut(a.target, ":key/")
		out.Aliases = append(out.Aliases, types.AliasListEntry{AliasArn: &a.arn, AliasName: &a.name, TargetKeyId: aws.String(id),
			CreationDate: aws.Time(a.created), LastUpdatedDate: aws.Time(a.updated)})
	}
	return out, nil
}

func checkAliasName(name string) error {
	switch {
	case !strings.HasPrefix(name, "alias/") || name == "alias/":
		return invalid(`Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html`)
	case strings.HasPrefix(name, "alias/aws/"):
		return &api.Error{Code: "NotAuthorizedException", Message: ""}
	}
	return nil
}

func (s *Service) createAlias(c *api.Call, in *kms.CreateAliasInput) (*kms.CreateAliasOutput, error) {
	name := aws.ToString(in.AliasName)
	if err := checkAliasName(name); err != nil {
		return nil, err
	}
	arn := c.ARN("kms", name)
	if _, taken := s.aliases[arn]; taken {
		return nil, &api.Error{Code: "AlreadyExistsException", Message: "An alias with the name " + arn + " already exists"}
	}
	if strings.Contains(aws.ToString(in.TargetKeyId), "alias/") {
		return nil, invalid("Aliases must refer to keys. Not aliases")
	}
	k, err := s.live(c, in.TargetKeyId)
	if err != nil {
		return nil, err
	}
	s.setAlias(c.Scope, name, k.arn)
	return &kms.CreateAliasOutput{}, nil
}

func (s *Service) ownAlias(c *api.Call, name string) error {
	if err := checkAliasName(name); err != nil {
		return err
	}
	arn := c.ARN("kms", name)
	if _, ok := s.aliases[arn]; !ok {
		return notFound("Alias %s is not found.", arn)
	}
	return nil
}

func (s *Service) updateAlias(c *api.Call, in *kms.UpdateAliasInput) (*kms.UpdateAliasOutput, error) {
	name := aws.ToString(in.AliasName)
	if err := s.ownAlias(c, name); err != nil {
		return nil, err
	}
	k, err := s.live(c, in.TargetKeyId)
	if err != nil {
		return nil, err
	}
	s.setAlias(c.Scope, name, k.arn)
	return &kms.UpdateAliasOutput{}, nil
}

func (s *Service) deleteAlias(c *api.Call, in *kms.DeleteAliasInput) (*kms.DeleteAliasOutput, error) {
	name := aws.ToString(in.AliasName)
	if err := s.ownAlias(c, name); err != nil {
		return nil, err
	}
	delete(s.aliases, c.ARN("kms", name))
	return &kms.DeleteAliasOutput{}, nil
}
