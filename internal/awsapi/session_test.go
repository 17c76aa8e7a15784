package awsapi_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"go.uber.org/goleak"

	"github.com/restorable/restorable/internal/awsapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const identityXML = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/ann</Arn><UserId>A</UserId><Account>111122223333</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`

func answer(status int, header map[string]string, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for k, v := range header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// silence answers nothing until the client leaves, which a server notices only once it has read the request.
func silence(r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

func identity() http.HandlerFunc {
	return answer(200, map[string]string{"Content-Type": "text/xml", "X-Amzn-Requestid": "r-1", "Date": "Sun, 01 Mar 2026 12:00:00 GMT"}, identityXML)
}

func clearEnvironment(t *testing.T) {
	t.Helper()
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_CA_BUNDLE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", "/nonexistent")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

func isolate(t *testing.T) {
	t.Helper()
	clearEnvironment(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "111122223333")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
}

func open(t *testing.T, o awsapi.Options) *awsapi.Session {
	t.Helper()
	if o.Regions == nil {
		o.Regions = []string{"eu-west-1"}
	}
	if o.MaxAttempts == 0 {
		o.MaxAttempts = 1
	}
	o.MaxBackoff = time.Millisecond
	if o.RequestTimeout == 0 {
		o.RequestTimeout = 2 * time.Second
	}
	s, err := awsapi.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func identify(t *testing.T, s *awsapi.Session) (awsapi.Identity, error) {
	t.Helper()
	id, _, err := s.Accounts()[0].Identify(t.Context())
	return id, err
}

func TestEndpointFlagBeatsTheEnvironment(t *testing.T) {
	isolate(t)
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	t.Setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
	id, err := identify(t, open(t, awsapi.Options{EndpointURL: serve(t, identity())}))
	if err != nil || id.Account != "111122223333" || id.Partition != "aws" {
		t.Errorf("identity is %+v, %v", id, err)
	}
}

func TestEndpointOfTheEnvironmentWorks(t *testing.T) {
	isolate(t)
	t.Setenv("AWS_ENDPOINT_URL", serve(t, identity()))
	if _, err := identify(t, open(t, awsapi.Options{})); err != nil {
		t.Error(err)
	}
}

func TestCABundleOfTheEnvironmentIsTrusted(t *testing.T) {
	isolate(t)
	server := httptest.NewTLSServer(identity())
	t.Cleanup(server.Close)
	server.Config.ErrorLog = log.New(&bytes.Buffer{}, "", 0)
	_, err := identify(t, open(t, awsapi.Options{EndpointURL: server.URL}))
	if _, _, kind := awsapi.Classify(err); kind != awsapi.KindTLS {
		t.Errorf("an unknown authority is %q: %v", kind, err)
	}
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	if _, err := identify(t, open(t, awsapi.Options{EndpointURL: server.URL})); err != nil {
		t.Errorf("with the bundle: %v", err)
	}
}

func TestNoRegion(t *testing.T) {
	isolate(t)
	if _, err := awsapi.Open(t.Context(), awsapi.Options{}); !errors.Is(err, awsapi.ErrNoRegion) {
		t.Errorf("got %v", err)
	}
}

func TestImpossibleOptions(t *testing.T) {
	isolate(t)
	for want, o := range map[string]awsapi.Options{
		"rates": {Rates: "fast"}, "external id": {ExternalID: "x"}, "role": {RoleARN: "admin"}, "12 digits": {Accounts: []string{"123"}},
		"more than one": {Accounts: []string{"111122223333", "444455556666"}}, "stands alone": {Regions: []string{"all", "eu-west-1"}}, "nobody": {Profile: "nobody"},
	} {
		if _, err := awsapi.Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// TestFailuresAreTold says for each way in which a call can end badly what kind and code come of it.
func TestFailuresAreTold(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { silence(r) }
	xmlError := func(code string) http.HandlerFunc {
		return answer(403, map[string]string{"Content-Type": "text/xml"}, `<ErrorResponse><Error><Type>Sender</Type><Code>`+code+`</Code><Message>why</Message></Error><RequestId>r</RequestId></ErrorResponse>`)
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		kind    awsapi.Kind
		code    string
	}{
		"denied":               {xmlError("AccessDenied"), awsapi.KindDenied, "AccessDenied"},
		"expired":              {xmlError("ExpiredToken"), awsapi.KindExpired, "ExpiredToken"},
		"unknown key":          {xmlError("InvalidClientTokenId"), awsapi.KindInvalidCredentials, "InvalidClientTokenId"},
		"Region not enabled":   {xmlError("OptInRequired"), awsapi.KindRegion, "OptInRequired"},
		"throttled":            {xmlError("Throttling"), awsapi.KindThrottled, "Throttling"},
		"a code nobody knows":  {xmlError("Strange"), awsapi.KindOther, "Strange"},
		"a web page":           {answer(200, map[string]string{"Content-Type": "text/html"}, "<html><body>sign in</body></html>"), awsapi.KindMalformed, awsapi.CodeMalformed},
		"a web page with 503":  {answer(503, map[string]string{"Content-Type": "text/html"}, "<html>busy</html>"), awsapi.KindMalformed, awsapi.CodeMalformed},
		"nothing":              {answer(200, nil, ""), awsapi.KindMalformed, awsapi.CodeMalformed},
		"an answer of another": {answer(200, map[string]string{"Content-Type": "text/xml"}, "<Other/>"), awsapi.KindMalformed, awsapi.CodeMalformed},
		"half an answer":       {answer(200, map[string]string{"Content-Type": "text/xml", "Content-Length": "2000"}, identityXML[:150]), awsapi.KindMalformed, awsapi.CodeMalformed},
		"silence":              {hang, awsapi.KindTimeout, awsapi.CodeTimeout},
		"a redirection":        {answer(302, map[string]string{"Location": "http://127.0.0.1:1/login"}, ""), awsapi.KindMalformed, awsapi.CodeMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t)
			s := open(t, awsapi.Options{EndpointURL: serve(t, c.handler), RequestTimeout: 300 * time.Millisecond})
			_, err := identify(t, s)
			code, message, kind := awsapi.Classify(err)
			if kind != c.kind || code != c.code || message == "" {
				t.Errorf("got %s %s %q (%v), want %s %s", kind, code, message, err, c.kind, c.code)
			}
			if _, told := s.Accounts()[0].Home().Clock.Now(); told != (kind != awsapi.KindMalformed && kind != awsapi.KindTimeout) {
				t.Errorf("%s tells the time: %v", name, told)
			}
		})
	}
}

func TestFailuresWithoutAServer(t *testing.T) {
	isolate(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := closed.Addr().String()
	_ = closed.Close()
	plain := strings.TrimPrefix(serve(t, identity()), "http://")
	for endpoint, want := range map[string]awsapi.Kind{"http://" + address: awsapi.KindUnreachable, "https://" + plain: awsapi.KindTLS} {
		_, err := identify(t, open(t, awsapi.Options{EndpointURL: endpoint}))
		if _, message, kind := awsapi.Classify(err); kind != want || message == "" {
			t.Errorf("%s: %s %q, want %s", endpoint, kind, message, want)
		}
	}
	nowhere := &net.DNSError{Err: "no such host", Name: "dynamodb.eu-wst-1.amazonaws.com", IsNotFound: true}
	if code, _, kind := awsapi.Classify(nowhere); kind != awsapi.KindRegion || code != awsapi.CodeRegion {
		t.Errorf("a Region that does not exist is %s %s", kind, code)
	}
	clearEnvironment(t)
	_, err = identify(t, open(t, awsapi.Options{EndpointURL: "http://" + address}))
	if code, _, kind := awsapi.Classify(err); kind != awsapi.KindNoCredentials || code != awsapi.CodeNoCredentials {
		t.Errorf("no credentials are %s %s: %v", kind, code, err)
	}
}

func TestInterruption(t *testing.T) {
	isolate(t)
	ctx, cancel := context.WithCancel(t.Context())
	s := open(t, awsapi.Options{EndpointURL: serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { cancel(); silence(r) }))})
	_, _, err := s.Accounts()[0].Identify(ctx)
	if code, _, kind := awsapi.Classify(err); kind != awsapi.KindCancelled || code != awsapi.CodeInterrupted {
		t.Errorf("an interruption is %s %s: %v", kind, code, err)
	}
}

func TestAnUndeclaredCallDoesNotLeave(t *testing.T) {
	isolate(t)
	asked := 0
	s := open(t, awsapi.Options{EndpointURL: serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))})
	scope := s.Accounts()[0].Scope("eu-west-1")
	if _, err := scope.DynamoDB.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String("orders")}); err == nil || !strings.Contains(err.Error(), "not declared") {
		t.Errorf("a call past Invoke: %v", err)
	}
	if _, _, err := awsapi.Invoke(t.Context(), awsapi.Ask{Scope: scope, Call: awsapi.DescribeTable}, scope.DynamoDB.DeleteTable, &dynamodb.DeleteTableInput{TableName: aws.String("orders")}); err == nil || !strings.Contains(err.Error(), "not declared") {
		t.Errorf("a call under another's declaration: %v", err)
	}
	if _, _, err := awsapi.Invoke(t.Context(), awsapi.Ask{Scope: scope, Call: "dynamodb:DeleteBackup"}, scope.DynamoDB.DeleteBackup, &dynamodb.DeleteBackupInput{BackupArn: aws.String("arn:aws:dynamodb:eu-west-1:111122223333:table/orders/backup/01")}); err == nil || !strings.Contains(err.Error(), "not declared") {
		t.Errorf("a call without declaration: %v", err)
	}
	if asked != 0 {
		t.Errorf("%d undeclared requests left", asked)
	}
}

