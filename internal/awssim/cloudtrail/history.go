package cloudtrail

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ct "github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

const (
	kept       = 90 * 24 * time.Hour // how far back the history goes
	mostReads  = 5_000               // of one account and Region, so that a simulator that is read all day does not grow for ever
	mostWrites = 50_000
)

// history is what happened in one account and Region, oldest first. Reads are many and looked up by few: their events are written only then.
type history struct {
	reads  []*read
	writes []*types.Event
}

type read struct {
	id    string
	entry Entry
}

// Entry is one call that was answered, or refused to its caller.
type Entry struct {
	Call      *api.Call
	Service   string // the event source without its ending: "dynamodb"
	Input     any
	Resources []string // ARNs that the call was about
	SourceIP  string
	UserAgent string
	Err       *api.Error // nil: it was done
}

// Record takes a call into the history. It shows at once; AWS takes some minutes. Data events are not part of the history.
func (s *Service) Record(e Entry) {
	if isData(e.Service, e.Call.Operation) {
		return
	}
	h := s.histories[e.Call.Scope]
	if h == nil {
		h = &history{}
		s.histories[e.Call.Scope] = h
	}
	if isRead(e.Call.Operation) {
		h.reads = append(bounded(h.reads, mostReads), &read{eventID(), e})
	} else {
		h.writes = append(bounded(h.writes, mostWrites), newEvent(eventID(), &e))
	}
}

// bounded makes room for one more, by the oldest tenth at a time.
func bounded[T any](list []*T, most int) []*T {
	if len(list) < most {
		return list
	}
	return slices.Clone(list[most/10:])
}

// isData tells the calls on items and on the records of streams from those on tables
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/logging-using-cloudtrail.html).
func isData(service, operation string) bool {
	switch operation {
	case "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems",
		"ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction":
		return service == "dynamodb"
	case "GetRecords", "GetShardIterator":
		return true
	}
	return false
}

func isRead(operation string) bool {
	for _, verb := range []string{"List", "Get", "Describe", "Lookup", "Simulate"} {
		if strings.HasPrefix(operation, verb) {
			return true
		}
	}
	return false
}

func newEvent(id string, e *Entry) *types.Event {
	source, readOnly := e.Service+".amazonaws.com", isRead(e.Call.Operation)
	who := e.Call.Caller
	event := &types.Event{
		EventId: &id, EventName: aws.String(e.Call.Operation), EventSource: &source, EventTime: aws.Time(e.Call.Now.Truncate(time.Second)),
		ReadOnly: aws.String(strconv.FormatBool(readOnly)), Username: aws.String(userName(who)), AccessKeyId: aws.String(who.AccessKey), Resources: []types.Resource{},
	}
	for _, arn := range e.Resources {
		event.Resources = append(event.Resources, types.Resource{ResourceName: &arn})
	}
	record := map[string]any{
		"eventVersion": "1.09", "eventType": "AwsApiCall", "eventCategory": "Management", "managementEvent": true, "readOnly": readOnly,
		"eventID": *event.EventId, "eventName": e.Call.Operation, "eventSource": source, "eventTime": event.EventTime.Format(time.RFC3339),
		"awsRegion": e.Call.Region, "recipientAccountId": e.Call.Account, "requestID": e.Call.RequestID, "sourceIPAddress": e.SourceIP, "userAgent": e.UserAgent,
		"userIdentity":      map[string]any{"type": userType(who), "principalId": who.UserID, "arn": who.ARN, "accountId": who.Account, "accessKeyId": who.AccessKey, "userName": userName(who)},
		"requestParameters": parameters(e.Input), "responseElements": nil,
	}
	if e.Err != nil {
		code, _ := strings.CutSuffix(e.Err.Code, "Exception")
		if code != "AccessDenied" { // of all codes this one alone is written without its ending
			code = e.Err.Code
		}
		record["errorCode"], record["errorMessage"] = code, e.Err.Message
	}
	text, err := json.Marshal(record)
	if err != nil { // texts, numbers, lists and maps always marshal
		text = []byte("{}")
	}
	event.CloudTrailEvent = aws.String(string(text))
	return event
}

