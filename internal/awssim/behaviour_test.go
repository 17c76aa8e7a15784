package awssim_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"go.uber.org/goleak"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/sign"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/awssim/world"
)

func listTables(t *testing.T, sim *simtest.Sim) error {
	t.Helper()
	_, err := dynamodb.NewFromConfig(sim.Config()).ListTables(t.Context(), nil)
	return err
}

func putTable(ctx context.Context, cfg aws.Config, table string) error {
	_, err := dynamodb.NewFromConfig(cfg).PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{}})
	return err
}

func TestFaultStrikesItsActionItsResourceAndItsTimes(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	if err := sim.SetFaults([]awssim.Fault{{Action: "dynamodb:PutItem", Resource: "*:table/ord*", Error: "AccessDeniedException", Times: 2}}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, table := range []string{"orders", "customers", "orders", "orders"} {
		got = append(got, code(putTable(t.Context(), sim.Config(), table)))
	}
	if strings.Join(got, ",") != "AccessDeniedException,,AccessDeniedException," {
		t.Errorf("got %q", got)
	}
	if err := listTables(t, sim); err != nil {
		t.Errorf("another action: %v", err)
	}
	if got := sim.Calls()["dynamodb:PutItem"]; got != 4 {
		t.Errorf("failed calls count too: %d", got)
	}
}

func TestFaultThrottleUsesTheServicesError(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	must[int](t)(0, sim.SetFaults([]awssim.Fault{{Action: "*", Error: "throttle"}}))
	if err := listTables(t, sim); code(err) != "ThrottlingException" {
		t.Errorf("dynamodb: %v", err)
	}
	_, err := iam.NewFromConfig(sim.Config()).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("r")})
	if code(err) != "Throttling" {
		t.Errorf("iam: %v", err)
	}
}

func TestFaultSpeaksTheServicesDialect(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	must[int](t)(0, sim.SetFaults([]awssim.Fault{
		{Action: "iam:GetRole", Error: "AccessDeniedException"}, {Action: "backup:*", Error: "ExpiredTokenException"}, {Action: "dynamodb:*", Error: "InternalServerError"},
	}))
	_, err := iam.NewFromConfig(sim.Config()).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("r")})
	if code(err) != "AccessDenied" || !strings.Contains(err.Error(), "StatusCode: 403") {
		t.Errorf("iam: %v", err)
	}
	_, err = backup.NewFromConfig(sim.Config()).ListBackupJobs(t.Context(), nil)
	if code(err) != "ExpiredTokenException" || !strings.Contains(err.Error(), "StatusCode: 403") {
		t.Errorf("backup: %v", err)
	}
	var internal *types.InternalServerError
	if err := listTables(t, sim); !errors.As(err, &internal) || !strings.Contains(err.Error(), "StatusCode: 500") {
		t.Errorf("dynamodb: %v", err)
	}
}

