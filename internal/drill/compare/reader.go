package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill/fingerprint"
)

const (
	maxSegments = 64
	fullPage    = 1 << 20 // bytes that DynamoDB reads for a page at most
	unitBytes   = 4096    // that one unit reads consistently; eventually consistent it is twice as much
	// segmentBytes is how much of a table is worth a scan of its own.
	segmentBytes = 32 << 20
	usualMost    = 8 // segments per table, unless told otherwise
	lostAnswers  = 3 // that are asked for again, each after the SDK has tried
)

// reader reads one table, again and again if need be.
type reader struct {
	side       Side
	shape      *shape
	pace       *pacer
	limits     limits
	consistent bool
	parallel   int // segments that are read at a time
	onPage     func(items int)

	bytes, requests atomic.Int64
	items           atomic.Int64  // of all readings
	units           atomic.Uint64 // math.Float64bits
}

// use takes one page: an answer of Scan, which is the reader's again afterwards.
type use func(page []byte) (fingerprint.Page, error)

// scan reads the whole table in parallel segments. Each page is handed to whatever use makes for its segment.
func (r *reader) scan(ctx context.Context, segments int, fn use) error {
	group, ctx := errgroup.WithContext(ctx)
	for i := range segments {
		group.Go(func() error { return r.segment(ctx, i, segments, fn) })
	}
	return group.Wait()
}

// segment reads one segment to its end.
func (r *reader) segment(ctx context.Context, segment, of int, fn use) error {
	in := &dynamodb.ScanInput{TableName: aws.String(r.side.Table), ConsistentRead: aws.Bool(r.consistent), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal}
	if of > 1 {
		in.Segment, in.TotalSegments = aws.Int32(int32(segment)), aws.Int32(int32(of)) //nolint:gosec // at most maxSegments
	}
	var body bytes.Buffer
	var last string
	for {
		in.Limit = r.pageLimit()
		page, err := r.page(ctx, in, &body, fn)
		if err != nil || page.LastEvaluatedKey == nil {
			return err
		}
		if string(page.LastEvaluatedKey) == last {
			return r.broken("a page that ends where the one before ended")
		}
		last = string(page.LastEvaluatedKey)
		if in.ExclusiveStartKey, err = keyValues(page.LastEvaluatedKey, r.shape.keys); err != nil {
			return r.broken(err.Error())
		}
	}
}

// page reads one page and hands it over. A throttled read is repeated for as long as patience lasts: SDKs give up after seconds.
func (r *reader) page(ctx context.Context, in *dynamodb.ScanInput, body *bytes.Buffer, fn use) (fingerprint.Page, error) {
	if err := r.patiently(ctx, func() error {
		_, err := awsapi.ScanRaw(ctx, r.side.Scope, in, body)
		return err
	}); err != nil {
		return fingerprint.Page{}, err
	}
	page, err := fn(body.Bytes())
	if err != nil {
		var own *awsapi.CallError
		if errors.As(err, &own) || errors.Is(err, errEnough) {
			return page, err
		}
		return page, r.broken(err.Error())
	}
	r.count(page, body.Len())
	return page, nil
}

// patiently makes a read at the table's pace, again while DynamoDB throttles, and a few times when no answer came through.
func (r *reader) patiently(ctx context.Context, read func() error) error {
	rest, lost := time.Second, 0
	for waited := time.Duration(0); ; waited += rest {
		if err := r.pace.wait(ctx); err != nil {
			return r.ended(ctx, err)
		}
		err := read()
		if err == nil {
			return nil
		}
		switch _, _, kind := awsapi.Classify(err); kind {
		case awsapi.KindThrottled:
			r.pace.throttled(rest)
		case awsapi.KindTimeout, awsapi.KindUnreachable, awsapi.KindMalformed:
			lost++
		default:
			return err
		}
		if waited >= r.limits.patient || lost > lostAnswers {
			return err
		}
		if err := r.limits.pause(ctx, rest); err != nil {
			return r.ended(ctx, err)
		}
		rest = min(2*rest, 15*time.Second)
	}
}

// ended is the error of a wait that was interrupted.
func (r *reader) ended(ctx context.Context, err error) error {
	message := "interrupted"
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		message = "the time given was over"
	}
	return &awsapi.CallError{Answer: awsapi.Answer{Call: awsapi.Scan, Resource: r.side.Table}, Code: awsapi.CodeInterrupted, Message: message, Kind: awsapi.KindCancelled, Err: err}
}

// broken is an answer that decoded as none of DynamoDB's.
func (r *reader) broken(why string) error {
	return &awsapi.CallError{Answer: awsapi.Answer{Call: awsapi.Scan, Resource: r.side.Table}, Code: awsapi.CodeMalformed,
		Message: "the answer is not what DynamoDB sends: " + why, Kind: awsapi.KindMalformed, Err: awsapi.Malformed(why)}
}

func (r *reader) count(page fingerprint.Page, size int) {
	r.pace.paid(page.CapacityUnits)
	r.bytes.Add(int64(size))
	r.requests.Add(1)
	r.items.Add(int64(page.Items))
	for {
		old := r.units.Load()
		if r.units.CompareAndSwap(old, math.Float64bits(math.Float64frombits(old)+page.CapacityUnits)) {
			break
		}
	}
	r.onPage(page.Items)
}

// pageLimit is how many items a page may hold, so that it costs no more than a second's units shared among the segments; nil: as many as DynamoDB reads.
func (r *reader) pageLimit() *int32 {
	units := r.pace.pageUnits() / float64(max(r.parallel, 1))
	size := float64(unitBytes)
	if !r.consistent {
		size *= 2
	}
	if units <= 0 || units*size >= fullPage {
		return nil
	}
	each := float64(unitBytes) / 8 // a guess while nothing is known
	if r.shape.items > 0 && r.shape.bytes > 0 {
		each = float64(r.shape.bytes) / float64(r.shape.items)
	}
	return aws.Int32(int32(min(max(units*size/each, 1), 10_000)))
}

// result is what was read.
func (r *reader) result() Table {
	return Table{Estimate: r.shape.items, Name: r.shape.name, ARN: r.shape.arn, TableID: r.shape.id, Bytes: r.bytes.Load(), Requests: r.requests.Load(), RCU: math.Float64frombits(r.units.Load())}
}

// keyValues decodes a primary key: the one thing that must be sent back to DynamoDB.
func keyValues(raw []byte, names []string) (map[string]types.AttributeValue, error) {
	var key map[string]struct {
		S, N *string
		B    []byte
	}
	if err := json.Unmarshal(raw, &key); err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	out := map[string]types.AttributeValue{}
	for _, name := range names {
		switch v := key[name]; {
		case v.S != nil:
			out[name] = &types.AttributeValueMemberS{Value: *v.S}
		case v.N != nil:
			out[name] = &types.AttributeValueMemberN{Value: *v.N}
		case v.B != nil:
			out[name] = &types.AttributeValueMemberB{Value: v.B}
		default:
			return nil, fmt.Errorf("read key: no value for %s", name)
		}
	}
	return out, nil
}

// segmentsFor chooses the number of scans per table.
func segmentsFor(bytes int64, asked int) int {
	if asked > 0 {
		return asked
	}
	return int(min(max(bytes/segmentBytes+1, 1), usualMost))
}
