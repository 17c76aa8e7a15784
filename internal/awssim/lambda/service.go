// Package lambda simulates Lambda's event source mappings on streams of tables as records. There are no functions: a mapping may name any,
// and nothing reads.
package lambda

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/paging"
	"github.com/restorable/restorable/internal/awssim/world"
)

// Streams knows the streams of tables. It is called with the world's lock held.
type Streams interface {
	HasStream(sc world.Scope, arn string) bool
}

// Service is the mappings of all accounts and Regions.
type Service struct {
	world    *world.World
	streams  Streams
	mappings map[string]*mapping // by id
}

type mapping struct {
	scope world.Scope
	shown types.EventSourceMappingConfiguration
}

// New makes a Lambda without mappings.
func New(w *world.World, streams Streams) *Service {
	return &Service{world: w, streams: streams, mappings: map[string]*mapping{}}
}

const (
	takes        = 20 * time.Second // to create, change or delete a mapping; AWS says no more than that it takes a while
	standardPage = 100
)

// API lists the operations (https://docs.aws.amazon.com/lambda/latest/api/). All calls of the control plane together are limited to 15 a second.
func (s *Service) API() api.Service {
	onMapping := func(name string, c *api.Call, id *string) []api.Access {
		return []api.Access{{Action: "lambda:" + name, Resource: arnOf(c.Scope, aws.ToString(id))}}
	}
	return api.Service{Name: "lambda", Model: "lambda", Throttle: api.Error{Code: "TooManyRequestsException", Message: "Rate Exceeded.", Status: 429},
		Rates: map[string]api.Rate{"*": {PerSecond: 15, Burst: 15}},
		Operations: []api.Operation{
			api.Op("CreateEventSourceMapping", nil, s.create),
			api.Op("ListEventSourceMappings", nil, s.list),
			api.Op("GetEventSourceMapping", func(c *api.Call, in *lambda.GetEventSourceMappingInput) []api.Access {
				return onMapping("GetEventSourceMapping", c, in.UUID)
			}, s.get),
			api.Op("UpdateEventSourceMapping", func(c *api.Call, in *lambda.UpdateEventSourceMappingInput) []api.Access {
				return onMapping("UpdateEventSourceMapping", c, in.UUID)
			}, s.update),
			api.Op("DeleteEventSourceMapping", func(c *api.Call, in *lambda.DeleteEventSourceMappingInput) []api.Access {
				return onMapping("DeleteEventSourceMapping", c, in.UUID)
			}, s.remove),
		}}
}

func arnOf(sc world.Scope, id string) string { return sc.ARN("lambda", "event-source-mapping:"+id) }

func invalid(message string) error {
	return &api.Error{Code: "InvalidParameterValueException", Message: message, Fields: map[string]any{"Type": "User"}}
}

var functionName = regexp.MustCompile(`^[a-zA-Z0-9-_]{1,64}(:[a-zA-Z0-9-_$]{1,128})?$`)

// functionARN completes a name, a name with a version or alias, or a partial ARN.
func functionARN(sc world.Scope, name string) (string, error) {
	if _, rest, ok := strings.Cut(name, ":function:"); ok {
		name = rest
	}
	if !functionName.MatchString(name) {
		return "", invalid("1 validation error detected: Value at 'functionName' failed to satisfy constraint")
	}
	return sc.ARN("lambda", "function:"+name), nil
}

func (s *Service) create(c *api.Call, in *lambda.CreateEventSourceMappingInput) (*lambda.CreateEventSourceMappingOutput, error) {
	function, err := functionARN(c.Scope, aws.ToString(in.FunctionName))
	if err != nil {
		return nil, err
	}
	stream := aws.ToString(in.EventSourceArn)
	switch {
	case !strings.Contains(stream, ":dynamodb:"):
		return nil, invalid("restorable's simulated AWS maps streams of tables alone.")
	case !s.streams.HasStream(c.Scope, stream):
		return nil, invalid("Stream not found: " + stream)
	case in.StartingPosition != types.EventSourcePositionLatest && in.StartingPosition != types.EventSourcePositionTrimHorizon:
		return nil, invalid("1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.")
	}
	for _, m := range s.mappings {
		if m.scope == c.Scope && *m.shown.EventSourceArn == stream && *m.shown.FunctionArn == function {
			return nil, &api.Error{Code: "ResourceConflictException", Status: 409, Fields: map[string]any{"Type": "User"}, Message: "The event source arn (\" " + stream +
				" \") and function (\" " + function + " \") provided mapping already exists. Please update or delete the existing mapping with UUID " + *m.shown.UUID}
		}
	}
	id := s.world.UUID()
	m := &mapping{scope: c.Scope, shown: types.EventSourceMappingConfiguration{
		UUID: &id, EventSourceArn: &stream, EventSourceMappingArn: aws.String(arnOf(c.Scope, id)), FunctionArn: &function, StartingPosition: in.StartingPosition,
		StateTransitionReason: aws.String("User action"), LastProcessingResult: aws.String("No records processed"), DestinationConfig: in.DestinationConfig,
		FilterCriteria: in.FilterCriteria, FunctionResponseTypes: in.FunctionResponseTypes,
		BatchSize: or(in.BatchSize, 100), MaximumBatchingWindowInSeconds: or(in.MaximumBatchingWindowInSeconds, 0), ParallelizationFactor: or(in.ParallelizationFactor, 1),
		MaximumRecordAgeInSeconds: or(in.MaximumRecordAgeInSeconds, -1), MaximumRetryAttempts: or(in.MaximumRetryAttempts, -1),
		TumblingWindowInSeconds: or(in.TumblingWindowInSeconds, 0), BisectBatchOnFunctionError: aws.Bool(aws.ToBool(in.BisectBatchOnFunctionError)),
	}}
	s.mappings[id] = m
	s.become(m, "Creating", enabled(in.Enabled))
	return show[lambda.CreateEventSourceMappingOutput](m), nil
}