func TestFaultGarbageIsHTMLWithStatus200(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	must[int](t)(0, sim.SetFaults([]awssim.Fault{{Action: "backup:ListBackupJobs", Error: "garbage"}}))
	resp, body := send(t, "GET", sim.URL+"/backup-jobs/", "backup", "")
	if resp.StatusCode != 200 || !strings.Contains(body, "<html>") || resp.Header.Get("Content-Type") != "text/html" {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	if _, err := backup.NewFromConfig(sim.Config()).ListBackupJobs(t.Context(), nil); err == nil {
		t.Error("the SDK took HTML for an answer")
	}
}

func TestFaultTruncateBreaksOffInTheBody(t *testing.T) {
	sim, f := startFixture(t, setup{})
	f.order = []string{"orders"}
	must[int](t)(0, sim.SetFaults([]awssim.Fault{{Action: "dynamodb:ListTables", Error: "truncate"}}))
	req := must[*http.Request](t)(http.NewRequestWithContext(t.Context(), "POST", sim.URL, strings.NewReader("{}")))
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810.ListTables")
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=111122223333/20260301/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00")
	resp := must[*http.Response](t)(http.DefaultClient.Do(req))
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	want := `{"TableNames":["orders"]}`
	if !errors.Is(err, io.ErrUnexpectedEOF) || int(resp.ContentLength) != len(want) || string(body) != want[:len(want)/2] {
		t.Errorf("%v, %d bytes announced, got %q", err, resp.ContentLength, body)
	}
}

func TestFaultTimeoutAnswersNothing(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	must[int](t)(0, sim.SetFaults([]awssim.Fault{{Action: "dynamodb:ListTables", Error: "timeout", Times: 1}}))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := dynamodb.NewFromConfig(sim.Config()).ListTables(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if err := listTables(t, sim); err != nil {
		t.Errorf("after the fault's one time: %v", err)
	}
}

func TestRatesAreBucketsPerAccountAndRegion(t *testing.T) {
	sim, _ := startFixture(t, setup{Options: awssim.Options{Rates: true}})
	var throttled int
	began := time.Now()
	for range 8 {
		if code(listTables(t, sim)) == "ThrottlingException" {
			throttled++
		}
	}
	// Five at once, then one each 200 ms.
	if most := 3; throttled > most || throttled < most-int(time.Since(began)/(200*time.Millisecond))-1 {
		t.Errorf("%d of 8 throttled in %s", throttled, time.Since(began))
	}
	if _, err := dynamodb.NewFromConfig(sim.ConfigFor("222233334444", "eu-west-1")).ListTables(t.Context(), nil); err != nil {
		t.Errorf("another account: %v", err)
	}
	if _, err := dynamodb.NewFromConfig(sim.ConfigFor(simtest.Account, "us-east-1")).ListTables(t.Context(), nil); err != nil {
		t.Errorf("another Region: %v", err)
	}
}

func TestLatencyIsSleptOutsideTheLockAndCutShort(t *testing.T) {
	const latency = 100 * time.Millisecond
	sim, _ := startFixture(t, setup{Options: awssim.Options{Latency: latency}})
	began := time.Now()
	done := make(chan error, 4)
	for range cap(done) {
		go func() {
			_, err := dynamodb.NewFromConfig(sim.Config()).ListTables(context.Background(), nil)
			done <- err
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if d := time.Since(began); d < latency || d > 3*latency {
		t.Errorf("four calls at once took %s", d)
	}
	ctx, cancel := context.WithTimeout(t.Context(), latency/10)
	defer cancel()
	began = time.Now()
	if _, err := dynamodb.NewFromConfig(sim.Config()).ListTables(ctx, nil); err == nil || time.Since(began) > latency {
		t.Errorf("a client that left waited %s: %v", time.Since(began), err)
	}
}

func userConfig(sim *simtest.Sim, key, secret, token string) aws.Config {
	cfg := sim.Config()
	cfg.Credentials = credentials.NewStaticCredentialsProvider(key, secret, token)
	return cfg
}

func TestEnforcementAsksForEachPermission(t *testing.T) {
	sim, _ := startFixture(t, setup{
		Options: awssim.Options{Enforce: true}, keys: []sign.Keys{keyring{}}, authorizer: onlyTable("arn:aws:dynamodb:eu-west-1:111122223333:table/orders"),
	})
	cfg := userConfig(sim, "AKIAUSER", "hidden", "")
	if err := putTable(t.Context(), cfg, "orders"); err != nil {
		t.Error(err)
	}
	err := putTable(t.Context(), cfg, "customers")
	want := "AccessDeniedException: User: arn:aws:iam::111122223333:user/ann is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/customers because no identity-based policy allows the dynamodb:PutItem action"
	if err == nil || !strings.Contains(err.Error(), "StatusCode: 400") || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
	_, err = iam.NewFromConfig(cfg).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("r")})
	if code(err) != "AccessDenied" || !strings.Contains(err.Error(), "StatusCode: 403") {
		t.Errorf("iam: %v", err)
	}
	_, err = backup.NewFromConfig(cfg).ListBackupJobs(t.Context(), nil)
	if code(err) != "AccessDeniedException" || !strings.Contains(err.Error(), "StatusCode: 403") {
		t.Errorf("backup: %v", err)
	}
	if err := putTable(t.Context(), sim.Config(), "customers"); err != nil {
		t.Errorf("root: %v", err)
	}
	if _, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil); err != nil {
		t.Errorf("GetCallerIdentity needs no permission: %v", err)
	}
}

func TestSignaturesOfIssuedKeysAreChecked(t *testing.T) {
	expires := time.Now().Add(time.Hour)
	sim, f := startFixture(t, setup{Options: awssim.Options{Enforce: true}, keys: []sign.Keys{keyring{expires: expires}}})
	for _, row := range []struct{ name, key, secret, token, want string }{
		{"the right secret", "AKIAUSER", "hidden", "", ""},
		{"a wrong secret", "AKIAUSER", "guess", "", "InvalidSignatureException"},
		{"a session with its token", "ASIASESSION", "hidden", "token", ""},
		{"a session with another token", "ASIASESSION", "hidden", "other", "UnrecognizedClientException"},
		{"a deleted key", "AKIADELETED", "hidden", "", "UnrecognizedClientException"},
		{"an account's number", "111122223333", "anything", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := code(putTable(t.Context(), userConfig(sim, row.key, row.secret, row.token), "orders")); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
	arn := "arn:aws:dynamodb:eu-west-1:111122223333:table/a b+c%/backup/01"
	cfg := userConfig(sim, "AKIAUSER", "hidden", "")
	if _, err := backup.NewFromConfig(cfg).DescribeRecoveryPoint(t.Context(), &backup.DescribeRecoveryPointInput{BackupVaultName: aws.String("vault"), RecoveryPointArn: &arn}); err != nil {
		t.Errorf("an ARN in the path: %v", err)
	}
	if _, err := backup.NewFromConfig(cfg).ListBackupJobs(t.Context(), &backup.ListBackupJobsInput{ByResourceArn: &arn, NextToken: aws.String("a+b=/ ~")}); err != nil {
		t.Errorf("an ARN in the query string: %v", err)
	}
	if *f.seen.jobs.NextToken != "a+b=/ ~" {
		t.Errorf("token arrived as %q", *f.seen.jobs.NextToken)
	}
	if _, err := iam.NewFromConfig(cfg).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("r")}); code(err) != "NoSuchEntity" {
		t.Errorf("a form: %v", err)
	}
}

func TestExpiredSessionIsRefused(t *testing.T) {
	sim, _ := startFixture(t, setup{Options: awssim.Options{Enforce: true}, keys: []sign.Keys{keyring{expires: time.Now().Add(-time.Second)}}})
	if got := code(putTable(t.Context(), userConfig(sim, "ASIASESSION", "hidden", "token"), "orders")); got != "ExpiredTokenException" {
		t.Errorf("got %q", got)
	}
}

func TestSignatureTimeMayFollowEitherClock(t *testing.T) {
	machine := start.Add(240 * time.Hour)
	sim, _ := startFixture(t, setup{Options: awssim.Options{Enforce: true, World: world.Options{Real: func() time.Time { return machine }}}, keys: []sign.Keys{keyring{}}})
	for date, want := range map[time.Time]string{start: "the signature", machine: "the signature", start.Add(time.Hour): "X-Amz-Date"} {
		resp, body := send(t, "POST", sim.URL, "", "{}", "X-Amz-Target", "DynamoDB_20120810.ListTables", "X-Amz-Date", date.Format("20060102T150405Z"),
			"Authorization", "AWS4-HMAC-SHA256 Credential=AKIAUSER/20260301/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00")
		if resp.StatusCode != 400 || !strings.Contains(strings.ReplaceAll(body, "request signature we", "the signature"), want) {
			t.Errorf("%s: %d %s", date, resp.StatusCode, body)
		}
	}
}

func TestHandlerPanicIsAnErrorOfTheClientsKind(t *testing.T) {
	var told string
	sim, _ := startFixture(t, setup{Options: awssim.Options{Panicked: func(op string, v any, _ []byte) { told = op + " " + v.(string) }}})
	_, err := dynamodb.NewFromConfig(sim.Config()).DescribeLimits(t.Context(), nil)
	if code(err) != "SimulatorFailure" || told != "dynamodb:DescribeLimits boom" {
		t.Errorf("%v, told %q", err, told)
	}
	if err := listTables(t, sim); err != nil {
		t.Errorf("the lock was let go of: %v", err)
	}
	w := sim.Assembly().World
	w.Do(func() { w.After(time.Hour, func() { panic("late") }) })
	if status, body := control(t, sim, "POST", "clock", `{"advance":"2h"}`); status != 400 || !strings.Contains(body, "late") || told != "clock late" {
		t.Errorf("an event: %d %s, told %q", status, body, told)
	}
	if err := listTables(t, sim); err != nil {
		t.Errorf("after the event: %v", err)
	}
}

func control(t *testing.T, sim *simtest.Sim, method, name, body string, headers ...string) (int, string) {
	t.Helper()
	resp, got := send(t, method, sim.URL+"/_sim/"+name, "", body, headers...)
	if !json.Valid([]byte(got)) || resp.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %s: not JSON: %s", method, name, got)
	}
	return resp.StatusCode, got
}

