package interop

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/drill/compare"
)

// TestTablesOfDynamoDBLocalAreCompared: source and copy are both on Amazon's own data plane, with values that can be written in several ways.
func TestTablesOfDynamoDBLocalAreCompared(t *testing.T) {
	url := startLocal(t)
	p := newPair(t, url).local
	for _, name := range []string{"orders", "copy"} {
		stream := ""
		if name == "orders" {
			stream = `,"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}`
		}
		did(t, p, "CreateTable", `{"TableName":"`+name+`","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},{"AttributeName":"n","AttributeType":"N"}],
			"KeySchema":[{"AttributeName":"id","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}]`+stream+`}`)
	}
	item := func(i int, value string) string {
		return fmt.Sprintf(`{"id":{"S":"customer %d"},"n":{"N":"%d.50"},"value":%s}`, i%5, i, value)
	}
	put := func(table, item string) { did(t, p, "PutItem", `{"TableName":"`+table+`","Item":`+item+`}`) }
	for i, value := range tricky() {
		put("orders", item(i, value))
		put("copy", item(i, value))
	}
	session, err := awsapi.Open(t.Context(), awsapi.Options{EndpointURL: url, SimulatedAccount: simtest.Account, Regions: []string{simtest.Region}, Rates: awsapi.RatesOff})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	scope := session.Accounts()[0].Scope(simtest.Region)
	items := func(o compare.Options) *compare.Result {
		t.Helper()
		o.Segments = 3
		r, err := compare.Items(t.Context(), compare.Side{Scope: scope, Table: "orders"}, compare.Side{Scope: scope, Table: "copy"}, o)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := items(compare.Options{}); r.Verdict != compare.Equal || r.Same != int64(len(tricky())) {
		t.Errorf("%+v", r)
	}

	// DynamoDB Local rounds the time of a stream record down to the minute, where DynamoDB rounds to the second.
	moment := time.Now().Add(time.Minute).Truncate(time.Minute)
	time.Sleep(time.Until(moment) + 100*time.Millisecond)
	put("orders", item(3, `{"S":"moved on"}`))
	put("orders", item(500, `{"S":"new"}`))
	did(t, p, "DeleteItem", `{"TableName":"orders","Key":{"id":{"S":"customer 4"},"n":{"N":"4.5"}}}`)
	o := compare.Options{Moment: moment, Tolerance: compare.TolerancePITR, ReadStream: true}
	if r := items(o); r.Verdict != compare.Equal || r.Method != compare.Exact || r.Explained != 3 || r.OldImages != 2 {
		t.Errorf("%s by %s: %s; %+v, %+v", r.Verdict, r.Method, r.Reason, r.Stream, r.Differences)
	}
	put("copy", item(7, `{"N":"1"}`))
	r := items(o)
	if r.Verdict != compare.Differs || r.Unexplained != 1 || !strings.Contains(string(r.Differences[0].Key), "customer 2") {
		t.Errorf("%s by %s: %s; %+v", r.Verdict, r.Method, r.Reason, r.Differences)
	}
	repaired := 0
	if _, err := r.Repair(t.Context(), func(w compare.Write) error {
		repaired++
		did(t, p, w.Operation, string(w.Input))
		return nil
	}); err != nil || repaired != 1 {
		t.Errorf("%d writes, %v", repaired, err)
	}
	if r := items(o); r.Verdict != compare.Equal {
		t.Errorf("after the repair %s by %s: %s; %+v", r.Verdict, r.Method, r.Reason, r.Differences)
	}
}

// did makes a request that must succeed.
func did(t *testing.T, p peer, operation, body string) {
	t.Helper()
	if status, text := p.send(t, operation, body); status != http.StatusOK {
		t.Fatalf("%s: %s: %s", p.name, operation, text)
	}
}
