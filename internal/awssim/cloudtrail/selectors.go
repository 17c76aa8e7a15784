package cloudtrail

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	ct "github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

const maxSelectors = 5 // basic ones of one trail

// getSelectors: a trail that was never told otherwise records all management events.
func (s *Service) getSelectors(c *api.Call, in *ct.GetEventSelectorsInput) (*ct.GetEventSelectorsOutput, error) {
	t, err := s.find(c, in.TrailName)
	if err != nil {
		return nil, err
	}
	out := &ct.GetEventSelectorsOutput{TrailARN: t.shown.TrailARN, EventSelectors: t.selectors, AdvancedEventSelectors: t.advanced}
	if len(t.selectors)+len(t.advanced) == 0 {
		out.EventSelectors = []types.EventSelector{{ReadWriteType: types.ReadWriteTypeAll, IncludeManagementEvents: aws.Bool(true),
			DataResources: []types.DataResource{}, ExcludeManagementEventSources: []string{}}}
	}
	return out, nil
}

// putSelectors: basic ones take the place of advanced ones, and the other way round.
func (s *Service) putSelectors(c *api.Call, in *ct.PutEventSelectorsInput) (*ct.PutEventSelectorsOutput, error) {
	t, err := s.own(c, in.TrailName)
	if err != nil {
		return nil, err
	}
	if (len(in.EventSelectors) > 0) == (len(in.AdvancedEventSelectors) > 0) || len(in.EventSelectors) > maxSelectors {
		return nil, badSelectors("Specify either event selectors, at most 5, or advanced event selectors.")
	}
	for i := range in.EventSelectors {
		if err := complete(&in.EventSelectors[i]); err != nil {
			return nil, err
		}
	}
	for i := range in.AdvancedEventSelectors {
		if err := checkAdvanced(&in.AdvancedEventSelectors[i]); err != nil {
			return nil, err
		}
	}
	t.selectors, t.advanced = in.EventSelectors, in.AdvancedEventSelectors
	t.shown.HasCustomEventSelectors = aws.Bool(true)
	return &ct.PutEventSelectorsOutput{TrailARN: t.shown.TrailARN, EventSelectors: t.selectors, AdvancedEventSelectors: t.advanced}, nil
}

func badSelectors(message string) error {
	return &api.Error{Code: "InvalidEventSelectorsException", Message: message}
}

// complete fills in what AWS fills in.
func complete(e *types.EventSelector) error {
	if e.ReadWriteType == "" {
		e.ReadWriteType = types.ReadWriteTypeAll
	}
	if e.IncludeManagementEvents == nil {
		e.IncludeManagementEvents = aws.Bool(true)
	}
	if e.DataResources == nil {
		e.DataResources = []types.DataResource{}
	}
	if e.ExcludeManagementEventSources == nil {
		e.ExcludeManagementEventSources = []string{}
	}
	for _, d := range e.DataResources {
		if !slices.Contains([]string{"AWS::DynamoDB::Table", "AWS::Lambda::Function", "AWS::S3::Object"}, aws.ToString(d.Type)) {
			return badSelectors("Invalid data resource type " + aws.ToString(d.Type) + ".")
		}
	}
	for _, source := range e.ExcludeManagementEventSources {
		if source != "kms.amazonaws.com" && source != "rdsdata.amazonaws.com" {
			return badSelectors("Management events of " + source + " cannot be excluded.")
		}
	}
	return nil
}

// checkAdvanced: the category is said once, and data events name the type of their resources.
func checkAdvanced(e *types.AdvancedEventSelector) error {
	category, typed := "", false
	for _, f := range e.FieldSelectors {
		switch aws.ToString(f.Field) {
		case "eventCategory":
			if category != "" || len(f.Equals) != 1 {
				return badSelectors("eventCategory must equal one value.")
			}
			category = f.Equals[0]
		case "resources.type":
			typed = len(f.Equals) == 1
		}
	}
	if category == "" {
		return badSelectors("The eventCategory field is required.")
	}
	if category == "Data" && !typed {
		return badSelectors("The resources.type field is required for data events.")
	}
	return nil
}