func TestClockFollowsAWS(t *testing.T) {
	isolate(t)
	s := open(t, awsapi.Options{EndpointURL: serve(t, identity())})
	home := s.Accounts()[0].Home()
	if _, ok := home.Clock.Now(); ok {
		t.Error("a clock tells the time before any answer")
	}
	_, a, err := s.Accounts()[0].Identify(t.Context())
	now, ok := home.Clock.Now()
	if want := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC); err != nil || !ok || !now.Equal(want) || !a.Date.Equal(want) || a.RequestID != "r-1" {
		t.Errorf("now %v, answer %+v, %v", now, a, err)
	}
	if skew, _ := home.Clock.Skew(); skew.Abs() < time.Minute {
		t.Errorf("skew is %v", skew)
	}
}

// TestTheSDKKeepsQuiet sends an answer without checksum, of which the SDK would warn, and looks at the standard logger and standard error.
func TestTheSDKKeepsQuiet(t *testing.T) {
	isolate(t)
	var logged bytes.Buffer
	log.SetOutput(&logged)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	old := os.Stderr
	os.Stderr = w
	s := open(t, awsapi.Options{EndpointURL: serve(t, answer(200, map[string]string{"Content-Type": "application/x-amz-json-1.0"}, `{"TableNames":[]}`))})
	scope := s.Accounts()[0].Scope("eu-west-1")
	_, _, err = awsapi.Invoke(t.Context(), awsapi.Ask{Scope: scope, Call: awsapi.ListTables}, scope.DynamoDB.ListTables, &dynamodb.ListTablesInput{})
	os.Stderr = old
	_ = w.Close()
	var printed bytes.Buffer
	_, _ = printed.ReadFrom(r)
	if err != nil || logged.Len()+printed.Len() > 0 {
		t.Errorf("%v; logged %q, printed %q", err, logged.String(), printed.String())
	}
}

