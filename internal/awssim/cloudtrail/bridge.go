package cloudtrail

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/restorable/restorable/internal/awssim/world"
)

// TrailState is a trail with what other operations tell of it, for those who write states down and bring them back.
type TrailState struct {
	Trail     types.Trail
	Logging   bool
	Selectors []types.EventSelector
	Advanced  []types.AdvancedEventSelector
}

// AddTrail files a trail under its ARN, which says where its home is. One that is filed already is left as it is.
// It is called with the world's lock held.
func (s *Service) AddTrail(in TrailState) {
	parts := strings.SplitN(aws.ToString(in.Trail.TrailARN), ":", 6)
	if len(parts) < 6 || s.trails[*in.Trail.TrailARN] != nil {
		return
	}
	t := &trail{
		scope: world.Scope{Partition: parts[1], Region: parts[3], Account: parts[4]}, shown: in.Trail, logging: in.Logging,
		selectors: in.Selectors, advanced: in.Advanced, tags: map[string]string{},
	}
	t.shown.HomeRegion = aws.String(parts[3])
	t.shown.HasCustomEventSelectors = aws.Bool(len(in.Selectors)+len(in.Advanced) > 0)
	if in.Logging {
		t.started = s.world.Now().Truncate(time.Second)
	}
	s.trails[*in.Trail.TrailARN] = t
}

// Destruction is a call of the history by which something was lost, or would have been.
type Destruction struct {
	ID, Name, By, About, Error, SourceIP string
	At                                   time.Time
}

// destructive are the calls, by name, with the service that answers them.
func destructive() map[string]string {
	return map[string]string{
		"DeleteBackup": "dynamodb", "UpdateContinuousBackups": "dynamodb", "DeleteRecoveryPoint": "backup", "DeleteBackupPlan": "backup", "DeleteBackupVault": "backup",
	}
}

// Destructions lists them by name, newest first. It is called with the world's lock held.
func (s *Service) Destructions(sc world.Scope, since time.Time) []Destruction {
	h := s.histories[sc]
	if h == nil {
		return nil
	}
	var out []Destruction
	for _, e := range h.writes {
		if destructive()[*e.EventName]+".amazonaws.com" != *e.EventSource || e.EventTime.Before(since) {
			continue
		}
		if d, lost := destruction(e); lost {
			out = append(out, d)
		}
	}
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b Destruction) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// destruction reads an event's record. Switching point-in-time recovery on destroys nothing.
func destruction(e *types.Event) (d Destruction, lost bool) {
	var record struct {
		UserIdentity      struct{ ARN string }
		SourceIPAddress   string
		ErrorCode         string
		RequestParameters map[string]any
	}
	if json.Unmarshal([]byte(*e.CloudTrailEvent), &record) != nil {
		return Destruction{}, false
	}
	d = Destruction{ID: *e.EventId, Name: *e.EventName, At: *e.EventTime, By: record.UserIdentity.ARN, Error: record.ErrorCode, SourceIP: record.SourceIPAddress}
	for _, name := range []string{"recoveryPointArn", "backupArn", "backupPlanId", "tableName", "backupVaultName"} {
		if text, ok := record.RequestParameters[name].(string); ok && d.About == "" {
			d.About = text
		}
	}
	pitr, _ := record.RequestParameters["pointInTimeRecoverySpecification"].(map[string]any)
	return d, d.Name != "UpdateContinuousBackups" || pitr["pointInTimeRecoveryEnabled"] == false
}

// AddDestruction takes a call into the history of a scope as if it had been made here. It is called with the world's lock held.
func (s *Service) AddDestruction(sc world.Scope, d Destruction) {
	service, known := destructive()[d.Name]
	if !known {
		return
	}
	request := map[string]any{about(d.Name): d.About}
	if d.Name == "UpdateContinuousBackups" {
		request["pointInTimeRecoverySpecification"] = map[string]any{"pointInTimeRecoveryEnabled": false}
	}
	record := map[string]any{
		"eventID": d.ID, "eventName": d.Name, "eventSource": service + ".amazonaws.com", "eventTime": d.At.UTC().Format(time.RFC3339), "awsRegion": sc.Region,
		"recipientAccountId": sc.Account, "sourceIPAddress": d.SourceIP, "userIdentity": map[string]any{"arn": d.By}, "requestParameters": request, "readOnly": false,
	}
	if d.Error != "" {
		record["errorCode"] = d.Error
	}
	text, err := json.Marshal(record)
	if err != nil { // texts and maps always marshal
		return
	}
	event := &types.Event{
		EventId: &d.ID, EventName: &d.Name, EventSource: aws.String(service + ".amazonaws.com"), EventTime: aws.Time(d.At), ReadOnly: aws.String("false"),
		Username: aws.String(d.By[strings.LastIndexByte(d.By, '/')+1:]), AccessKeyId: aws.String(""), Resources: []types.Resource{}, CloudTrailEvent: aws.String(string(text)),
	}
	h := s.histories[sc]
	if h == nil {
		h = &history{}
		s.histories[sc] = h
	}
	h.writes = append(h.writes, event)
	slices.SortStableFunc(h.writes, func(a, b *types.Event) int { return a.EventTime.Compare(*b.EventTime) })
}

// about is the parameter that names what a call is about.
func about(name string) string {
	switch name {
	case "DeleteBackup":
		return "backupArn"
	case "DeleteRecoveryPoint":
		return "recoveryPointArn"
	case "DeleteBackupPlan":
		return "backupPlanId"
	case "DeleteBackupVault":
		return "backupVaultName"
	}
	return "tableName"
}