func TestControlSurface(t *testing.T) {
	sim, f := startFixture(t, setup{})
	f.order = []string{"orders"}
	for _, row := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		want                     string
	}{
		{"the clock moves by days", "POST", "clock", `{"advance":"35d"}`, nil, 200, `{"now":"2026-04-05T12:00:`},
		{"the clock tells", "GET", "clock", ``, nil, 200, `{"now":"2026-04-05T12:00:`},
		{"the clock does not go back", "POST", "clock", `{"advance":"-1h"}`, nil, 400, "want a duration"},
		{"the clock knows its units", "POST", "clock", `{"advance":"1 week"}`, nil, 400, "such as 24h"},
		{"the clock takes no other member", "POST", "clock", `{"forward":"1h"}`, nil, 400, "unknown field"},
		{"a fault needs an action", "POST", "faults", `[{"error":"throttle"}]`, nil, 400, "action and error are required"},
		{"a fault list is a list", "POST", "faults", `{"action":"x"}`, nil, 400, "read body"},
		{"faults are set", "POST", "faults", `[{"action":"dynamodb:*","error":"throttle","times":0}]`, nil, 200, `"throttle"`},
		{"faults are shown", "GET", "faults", ``, nil, 200, `"dynamodb:*"`},
		{"faults are cleared", "POST", "faults", `[]`, nil, 200, `[]`},
		{"two values are refused", "POST", "faults", `[] []`, nil, 400, "more than one"},
		{"there is no estate here", "GET", "estate", ``, nil, 400, "no estate"},
		{"a wrong method", "DELETE", "clock", ``, nil, 405, "DELETE is not allowed"},
		{"a wrong name", "GET", "nope", ``, nil, 404, "no such control"},
		{"a browser", "POST", "reset", ``, []string{"Origin", "http://evil.example"}, 403, "browsers"},
		{"a reset", "POST", "reset", ``, nil, 200, `{"now":"2026-03-01T12:00:`},
	} {
		t.Run(row.name, func(t *testing.T) {
			status, body := control(t, sim, row.method, row.path, row.body, row.headers...)
			if status != row.status || !strings.Contains(body, row.want) {
				t.Errorf("%d %s\nwant %d %s", status, body, row.status, row.want)
			}
		})
	}
}