// eventID is random outside the world's own sequence, so that being watched changes nothing that follows.
func eventID() string {
	a, b := rand.Uint64(), rand.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

// userName is how the history calls a caller: the user, the session's name, or root.
func userName(p api.Principal) string {
	if p.Root {
		return "root"
	}
	return p.ARN[strings.LastIndexByte(p.ARN, '/')+1:]
}

func userType(p api.Principal) string {
	switch {
	case p.Root:
		return "Root"
	case strings.Contains(p.ARN, ":assumed-role/"):
		return "AssumedRole"
	}
	return "IAMUser"
}

// lookupEvents gives the newest first.
func (s *Service) lookupEvents(c *api.Call, in *ct.LookupEventsInput) (*ct.LookupEventsOutput, error) {
	switch {
	case len(in.LookupAttributes) > 1:
		return nil, &api.Error{Code: "InvalidLookupAttributesException", Message: "You can only specify one lookup attribute."}
	case in.StartTime != nil && in.EndTime != nil && in.StartTime.After(*in.EndTime):
		return nil, &api.Error{Code: "InvalidTimeRangeException", Message: "The start time must be before the end time."}
	case in.MaxResults != nil && (*in.MaxResults < 1 || *in.MaxResults > 50):
		return nil, &api.Error{Code: "InvalidMaxResultsException", Message: "MaxResults must be between 1 and 50."}
	}
	found := s.matching(c, in)
	size, start := 50, 0
	if in.MaxResults != nil {
		size = int(*in.MaxResults)
	}
	if in.NextToken != nil {
		at := slices.IndexFunc(found, func(e *types.Event) bool { return *e.EventId == *in.NextToken })
		if at < 0 {
			return nil, &api.Error{Code: "InvalidNextTokenException", Message: "The token is not valid."}
		}
		start = at
	}
	out := &ct.LookupEventsOutput{Events: []types.Event{}}
	for _, e := range found[start:min(start+size, len(found))] {
		out.Events = append(out.Events, *e)
	}
	if start+size < len(found) {
		out.NextToken = found[start+size].EventId
	}
	return out, nil
}

func (s *Service) matching(c *api.Call, in *ct.LookupEventsInput) []*types.Event {
	h := s.histories[c.Scope]
	if h == nil || in.EventCategory != "" {
		return nil // insights are not made
	}
	oldest := s.world.Now().Add(-kept)
	var found []*types.Event
	for _, e := range append(h.readsLike(in), h.writes...) {
		outside := e.EventTime.Before(oldest) || in.StartTime != nil && e.EventTime.Before(*in.StartTime) || in.EndTime != nil && e.EventTime.After(*in.EndTime)
		if !outside && (len(in.LookupAttributes) == 0 || attribute(e, in.LookupAttributes[0])) {
			found = append(found, e)
		}
	}
	slices.Reverse(found) // of one second, what came last stands first
	slices.SortStableFunc(found, func(a, b *types.Event) int { return b.EventTime.Compare(*a.EventTime) })
	return found
}

// readsLike are the events of reads that may be asked for: a name, and "no reads", rule most out before they are written.
func (h *history) readsLike(in *ct.LookupEventsInput) []*types.Event {
	var out []*types.Event
	for _, r := range h.reads {
		if len(in.LookupAttributes) > 0 {
			a := in.LookupAttributes[0]
			other := a.AttributeKey == types.LookupAttributeKeyEventName && aws.ToString(a.AttributeValue) != r.entry.Call.Operation
			if other || a.AttributeKey == types.LookupAttributeKeyReadOnly && aws.ToString(a.AttributeValue) == "false" {
				continue
			}
		}
		out = append(out, newEvent(r.id, &r.entry))
	}
	return out
}

func attribute(e *types.Event, a types.LookupAttribute) bool {
	want := aws.ToString(a.AttributeValue)
	switch a.AttributeKey {
	case types.LookupAttributeKeyEventId:
		return *e.EventId == want
	case types.LookupAttributeKeyEventName:
		return *e.EventName == want
	case types.LookupAttributeKeyReadOnly:
		return *e.ReadOnly == want
	case types.LookupAttributeKeyUsername:
		return *e.Username == want
	case types.LookupAttributeKeyEventSource:
		return *e.EventSource == want
	case types.LookupAttributeKeyAccessKeyId:
		return *e.AccessKeyId == want
	case types.LookupAttributeKeyResourceName:
		return slices.ContainsFunc(e.Resources, func(r types.Resource) bool { return *r.ResourceName == want })
	}
	return false
}
