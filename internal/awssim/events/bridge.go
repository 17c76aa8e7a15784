package events

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"github.com/restorable/restorable/internal/awssim/world"
)

// AddRule files a rule of the default bus with its targets. It is called with the world's lock held.
func (s *Service) AddRule(sc world.Scope, in types.Rule, targets []string) {
	arn := arnOf(sc, aws.ToString(in.Name))
	in.Arn, in.EventBusName = &arn, aws.String(defaultBus)
	r := &rule{scope: sc, rule: in, tags: map[string]string{}}
	for i, target := range targets {
		r.targets = append(r.targets, types.Target{Id: aws.String(strconv.Itoa(i)), Arn: &target})
	}
	s.rules[arn] = r
}
