package dynamodb

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// The requests and answers of DynamoDB Streams, with the model's member names.
type (
	// ListStreamsInput is the request of ListStreams.
	ListStreamsInput struct {
		TableName               *string
		Limit                   *int32
		ExclusiveStartStreamArn *string
	}
	// ListStreamsOutput is its answer.
	ListStreamsOutput struct {
		Streams                []Stream
		LastEvaluatedStreamArn *string
	}
	// Stream is one entry of it.
	Stream struct{ StreamArn, TableName, StreamLabel *string }

	// DescribeStreamInput is the request of DescribeStream.
	DescribeStreamInput struct {
		StreamArn             *string
		Limit                 *int32
		ExclusiveStartShardId *string //nolint:revive // the model's member name
		ShardFilter           *ShardFilter
	}
	// ShardFilter asks for the children of a shard; a simulated shard has none.
	ShardFilter struct{ Type, ShardId *string } //nolint:revive // the model's member name
	// DescribeStreamOutput is its answer.
	DescribeStreamOutput struct{ StreamDescription *StreamDescription }
	// StreamDescription describes a stream.
	StreamDescription struct {
		StreamArn, StreamLabel, StreamStatus, StreamViewType, TableName, LastEvaluatedShardId *string //nolint:revive // the model's member name
		CreationRequestDateTime                                                               *time.Time
		KeySchema                                                                             []types.KeySchemaElement
		Shards                                                                                []Shard
	}
	// Shard is a part of a stream.
	Shard struct {
		ShardId, ParentShardId *string //nolint:revive // the model's member name
		SequenceNumberRange    *SequenceNumberRange
	}
	// SequenceNumberRange has no end while the shard is open.
	SequenceNumberRange struct{ StartingSequenceNumber, EndingSequenceNumber *string }

	// GetShardIteratorInput is the request of GetShardIterator.
	GetShardIteratorInput struct {
		StreamArn, ShardId, ShardIteratorType, SequenceNumber *string //nolint:revive // the model's member name
		Timestamp                                             *time.Time
	}
	// GetShardIteratorOutput is its answer.
	GetShardIteratorOutput struct{ ShardIterator *string }

	// GetRecordsInput is the request of GetRecords.
	GetRecordsInput struct {
		ShardIterator *string
		Limit         *int32
	}
	// GetRecordsOutput is its answer.
	GetRecordsOutput struct {
		Records           []Record
		NextShardIterator *string
	}
	// Record is one change.
	Record struct {
		EventID, EventName, EventVersion, EventSource, AwsRegion *string
		Dynamodb                                                 *StreamRecord
		UserIdentity                                             *Identity
	}
	// Identity says that DynamoDB itself made the change: an expiry.
	Identity struct{ PrincipalId, Type *string } //nolint:revive // the model's member name
	// StreamRecord is the change's content.
	StreamRecord struct {
		ApproximateCreationDateTime    *time.Time
		Keys, NewImage, OldImage       map[string]types.AttributeValue
		SequenceNumber, StreamViewType *string
		SizeBytes                      *int64
	}
)

const maxRecords = 1000

func (s *Service) listStreams(c *api.Call, in *ListStreamsInput) (*ListStreamsOutput, error) {
	limit := 100
	if in.Limit != nil {
		limit = min(int(*in.Limit), limit)
	}
	var all []*stream
	for _, st := range s.region(c.Scope).streams {
		if in.TableName == nil || *in.TableName == st.tableName {
			all = append(all, st)
		}
	}
	slices.SortFunc(all, func(a, b *stream) int { return cmp.Compare(a.arn, b.arn) })
	out := &ListStreamsOutput{Streams: []Stream{}}
	for _, st := range all {
		if st.arn <= aws.ToString(in.ExclusiveStartStreamArn) {
			continue
		}
		if len(out.Streams) == limit {
			out.LastEvaluatedStreamArn = out.Streams[limit-1].StreamArn
			break
		}
		out.Streams = append(out.Streams, Stream{StreamArn: aws.String(st.arn), TableName: aws.String(st.tableName), StreamLabel: aws.String(st.label)})
	}
	return out, nil
}

func (s *Service) findStream(c *api.Call, arn *string) (*stream, error) {
	st := s.region(c.Scope).streams[aws.ToString(arn)]
	if st == nil {
		return nil, fail("ResourceNotFoundException", "Requested resource not found: Stream: %s not found", aws.ToString(arn))
	}
	st.trim(s.w.Now())
	return st, nil
}

// shardID is the single shard's name, made from the stream's creation time.
func (st *stream) shardID() string {
	return fmt.Sprintf("shardId-%020d-%08x", st.created.UnixMilli(), uint32(st.created.UnixNano()))
}

func (s *Service) describeStream(c *api.Call, in *DescribeStreamInput) (*DescribeStreamOutput, error) {
	st, err := s.findStream(c, in.StreamArn)
	if err != nil {
		return nil, err
	}
	d := &StreamDescription{
		StreamArn: aws.String(st.arn), StreamLabel: aws.String(st.label), StreamStatus: aws.String(st.status), StreamViewType: aws.String(string(st.view)),
		TableName: aws.String(st.tableName), CreationRequestDateTime: aws.Time(st.created), KeySchema: st.keys, Shards: []Shard{},
	}
	numbers := &SequenceNumberRange{StartingSequenceNumber: aws.String(sequenceNumber(st.first()))}
	if !st.enabled() {
		numbers.EndingSequenceNumber = aws.String(sequenceNumber(max(st.next, 1) - 1))
	}
	if in.ExclusiveStartShardId == nil && in.ShardFilter == nil {
		d.Shards = append(d.Shards, Shard{ShardId: aws.String(st.shardID()), SequenceNumberRange: numbers})
	}
	return &DescribeStreamOutput{StreamDescription: d}, nil
}

