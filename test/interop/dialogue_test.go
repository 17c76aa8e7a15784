package interop

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/awssim/simtest"
)

// peer is one implementation of DynamoDB's wire protocol.
type peer struct {
	name   string
	url    string
	empty  func(*testing.T) // forgets every table
	settle func()           // lets tables become ACTIVE
}

// line is one request of a dialogue. Its body is the JSON that goes over the wire; the label names it in differences.
type line struct {
	label     string
	operation string
	body      string
}

// outcome is what a peer answered, in a form that can be compared.
type outcome struct {
	Code, Message string // of an error
	Body          map[string]any
}

func (o outcome) String() string {
	if o.Code != "" {
		return o.Code + ": " + o.Message
	}
	return canonical(o.Body)
}

// canonical writes a value as JSON with sorted members.
func canonical(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// ask sends one request and reads the answer.
func (p peer) ask(t testing.TB, operation, body string) outcome {
	t.Helper()
	status, text := p.send(t, operation, body)
	return read(t, p.name+": "+operation, status, text)
}

// send sends one request and returns the answer as it is. Signatures are of no interest to either peer.
func (p peer) send(t testing.TB, operation, body string) (status int, text []byte) {
	t.Helper()
	service := "DynamoDB_20120810."
	if strings.HasPrefix(operation, "Streams.") {
		service, operation = "DynamoDBStreams_20120810.", strings.TrimPrefix(operation, "Streams.")
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", service+operation)
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Date", "20261120T080000Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+simtest.Account+"/20261120/"+simtest.Region+"/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature="+strings.Repeat("0", 64))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatalf("%s: %s: %v", p.name, operation, err)
	}
	defer answer.Body.Close()
	if text, err = io.ReadAll(answer.Body); err != nil {
		t.Fatalf("%s: %s: %v", p.name, operation, err)
	}
	return answer.StatusCode, text
}

func read(t testing.TB, what string, status int, text []byte) outcome {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal(text, &body); err != nil {
		t.Fatalf("%s: status %d, %v: %s", what, status, err, clip(text))
	}
	if status == http.StatusOK {
		return outcome{Body: body}
	}
	code, _ := body["__type"].(string)
	code = code[strings.LastIndexByte(code, '#')+1:]
	message, _ := body["message"].(string)
	capital, _ := body["Message"].(string)
	if code == "" {
		t.Fatalf("%s: status %d without __type: %s", what, status, clip(text))
	}
	return outcome{Code: code, Message: cmp.Or(message, capital)}
}

// normal drops what must differ between two implementations (identifiers, times, accounts) and orders what has no order.
func normal(operation string, o outcome) outcome {
	if o.Code != "" {
		return o
	}
	o.Body = normalMap(o.Body)
	if operation == "Scan" || operation == "BatchGetItem" {
		sortItems(o.Body)
	}
	return o
}

var volatile = []string{"CreationDateTime", "TableId", "TableArn", "IndexArn", "LatestStreamArn", "LatestStreamLabel", "LastUpdateToPayPerRequestDateTime", "LastDecreaseDateTime", "LastIncreaseDateTime",
	"WarmThroughput", "NumberOfDecreasesToday", "TableClassSummary"} // the last three DynamoDB Local shows at some places or not at all

func normalMap(m map[string]any) map[string]any {
	for k, v := range m {
		if slices.Contains(volatile, k) {
			delete(m, k)
			continue
		}
		m[k] = normalValue(k, v)
	}
	return m
}

func normalValue(key string, v any) any {
	switch x := v.(type) {
	case map[string]any:
		return normalMap(x)
	case []any:
		for i := range x {
			x[i] = normalValue("", x[i])
		}
		if key == "SS" || key == "NS" || key == "BS" || strings.HasSuffix(key, "Indexes") || key == "AttributeDefinitions" || key == "NonKeyAttributes" || key == "ConsumedCapacity" {
			slices.SortFunc(x, func(a, b any) int { return strings.Compare(canonical(a), canonical(b)) })
		}
	}
	return v
}

func sortItems(v any) {
	switch x := v.(type) {
	case map[string]any:
		for _, e := range x {
			sortItems(e)
		}
	case []any:
		slices.SortFunc(x, func(a, b any) int { return strings.Compare(canonical(a), canonical(b)) })
	}
}

// pair is DynamoDB Local and the simulated AWS, which are asked the same.
type pair struct{ local, sim peer }

func newPair(t *testing.T, localURL string) pair {
	t.Helper()
	sim := startSim(t)
	return pair{
		local: peer{"DynamoDB Local", localURL, func(t *testing.T) { deleteTables(t, localURL) }, func() {}},
		sim:   peer{"simulator", sim.URL, func(t *testing.T) { reset(t, sim) }, func() { sim.Advance(10 * time.Minute) }},
	}
}

func deleteTables(t *testing.T, url string) {
	t.Helper()
	p := peer{name: "DynamoDB Local", url: url}
	names, _ := p.ask(t, "ListTables", "{}").Body["TableNames"].([]any)
	for _, name := range names {
		p.ask(t, "DeleteTable", canonical(map[string]any{"TableName": name}))
	}
}

func reset(t *testing.T, sim *simtest.Sim) {
	t.Helper()
	if err := sim.Reset(); err != nil {
		t.Fatal(err)
	}
}

// both sends a request to both and fails the test where they differ and the difference is not listed under the label.
func (p pair) both(t *testing.T, l line) (local, sim outcome) {
	t.Helper()
	local = normal(l.operation, p.local.ask(t, l.operation, l.body))
	sim = normal(l.operation, p.sim.ask(t, l.operation, l.body))
	judge(t, l, local, sim)
	return local, sim
}

// judge compares two outcomes.
func judge(t *testing.T, l line, local, sim outcome) {
	t.Helper()
	if worded(local.Message, sim.Message) {
		local.Message = sim.Message
	}
	if strings.HasPrefix(l.label, "tables: ") {
		local.Message, sim.Message = "", "" // DynamoDB Local's texts for tables are all its own
	}
	alike := local.String() == sim.String()
	d, listed := known[l.label]
	switch {
	case alike && listed:
		t.Errorf("%s: no longer differs; take it off the list", l.label)
	case listed && (!strings.Contains(local.String(), d.local) || !strings.Contains(sim.String(), d.sim)):
		t.Errorf("%s differs otherwise than listed\n  DynamoDB Local %s\n  simulator      %s", l.label, local, sim)
	case !alike && !listed:
		t.Errorf("%s\n  %s %s\n  DynamoDB Local %s\n  simulator      %s", l.label, l.operation, short(l.body), short(local.String()), short(sim.String()))
	}
}

func short(s string) string {
	if len(s) > 700 {
		return s[:700] + "…"
	}
	return s
}

// compact lets bodies be written over several lines.
func compact(body string) string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(body)) != nil {
		return body
	}
	return b.String()
}
