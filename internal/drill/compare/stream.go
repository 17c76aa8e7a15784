package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill/fingerprint"
)

// streamRetention is how long a record can be read; older ones may go at any moment.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
const streamRetention = 24 * time.Hour

// patience with an open shard: an empty answer does not mean that nothing follows, and a change reaches the stream a moment after the
// table. How many empty answers may come in a row is not documented; a record that is missed makes a difference unexplained, never the other way round.
const (
	emptyPages = 20
	emptyPause = 200 * time.Millisecond
	renewals   = 3 // of a shard's iterator
)

// byStream explains differences by the source's stream, if that can be read and covers the interval. What stands against it goes into the
// result; the error is an interruption.
func (c *comparison) byStream(ctx context.Context) error {
	arn := c.a.shape.stream
	switch {
	case arn == "" && c.o.ReadStream:
		c.res.Stream = &StreamReading{Problem: c.a.shape.name + " has no stream"}
		return nil
	case arn == "":
		return nil
	case !c.o.ReadStream:
		c.remark("%s has a stream that could explain each difference; reading it needs your consent, for a third reader of a shard would slow the others down, and who reads it cannot be seen%s",
			c.a.shape.name, c.replication())
		return nil
	}
	s := &streamReader{comparison: c, arn: arn, out: &StreamReading{ARN: arn}, hasher: fingerprint.New(c.o.Key, c.a.shape.keys, 1), open: map[digest]*story{}}
	c.res.Stream = s.out
	c.begin("reading the stream")
	err := s.read(ctx)
	if ctx.Err() != nil {
		return c.a.ended(ctx, ctx.Err())
	}
	s.conclude(err)
	return nil
}

// replication says what is known of the stream's readers.
func (c *comparison) replication() string {
	if c.a.shape.replicas == 0 {
		return ""
	}
	return fmt.Sprintf(" (the replication of %d replicas is one of them)", c.a.shape.replicas)
}

// streamReader reads a stream from its oldest record on.
type streamReader struct {
	*comparison
	arn    string
	out    *StreamReading
	hasher *fingerprint.Hasher
	open   map[digest]*story // of differences that are not decided yet
	body   bytes.Buffer
}

func (s *streamReader) read(ctx context.Context) error {
	shards, err := s.describe(ctx)
	if err != nil {
		return err
	}
	for i := range s.comparison.out.list {
		d := &s.comparison.out.list[i]
		s.open[d.id] = &story{d: d}
	}
	done := map[string]bool{}
	for len(s.open) > 0 {
		next := readable(shards, done)
		if next == nil {
			break
		}
		ended, err := s.shard(ctx, *next.ShardId)
		if err != nil {
			return err
		}
		done[*next.ShardId] = true
		if ended { // a shard that is full goes on in its children
			if shards, err = s.describe(ctx); err != nil {
				return err
			}
		}
	}
	return s.covers()
}

// readable is a shard that was not read and whose parent was: the records of an item then come in their order.
func readable(shards []types.Shard, done map[string]bool) *types.Shard {
	listed := map[string]bool{}
	for _, sh := range shards {
		listed[aws.ToString(sh.ShardId)] = true
	}
	for i, sh := range shards {
		parent := aws.ToString(sh.ParentShardId)
		if id := aws.ToString(sh.ShardId); id != "" && !done[id] && (parent == "" || !listed[parent] || done[parent]) {
			return &shards[i]
		}
	}
	return nil
}

// describe lists the shards and checks that the stream has been on since before the moment.
func (s *streamReader) describe(ctx context.Context) ([]types.Shard, error) {
	var shards []types.Shard
	in := &dynamodbstreams.DescribeStreamInput{StreamArn: aws.String(s.arn)}
	scope := s.a.side.Scope
	for {
		out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: scope, Call: awsapi.DescribeStream, Resource: s.arn}, scope.Streams.DescribeStream, in)
		if err != nil {
			return nil, err
		}
		d := out.StreamDescription
		if d == nil || d.CreationRequestDateTime == nil {
			return nil, awsapi.Missing(answer, "creation date of the stream")
		}
		s.out.View = string(d.StreamViewType)
		if d.StreamStatus != types.StreamStatusEnabled {
			return nil, fmt.Errorf("the stream is %s", d.StreamStatus)
		}
		if d.CreationRequestDateTime.After(s.earliest()) {
			return nil, fmt.Errorf("the stream was switched on at %s, after the moment", d.CreationRequestDateTime.UTC().Format(time.RFC3339))
		}
		shards = append(shards, d.Shards...)
		if in.ExclusiveStartShardId = d.LastEvaluatedShardId; aws.ToString(d.LastEvaluatedShardId) == "" {
			s.out.Shards = len(shards)
			return shards, s.covers()
		}
	}
}

