package awsapi

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// maxBody bounds the answer that is taken. DynamoDB stops a page at 1 MB of its own counting and one item further, which as JSON can be several times that.
const maxBody = 64 << 20

// sdkDeserializer is the name of the SDK's own middleware that decodes an answer.
const sdkDeserializer = "OperationDeserializer"

// ScanRaw makes a Scan and leaves the answer's JSON in body as DynamoDB wrote it: undecoded, its checksum verified. What body held
// before is gone, and so is what a failed attempt left. Errors are decoded as ever, and are *CallError.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
func ScanRaw(ctx context.Context, scope *Scope, in *dynamodb.ScanInput, body *bytes.Buffer) (Answer, error) {
	call := func(ctx context.Context, in *dynamodb.ScanInput, opts ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
		return scope.DynamoDB.Scan(ctx, in, append(opts, func(o *dynamodb.Options) {
			o.APIOptions = append(o.APIOptions, handOver(body, &dynamodb.ScanOutput{}))
		})...)
	}
	_, answer, err := Invoke(ctx, Ask{Scope: scope, Call: Scan, Resource: named(in.TableName)}, call, in)
	return answer, err
}

// GetItemRaw is ScanRaw for one item.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
func GetItemRaw(ctx context.Context, scope *Scope, in *dynamodb.GetItemInput, body *bytes.Buffer) (Answer, error) {
	call := func(ctx context.Context, in *dynamodb.GetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
		return scope.DynamoDB.GetItem(ctx, in, append(opts, func(o *dynamodb.Options) {
			o.APIOptions = append(o.APIOptions, handOver(body, &dynamodb.GetItemOutput{}))
		})...)
	}
	_, answer, err := Invoke(ctx, Ask{Scope: scope, Call: GetItem, Resource: named(in.TableName)}, call, in)
	return answer, err
}

// GetRecordsRaw is ScanRaw for the records of a stream; about names the stream in errors.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
func GetRecordsRaw(ctx context.Context, scope *Scope, about string, in *dynamodbstreams.GetRecordsInput, body *bytes.Buffer) (Answer, error) {
	call := func(ctx context.Context, in *dynamodbstreams.GetRecordsInput, opts ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetRecordsOutput, error) {
		return scope.Streams.GetRecords(ctx, in, append(opts, func(o *dynamodbstreams.Options) {
			o.APIOptions = append(o.APIOptions, handOver(body, &dynamodbstreams.GetRecordsOutput{}))
		})...)
	}
	_, answer, err := Invoke(ctx, Ask{Scope: scope, Call: GetRecords, Resource: about}, call, in)
	return answer, err
}

func named(table *string) string {
	if table == nil {
		return ""
	}
	return *table
}

// handOver puts a middleware in the place of the SDK's deserialiser that keeps a good answer's body and decodes nothing of it; bad
// answers go to the SDK's. Whatever stands around it stays: checksum, errors, AWS's date.
func handOver(body *bytes.Buffer, empty any) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		h := &handingOver{body: body, empty: empty}
		own, err := stack.Deserialize.Swap(sdkDeserializer, h)
		h.own = own
		return err
	}
}

type handingOver struct {
	body  *bytes.Buffer
	empty any // what the SDK's client is given instead of a decoded answer
	own   middleware.DeserializeMiddleware
}

// ID keeps the name of what it replaces: others refer to it.
func (*handingOver) ID() string { return sdkDeserializer }

// HandleDeserialize takes the body of a good answer.
func (h *handingOver) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	h.body.Reset()
	out, meta, err := next.HandleDeserialize(ctx, in)
	resp, ok := out.RawResponse.(*smithyhttp.Response)
	if err != nil || !ok || resp.StatusCode < 200 || resp.StatusCode >= 300 {
		return h.own.HandleDeserialize(ctx, in, given{out, meta, err})
	}
	if err := h.take(resp); err != nil {
		h.body.Reset()
		return out, meta, err
	}
	out.Result = h.empty
	return out, meta, nil
}

// take reads the body to its end; closing it compares the checksum.
func (h *handingOver) take(resp *smithyhttp.Response) error {
	if n := resp.ContentLength; n > 0 && n <= maxBody {
		h.body.Grow(int(n) + bytes.MinRead) // or ReadFrom would double the room to see the end
	}
	_, err := h.body.ReadFrom(io.LimitReader(resp.Body, maxBody+1))
	closed := resp.Body.Close()
	switch {
	case err != nil:
		return fmt.Errorf("read answer: %w", err)
	case h.body.Len() > maxBody:
		return Malformed(fmt.Sprintf("longer than %d bytes", maxBody))
	case closed != nil:
		return fmt.Errorf("read answer: %w", closed)
	}
	return nil
}

// given is the handler of an answer that is there already.
type given struct {
	out  middleware.DeserializeOutput
	meta middleware.Metadata
	err  error
}

// HandleDeserialize returns it.
func (g given) HandleDeserialize(context.Context, middleware.DeserializeInput) (middleware.DeserializeOutput, middleware.Metadata, error) {
	return g.out, g.meta, g.err
}