func TestResetForgets(t *testing.T) {
	sim, f := startFixture(t, setup{})
	must[int](t)(0, putTable(t.Context(), sim.Config(), "orders"))
	must[int](t)(0, sim.SetFaults([]awssim.Fault{{Action: "*", Error: "throttle"}}))
	sim.Advance(time.Hour)
	if status, body := control(t, sim, "POST", "reset", ""); status != 200 {
		t.Fatal(body)
	}
	if _, body := control(t, sim, "GET", "calls", ""); body != "{}\n" {
		t.Errorf("calls %s", body)
	}
	if err := listTables(t, sim); err != nil || len(f.order) != 0 {
		t.Errorf("%v, tables %v", err, f.order)
	}
	if d := sim.Now().Sub(start); d > time.Minute {
		t.Errorf("the clock is %s on", d)
	}
}

func TestEventsRunInOrderWhenTheClockPassesThem(t *testing.T) {
	sim, _ := startFixture(t, setup{})
	w := sim.Assembly().World
	var days []string
	w.Do(func() {
		var daily func()
		daily = func() { days = append(days, w.Now().Format("01-02")); w.After(24*time.Hour, daily) }
		w.After(time.Hour, daily)
	})
	if _, body := control(t, sim, "POST", "clock", `{"advance":"3d"}`); !strings.Contains(body, "2026-03-04T12:00:0") {
		t.Error(body)
	}
	if strings.Join(days, " ") != "03-01 03-02 03-03" {
		t.Errorf("got %v", days)
	}
}

func TestListenStopsCleanly(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := must[*awssim.Server](t)(awssim.New(awssim.Options{Assemble: func(o awssim.Options) (*awssim.Assembly, error) {
		return &awssim.Assembly{World: world.New(o.World), Services: []api.Service{}}, nil
	}}))
	ctx, cancel := context.WithCancel(t.Context())
	urls, stopped := make(chan string, 1), make(chan error, 1)
	go func() { stopped <- s.Listen(ctx, "127.0.0.1:0", func(url string) { urls <- url }) }()
	resp := must[*http.Response](t)(http.Get(<-urls + "/_sim/clock"))
	_ = resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("got %d", resp.StatusCode)
	}
	http.DefaultClient.CloseIdleConnections()
	cancel()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if err := s.Listen(t.Context(), "127.0.0.1:nope", func(string) {}); err == nil {
		t.Error("a bad address is no error")
	}
}
