package tagging

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	tag "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

func (s *Service) tagResources(c *api.Call, in *tag.TagResourcesInput) (*tag.TagResourcesOutput, error) {
	for k := range in.Tags {
		if strings.HasPrefix(strings.ToLower(k), "aws:") {
			return nil, invalid("TagKey must match pattern, and must not begin with aws:")
		}
	}
	failed, err := s.change(c, in.ResourceARNList, in.Tags, nil)
	return &tag.TagResourcesOutput{FailedResourcesMap: failed}, err
}

func (s *Service) untagResources(c *api.Call, in *tag.UntagResourcesInput) (*tag.UntagResourcesOutput, error) {
	failed, err := s.change(c, in.ResourceARNList, nil, in.TagKeys)
	return &tag.UntagResourcesOutput{FailedResourcesMap: failed}, err
}

// change works through the ARNs one by one: a failure of one is reported and the others go on.
func (s *Service) change(c *api.Call, arns []string, set map[string]string, remove []string) (map[string]types.FailureInfo, error) {
	if len(arns) == 0 || len(arns) > 20 {
		return nil, invalid("ResourceARNList must have between 1 and 20 members")
	}
	for _, arn := range arns {
		if len(strings.SplitN(arn, ":", 6)) != 6 || !strings.HasPrefix(arn, "arn:") {
			return nil, invalid("Invalid ARN: %s", arn)
		}
	}
	failed := map[string]types.FailureInfo{}
	for _, arn := range arns {
		if err := s.changeOne(c, arn, set, remove); err != nil {
			failed[arn] = failure(err)
		}
	}
	return failed, nil
}

func (s *Service) changeOne(c *api.Call, arn string, set map[string]string, remove []string) error {
	parts := strings.SplitN(arn, ":", 6)
	if parts[3] != "" && parts[3] != c.Region || parts[4] != "" && parts[4] != c.Account {
		return invalid("The resource %s is not in this account and Region", arn)
	}
	for _, p := range s.providers {
		if owned, err := p.SetTags(c.Scope, arn, set, remove); owned || err != nil {
			return err
		}
	}
	return invalid("The resource %s does not exist or its service does not support tagging here", arn)
}

func failure(err error) types.FailureInfo {
	code := types.ErrorCodeInvalidParameterException
	message, status := err.Error(), int32(400)
	var e *api.Error
	if errors.As(err, &e) {
		message = e.Message
		if e.Status != 0 {
			status = int32(e.Status)
		}
	}
	return types.FailureInfo{ErrorCode: code, ErrorMessage: aws.String(message), StatusCode: status}
}
