package awsapi_test

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"github.com/restorable/restorable/internal/awsapi"
)

func summed(body string) map[string]string {
	return map[string]string{"Content-Type": "application/x-amz-json-1.0", "X-Amzn-Requestid": "r-7", "Date": "Sun, 01 Mar 2026 12:00:00 GMT",
		"X-Amz-Crc32": fmt.Sprint(crc32.ChecksumIEEE([]byte(body)))}
}

func rawScope(t *testing.T, attempts int, h http.Handler) *awsapi.Scope {
	t.Helper()
	isolate(t)
	return open(t, awsapi.Options{MaxAttempts: attempts, EndpointURL: serve(t, h)}).Accounts()[0].Scope("eu-west-1")
}

const scanned = `{"Count":1, "Items":[{"id":{"S":"a"},"n":{"N":"1.50"}}],"ScannedCount":1}`

func TestARawScanIsTheAnswerAsItCame(t *testing.T) {
	scope := rawScope(t, 1, answer(200, summed(scanned), scanned))
	body := bytes.NewBufferString("left from before")
	got, err := awsapi.ScanRaw(t.Context(), scope, &dynamodb.ScanInput{TableName: aws.String("orders")}, body)
	if err != nil || body.String() != scanned {
		t.Errorf("body %q, %v", body, err)
	}
	if got.RequestID != "r-7" || got.Date.IsZero() || got.Call != awsapi.Scan || got.Resource != "orders" {
		t.Errorf("answer %+v", got)
	}
	if now, ok := scope.Clock.Now(); !ok || now.IsZero() {
		t.Error("AWS's date was not noted")
	}
}

func TestTheOtherRawReads(t *testing.T) {
	scope := rawScope(t, 1, answer(200, summed(scanned), scanned))
	var item, records bytes.Buffer
	key := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "a"}}
	if _, err := awsapi.GetItemRaw(t.Context(), scope, &dynamodb.GetItemInput{TableName: aws.String("orders"), Key: key}, &item); err != nil || item.String() != scanned {
		t.Errorf("item %q, %v", item.String(), err)
	}
	if _, err := awsapi.GetRecordsRaw(t.Context(), scope, "s", &dynamodbstreams.GetRecordsInput{ShardIterator: aws.String("i")}, &records); err != nil || records.String() != scanned {
		t.Errorf("records %q, %v", records.String(), err)
	}
}

func TestARawScansFailuresAreThoseOfAnyCall(t *testing.T) {
	wrong := summed(scanned)
	wrong["X-Amz-Crc32"] = "12345"
	header, body := jsonError("ProvisionedThroughputExceededException")
	gone, goneBody := jsonError("ResourceNotFoundException")
	for name, c := range map[string]struct {
		h    http.Handler
		kind awsapi.Kind
	}{
		"checksum":  {answer(200, wrong, scanned), awsapi.KindMalformed},
		"throttled": {answer(400, header, body), awsapi.KindThrottled},
		"gone":      {answer(400, gone, goneBody), awsapi.KindNotFound},
		"web page":  {answer(200, map[string]string{"Content-Type": "text/html"}, "<html>"), awsapi.KindMalformed},
		"empty":     {answer(200, nil, ""), awsapi.KindMalformed},
		"cut off":   {cut(scanned), awsapi.KindMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			left := bytes.NewBufferString("left from before")
			_, err := awsapi.ScanRaw(t.Context(), rawScope(t, 1, c.h), &dynamodb.ScanInput{TableName: aws.String("orders")}, left)
			if _, _, kind := awsapi.Classify(err); kind != c.kind {
				t.Errorf("kind %q, want %q: %v", kind, c.kind, err)
			}
			if strings.Contains(left.String(), "before") {
				t.Error("what a failed scan leaves must not pass for its answer")
			}
		})
	}
}

// cut promises the whole body and sends half of it.
func cut(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = w.Write([]byte(body[:len(body)/2]))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func TestARawScanThatBreaksOffIsMadeAgain(t *testing.T) {
	n := 0
	scope := rawScope(t, 2, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			cut(scanned)(w, r)
			return
		}
		answer(200, summed(scanned), scanned)(w, r)
	}))
	var body bytes.Buffer
	if _, err := awsapi.ScanRaw(t.Context(), scope, &dynamodb.ScanInput{TableName: aws.String("orders")}, &body); err != nil || body.String() != scanned || n != 2 {
		t.Errorf("after %d attempts %q, %v", n, body.String(), err)
	}
}