func TestARoleIsAssumedInEachAccount(t *testing.T) {
	isolate(t)
	var asked []string
	s := open(t, awsapi.Options{
		RoleARN: "arn:aws:iam::000000000000:role/audit", ExternalID: "ext", Accounts: []string{"111122223333", "444455556666"},
		EndpointURL: serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			if r.Form.Get("Action") != "AssumeRole" {
				identity()(w, r)
				return
			}
			asked = append(asked, r.Form.Get("RoleArn")+" "+r.Form.Get("ExternalId"))
			answer(200, map[string]string{"Content-Type": "text/xml"}, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`)(w, r)
		})),
	})
	_, _, first := s.Accounts()[0].Identify(t.Context())
	_, _, second := s.Accounts()[1].Identify(t.Context())
	if want := "arn:aws:iam::111122223333:role/audit ext,arn:aws:iam::444455556666:role/audit ext"; strings.Join(asked, ",") != want {
		t.Errorf("assumed %v", asked)
	}
	if first != nil {
		t.Errorf("first account: %v", first)
	}
	if code, _, kind := awsapi.Classify(second); kind != awsapi.KindInvalidCredentials || code != "WrongAccount" {
		t.Errorf("credentials of another account are %s %s", kind, code)
	}
}

func TestADeniedRoleIsDenied(t *testing.T) {
	isolate(t)
	s := open(t, awsapi.Options{RoleARN: "arn:aws:iam::111122223333:role/audit", EndpointURL: serve(t, answer(403, map[string]string{"Content-Type": "text/xml"},
		`<ErrorResponse><Error><Code>AccessDenied</Code><Message>User is not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>`))})
	_, err := identify(t, s)
	if code, message, kind := awsapi.Classify(err); kind != awsapi.KindDenied || code != "AccessDenied" || !strings.Contains(message, "sts:AssumeRole") {
		t.Errorf("%s %s %q", kind, code, message)
	}
}

// TestASimulatedAccountReachesNobodyElse: a rehearsal must not look at the user's credentials, whatever the environment says.
func TestASimulatedAccountReachesNobodyElse(t *testing.T) {
	clearEnvironment(t)
	for name, value := range map[string]string{"AWS_PROFILE": "production", "AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_SECRET_ACCESS_KEY": "real", "AWS_ENDPOINT_URL": "https://elsewhere.example", "AWS_ENDPOINT_URL_STS": "https://elsewhere.example"} {
		t.Setenv(name, value)
	}
	signed := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed = r.Header.Get("Authorization")
		identity()(w, r)
	}))
	defer server.Close()
	s, err := awsapi.Open(context.Background(), awsapi.Options{EndpointURL: server.URL, Regions: []string{"eu-west-1"}, SimulatedAccount: "111122223333"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, _, err := s.Accounts()[0].Identify(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(signed, "Credential=111122223333/") {
		t.Errorf("signed with %q", signed)
	}
}

func TestASimulatedAccountIsForThisMachineAlone(t *testing.T) {
	clearEnvironment(t)
	for _, endpoint := range []string{"", "https://dynamodb.eu-west-1.amazonaws.com", "http://10.0.0.1:8000", "http://127.0.0.1.example.org"} {
		_, err := awsapi.Open(context.Background(), awsapi.Options{EndpointURL: endpoint, Regions: []string{"eu-west-1"}, SimulatedAccount: "111122223333"})
		if err == nil || !strings.Contains(err.Error(), "loopback") {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
}