func or(v *int32, standard int32) *int32 {
	if v == nil {
		return &standard
	}
	return v
}

func enabled(asked *bool) string {
	if asked != nil && !*asked {
		return "Disabled"
	}
	return "Enabled"
}

// become goes to a state by way of another.
func (s *Service) become(m *mapping, during, end string) {
	m.shown.State, m.shown.LastModified = &during, aws.Time(s.world.Now())
	s.world.After(takes, func() {
		if *m.shown.State == during {
			m.shown.State = &end
		}
	})
}

// show writes a mapping as one operation's answer, whose members are those of a mapping.
func show[O any](m *mapping) *O {
	out := new(O)
	to, from := reflect.ValueOf(out).Elem(), reflect.ValueOf(&m.shown).Elem()
	for i := range from.NumField() {
		if f := from.Type().Field(i); f.IsExported() {
			to.FieldByName(f.Name).Set(from.Field(i))
		}
	}
	return out
}

func (s *Service) find(c *api.Call, id *string) (*mapping, error) {
	m, ok := s.mappings[aws.ToString(id)]
	if !ok || m.scope != c.Scope {
		return nil, &api.Error{Code: "ResourceNotFoundException", Status: 404, Message: "The resource you requested does not exist.", Fields: map[string]any{"Type": "User"}}
	}
	return m, nil
}

func (s *Service) get(c *api.Call, in *lambda.GetEventSourceMappingInput) (*lambda.GetEventSourceMappingOutput, error) {
	m, err := s.find(c, in.UUID)
	if err != nil {
		return nil, err
	}
	return show[lambda.GetEventSourceMappingOutput](m), nil
}

func (s *Service) list(c *api.Call, in *lambda.ListEventSourceMappingsInput) (*lambda.ListEventSourceMappingsOutput, error) {
	function := ""
	if in.FunctionName != nil {
		var err error
		if function, err = functionARN(c.Scope, *in.FunctionName); err != nil {
			return nil, err
		}
	}
	var found []*mapping
	for _, id := range slices.Sorted(maps.Keys(s.mappings)) {
		m := s.mappings[id]
		if m.scope == c.Scope && (function == "" || *m.shown.FunctionArn == function) && (in.EventSourceArn == nil || *m.shown.EventSourceArn == *in.EventSourceArn) {
			found = append(found, m)
		}
	}
	page, next, ok := paging.Cut(found, func(m *mapping) string { return *m.shown.UUID }, in.Marker, paging.Size(in.MaxItems, standardPage, standardPage))
	if !ok {
		return nil, invalid("Invalid Marker")
	}
	out := &lambda.ListEventSourceMappingsOutput{EventSourceMappings: []types.EventSourceMappingConfiguration{}, NextMarker: next}
	for _, m := range page {
		out.EventSourceMappings = append(out.EventSourceMappings, m.shown)
	}
	return out, nil
}

func (s *Service) update(c *api.Call, in *lambda.UpdateEventSourceMappingInput) (*lambda.UpdateEventSourceMappingOutput, error) {
	m, err := s.find(c, in.UUID)
	if err != nil {
		return nil, err
	}
	if err := settled(m); err != nil {
		return nil, err
	}
	if in.FunctionName != nil {
		function, err := functionARN(c.Scope, *in.FunctionName)
		if err != nil {
			return nil, err
		}
		m.shown.FunctionArn = &function
	}
	if in.BatchSize != nil {
		m.shown.BatchSize = in.BatchSize
	}
	end, during := *m.shown.State, "Updating"
	if in.Enabled != nil && enabled(in.Enabled) != end {
		end, during = "Enabled", "Enabling"
		if !*in.Enabled {
			end, during = "Disabled", "Disabling"
		}
	}
	s.become(m, during, end)
	return show[lambda.UpdateEventSourceMappingOutput](m), nil
}

// settled: a mapping that is being changed cannot be changed.
func settled(m *mapping) error {
	if *m.shown.State == "Enabled" || *m.shown.State == "Disabled" {
		return nil
	}
	return &api.Error{Code: "ResourceInUseException", Status: 400, Fields: map[string]any{"Type": "User"},
		Message: "Cannot update the event source mapping because it is in use."}
}

func (s *Service) remove(c *api.Call, in *lambda.DeleteEventSourceMappingInput) (*lambda.DeleteEventSourceMappingOutput, error) {
	m, err := s.find(c, in.UUID)
	if err != nil {
		return nil, err
	}
	if err := settled(m); err != nil {
		return nil, err
	}
	m.shown.State, m.shown.LastModified = aws.String("Deleting"), aws.Time(s.world.Now())
	s.world.After(takes, func() { delete(s.mappings, *m.shown.UUID) })
	return show[lambda.DeleteEventSourceMappingOutput](m), nil
}