// covers checks, by AWS's time, that no record since the moment can have been dropped.
func (s *streamReader) covers() error {
	now, ok := s.a.side.Scope.Clock.Now()
	if !ok {
		return errors.New("AWS did not say what time it is")
	}
	if now.Sub(s.earliest()) >= streamRetention {
		return fmt.Errorf("a stream keeps 24 hours, and the moment is %s ago", now.Sub(s.o.Moment).Round(time.Minute))
	}
	return nil
}

// shard reads one shard. ended says that the shard is closed and was read to its end; an open one is read until nothing more comes, or
// everything is decided.
func (s *streamReader) shard(ctx context.Context, id string) (ended bool, err error) {
	var last string // sequence number
	iterator, err := s.iterator(ctx, id, last)
	if err != nil {
		return false, err
	}
	renewed, empty := 0, 0
	for len(s.open) > 0 && empty < emptyPages {
		page, err := s.records(ctx, iterator)
		if again(err) && renewed < renewals {
			renewed++
			if iterator, err = s.iterator(ctx, id, last); err != nil {
				return false, err
			}
			continue
		}
		if err != nil {
			return false, err
		}
		for i := range page.Records {
			if err := s.record(&page.Records[i]); err != nil {
				return false, err
			}
			last = page.Records[i].Dynamodb.SequenceNumber
		}
		if page.NextShardIterator == "" {
			return true, nil
		}
		iterator = page.NextShardIterator
		if len(page.Records) > 0 {
			empty = 0
			continue
		}
		if empty++; empty > 1 && empty < emptyPages {
			if err := s.o.limits.pause(ctx, emptyPause); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}

// again says that a new iterator may help: this one is too old. At the oldest record of a shard the same happens when that record is dropped just then.
func again(err error) bool {
	code, _, _ := awsapi.Classify(err)
	return code == "ExpiredIteratorException" || code == "TrimmedDataAccessException"
}

// iterator begins at the oldest record, or after one that was read.
func (s *streamReader) iterator(ctx context.Context, shard, after string) (string, error) {
	in := &dynamodbstreams.GetShardIteratorInput{StreamArn: aws.String(s.arn), ShardId: aws.String(shard), ShardIteratorType: types.ShardIteratorTypeTrimHorizon}
	if after != "" {
		in.ShardIteratorType, in.SequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, aws.String(after)
	}
	scope := s.a.side.Scope
	out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: scope, Call: awsapi.GetShardIterator, Resource: s.arn}, scope.Streams.GetShardIterator, in)
	if err != nil {
		return "", err
	}
	if aws.ToString(out.ShardIterator) == "" {
		return "", awsapi.Missing(answer, "shard iterator")
	}
	return *out.ShardIterator, nil
}

// streamRecord is one change, its items undecoded.
type streamRecord struct {
	EventName string `json:"eventName"`
	Dynamodb  struct {
		ApproximateCreationDateTime *float64 // seconds since 1970
		Keys, OldImage              json.RawMessage
		SequenceNumber              string
	} `json:"dynamodb"`
}

type recordPage struct {
	Records           []streamRecord
	NextShardIterator string
}

// records reads one page.
func (s *streamReader) records(ctx context.Context, iterator string) (*recordPage, error) {
	scope := s.a.side.Scope
	answer, err := awsapi.GetRecordsRaw(ctx, scope, s.arn, &dynamodbstreams.GetRecordsInput{ShardIterator: aws.String(iterator)}, &s.body)
	if err != nil {
		return nil, err
	}
	page := &recordPage{}
	if err := json.Unmarshal(s.body.Bytes(), page); err != nil {
		return nil, awsapi.Missing(answer, "records: "+err.Error())
	}
	if page.Records == nil {
		return nil, awsapi.Missing(answer, "list of records")
	}
	s.out.Records += int64(len(page.Records))
	s.o.Progress(Progress{Doing: s.doing, Items: s.out.Records})
	return page, nil
}
