// Package events simulates the rules of EventBridge's default bus as records. No event is delivered: nothing listens here.
package events

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
	"github.com/restorable/restorable/internal/awssim/world"
)

const (
	defaultBus  = "default"
	maxTargets  = 5 // of one rule
	standard    = 100
	patternSize = 2048
)

var ruleName = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,64}$`)

// Service is the rules of all accounts and Regions.
type Service struct {
	rules map[string]*rule // by ARN
}

type rule struct {
	scope   world.Scope
	rule    types.Rule
	targets []types.Target
	tags    map[string]string
}

// New makes an EventBridge without rules.
func New() *Service { return &Service{rules: map[string]*rule{}} }

// API lists the operations (https://docs.aws.amazon.com/eventbridge/latest/APIReference/).
func (s *Service) API() api.Service {
	return api.Service{Name: "events", Model: "events", Throttle: api.Error{Code: "ThrottlingException", Message: "Rate exceeded", Status: 400},
		Operations: []api.Operation{
			api.Op("PutRule", onRule("PutRule", func(in *eb.PutRuleInput) *string { return in.Name }), s.putRule),
			api.Op("DescribeRule", onRule("DescribeRule", func(in *eb.DescribeRuleInput) *string { return in.Name }), s.describeRule),
			api.Op("ListRules", onRule("ListRules", func(*eb.ListRulesInput) *string { return aws.String("*") }), s.listRules),
			api.Op("DeleteRule", onRule("DeleteRule", func(in *eb.DeleteRuleInput) *string { return in.Name }), s.deleteRule),
			api.Op("EnableRule", onRule("EnableRule", func(in *eb.EnableRuleInput) *string { return in.Name }), s.enableRule),
			api.Op("DisableRule", onRule("DisableRule", func(in *eb.DisableRuleInput) *string { return in.Name }), s.disableRule),
			api.Op("PutTargets", onRule("PutTargets", func(in *eb.PutTargetsInput) *string { return in.Rule }), s.putTargets),
			api.Op("RemoveTargets", onRule("RemoveTargets", func(in *eb.RemoveTargetsInput) *string { return in.Rule }), s.removeTargets),
			api.Op("ListTargetsByRule", onRule("ListTargetsByRule", func(in *eb.ListTargetsByRuleInput) *string { return in.Rule }), s.listTargets),
			api.Op("TagResource", onARN("TagResource", func(in *eb.TagResourceInput) *string { return in.ResourceARN }), s.tag),
			api.Op("UntagResource", onARN("UntagResource", func(in *eb.UntagResourceInput) *string { return in.ResourceARN }), s.untag),
			api.Op("ListTagsForResource", onARN("ListTagsForResource", func(in *eb.ListTagsForResourceInput) *string { return in.ResourceARN }), s.listTags),
		}}
}

func onRule[I any](name string, of func(*I) *string) func(*api.Call, *I) []api.Access {
	return func(c *api.Call, in *I) []api.Access {
		return []api.Access{{Action: "events:" + name, Resource: arnOf(c.Scope, aws.ToString(of(in)))}}
	}
}

func onARN[I any](name string, of func(*I) *string) func(*api.Call, *I) []api.Access {
	return func(_ *api.Call, in *I) []api.Access {
		return []api.Access{{Action: "events:" + name, Resource: aws.ToString(of(in))}}
	}
}

func arnOf(sc world.Scope, name string) string { return sc.ARN("events", "rule/"+name) }

func invalid(message string) error { return &api.Error{Code: "ValidationException", Message: message} }

func noRule(name string) error {
	return &api.Error{Code: "ResourceNotFoundException", Message: "Rule " + name + " does not exist on EventBus default."}
}

// onlyDefault: other buses are not simulated, and AWS's services send to none of them.
func onlyDefault(bus *string) error {
	if bus == nil || *bus == defaultBus || strings.HasSuffix(*bus, ":event-bus/default") {
		return nil
	}
	return &api.Error{Code: "ResourceNotFoundException", Message: "Event bus " + *bus + " does not exist."}
}

func (s *Service) find(c *api.Call, bus, name *string) (*rule, error) {
	if err := onlyDefault(bus); err != nil {
		return nil, err
	}
	r, ok := s.rules[arnOf(c.Scope, aws.ToString(name))]
	if !ok {
		return nil, noRule(aws.ToString(name))
	}
	return r, nil
}

func (s *Service) putRule(c *api.Call, in *eb.PutRuleInput) (*eb.PutRuleOutput, error) {
	if err := onlyDefault(in.EventBusName); err != nil {
		return nil, err
	}
	name := aws.ToString(in.Name)
	switch {
	case !ruleName.MatchString(name):
		return nil, invalid("Rule name " + name + " is not valid.")
	case in.EventPattern == nil && in.ScheduleExpression == nil:
		return nil, invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.")
	}
	if err := checkPattern(in.EventPattern); err != nil {
		return nil, err
	}
	arn := arnOf(c.Scope, name)
	r := s.rules[arn]
	if r == nil { // the tags of a request count at creation only
		r = &rule{scope: c.Scope, tags: map[string]string{}}
		for _, t := range in.Tags {
			r.tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
		s.rules[arn] = r
	}
	state := in.State
	if state == "" {
		state = types.RuleStateEnabled
	}
	r.rule = types.Rule{Arn: &arn, Name: in.Name, EventBusName: aws.String(defaultBus), EventPattern: in.EventPattern, ScheduleExpression: in.ScheduleExpression,
		Description: in.Description, RoleArn: in.RoleArn, State: state}
	return &eb.PutRuleOutput{RuleArn: &arn}, nil
}

// checkPattern holds a pattern to its outer form: an object whose leaves are lists.
func checkPattern(text *string) error {
	if text == nil {
		return nil
	}
	refused := func(why string) error {
		return &api.Error{Code: "InvalidEventPatternException", Message: "Event pattern is not valid. Reason: " + why}
	}
	var root map[string]any
	switch err := json.Unmarshal([]byte(*text), &root); {
	case len(*text) > patternSize:
		return refused("The pattern is longer than 2048 characters")
	case err != nil:
		return refused("Filter is not an object")
	case !leavesAreLists(root):
		return refused("Values must be enclosed in an array")
	}
	return nil
}

func leavesAreLists(object map[string]any) bool {
	for _, value := range object {
		switch value := value.(type) {
		case map[string]any:
			if !leavesAreLists(value) {
				return false
			}
		case []any:
		default:
			return false
		}
	}
	return len(object) > 0
}

func (s *Service) describeRule(c *api.Call, in *eb.DescribeRuleInput) (*eb.DescribeRuleOutput, error) {
	r, err := s.find(c, in.EventBusName, in.Name)
	if err != nil {
		return nil, err
	}
	m := r.rule
	return &eb.DescribeRuleOutput{Arn: m.Arn, Name: m.Name, EventBusName: m.EventBusName, EventPattern: m.EventPattern, ScheduleExpression: m.ScheduleExpression,
		Description: m.Description, RoleArn: m.RoleArn, State: m.State, CreatedBy: aws.String(c.Account)}, nil
}

func (s *Service) listRules(c *api.Call, in *eb.ListRulesInput) (*eb.ListRulesOutput, error) {
	if err := onlyDefault(in.EventBusName); err != nil {
		return nil, err
	}
	var found []*rule
	for _, arn := range slices.Sorted(maps.Keys(s.rules)) {
		if r := s.rules[arn]; r.scope == c.Scope && strings.HasPrefix(*r.rule.Name, aws.ToString(in.NamePrefix)) {
			found = append(found, r)
		}
	}
	page, next, ok := paging.Cut(found, func(r *rule) string { return *r.rule.Arn }, in.NextToken, paging.Size(in.Limit, standard, standard))
	if !ok {
		return nil, invalid("NextToken is not valid.")
	}
	out := &eb.ListRulesOutput{Rules: []types.Rule{}, NextToken: next}
	for _, r := range page {
		out.Rules = append(out.Rules, r.rule)
	}
	return out, nil
}

// deleteRule: a rule that has targets stays, one that is not there is no error.
func (s *Service) deleteRule(c *api.Call, in *eb.DeleteRuleInput) (*eb.DeleteRuleOutput, error) {
	if err := onlyDefault(in.EventBusName); err != nil {
		return nil, err
	}
	arn := arnOf(c.Scope, aws.ToString(in.Name))
	if r := s.rules[arn]; r != nil && len(r.targets) > 0 {
		return nil, invalid("Rule can't be deleted since it has targets.")
	}
	delete(s.rules, arn)
	return &eb.DeleteRuleOutput{}, nil
}

func (s *Service) enableRule(c *api.Call, in *eb.EnableRuleInput) (*eb.EnableRuleOutput, error) {
	r, err := s.find(c, in.EventBusName, in.Name)
	if err != nil {
		return nil, err
	}
	r.rule.State = types.RuleStateEnabled
	return &eb.EnableRuleOutput{}, nil
}

func (s *Service) disableRule(c *api.Call, in *eb.DisableRuleInput) (*eb.DisableRuleOutput, error) {
	r, err := s.find(c, in.EventBusName, in.Name)
	if err != nil {
		return nil, err
	}
	r.rule.State = types.RuleStateDisabled
	return &eb.DisableRuleOutput{}, nil
}