func (s *Service) getShardIterator(c *api.Call, in *GetShardIteratorInput) (*GetShardIteratorOutput, error) {
	st, err := s.findStream(c, in.StreamArn)
	if err != nil {
		return nil, err
	}
	if aws.ToString(in.ShardId) != st.shardID() {
		return nil, fail("ResourceNotFoundException", "Requested resource not found: Shard %s in stream %s not found", aws.ToString(in.ShardId), st.arn)
	}
	var number uint64
	switch aws.ToString(in.ShardIteratorType) {
	case "TRIM_HORIZON":
		number = st.first()
	case "LATEST":
		number = st.next
	case "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER":
		n, ok := parseSequenceNumber(in.SequenceNumber)
		if !ok {
			return nil, invalid("Invalid SequenceNumber")
		}
		if number = n; *in.ShardIteratorType == "AFTER_SEQUENCE_NUMBER" {
			number++
		}
		if n < st.first() {
			return nil, fail("TrimmedDataAccessException", "The operation attempted to read past the oldest stream record in a shard")
		}
	case "AT_TIMESTAMP":
		number = st.since(aws.ToTime(in.Timestamp))
	default:
		return nil, invalid("Invalid ShardIteratorType: %s", aws.ToString(in.ShardIteratorType))
	}
	return &GetShardIteratorOutput{ShardIterator: aws.String(s.iterator(st, number))}, nil
}

func parseSequenceNumber(s *string) (uint64, bool) {
	text := aws.ToString(s)
	if len(text) != 21 || text[0] != '1' {
		return 0, false
	}
	n, err := strconv.ParseUint(text[1:], 10, 64)
	return n, err == nil
}

// iterator is the stream's ARN, the next record's number and the moment of making: it expires after 15 minutes.
func (s *Service) iterator(st *stream, number uint64) string {
	raw := fmt.Sprintf("%s|%d|%d", st.arn, number, s.w.Now().Unix())
	return st.arn + "|1|" + base64.StdEncoding.EncodeToString([]byte(raw))
}

const iteratorLife = 15 * time.Minute

func (s *Service) parseIterator(c *api.Call, text string) (*stream, uint64, error) {
	parts := strings.Split(text, "|")
	raw, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	fields := strings.Split(string(raw), "|")
	if err != nil || len(fields) != 3 {
		return nil, 0, invalid("Invalid ShardIterator")
	}
	number, err1 := strconv.ParseUint(fields[1], 10, 64)
	at, err2 := strconv.ParseInt(fields[2], 10, 64)
	if err1 != nil || err2 != nil {
		return nil, 0, invalid("Invalid ShardIterator")
	}
	if s.w.Now().Sub(time.Unix(at, 0)) > iteratorLife {
		return nil, 0, fail("ExpiredIteratorException", "Iterator expired. The iterator was created at time %s", time.Unix(at, 0).UTC().Format(time.RFC3339))
	}
	st, err := s.findStream(c, &fields[0])
	return st, number, err
}

func (s *Service) getRecords(c *api.Call, in *GetRecordsInput) (*GetRecordsOutput, error) {
	st, number, err := s.parseIterator(c, aws.ToString(in.ShardIterator))
	if err != nil {
		return nil, err
	}
	if number < st.first() {
		return nil, fail("TrimmedDataAccessException", "The operation attempted to read past the oldest stream record in a shard")
	}
	limit := maxRecords
	if in.Limit != nil {
		limit = min(limit, int(*in.Limit))
	}
	out := &GetRecordsOutput{Records: []Record{}}
	bytes := 0
	for _, r := range st.from(number) {
		if len(out.Records) >= limit || bytes >= maxPage {
			break
		}
		rec := st.record(c.Region, r)
		bytes += int(*rec.Dynamodb.SizeBytes)
		out.Records = append(out.Records, rec)
		number = r.number + 1
	}
	if st.enabled() || number < st.next {
		out.NextShardIterator = aws.String(s.iterator(st, number))
	}
	return out, nil
}

func (st *stream) record(regionName string, r record) Record {
	d := &StreamRecord{
		ApproximateCreationDateTime: aws.Time(r.at.Truncate(time.Second)), Keys: st.keysOf(r), SequenceNumber: aws.String(sequenceNumber(r.number)),
		StreamViewType: aws.String(string(st.view)),
	}
	if r.old != "" && (st.view == types.StreamViewTypeOldImage || st.view == types.StreamViewTypeNewAndOldImages) {
		d.OldImage = item.Decode(r.old)
	}
	if r.new != "" && (st.view == types.StreamViewTypeNewImage || st.view == types.StreamViewTypeNewAndOldImages) {
		d.NewImage = item.Decode(r.new)
	}
	d.SizeBytes = aws.Int64(int64(item.Size(d.Keys) + item.Size(d.NewImage) + item.Size(d.OldImage)))
	out := Record{
		EventID: aws.String(fmt.Sprintf("%032x", r.number)), EventName: aws.String(r.kind()), EventVersion: aws.String("1.1"),
		EventSource: aws.String("aws:dynamodb"), AwsRegion: aws.String(regionName), Dynamodb: d,
	}
	if r.byTTL {
		out.UserIdentity = &Identity{PrincipalId: aws.String("dynamodb.amazonaws.com"), Type: aws.String("Service")}
	}
	return out
}
