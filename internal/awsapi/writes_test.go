package awsapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awsapi"
)

// asked serves one answer again and again and counts.
func asked(t *testing.T, status int, header map[string]string, body string, writes bool) (scope *awsapi.Scope, n *int) {
	t.Helper()
	isolate(t)
	n = new(int)
	h := answer(status, header, body)
	s := open(t, awsapi.Options{Writes: writes, MaxAttempts: 3, EndpointURL: serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*n++
		h(w, r)
	}))})
	return s.Accounts()[0].Scope("eu-west-1"), n
}

func jsonError(code string) (header map[string]string, body string) {
	return map[string]string{"Content-Type": "application/x-amz-json-1.0", "X-Amzn-Errortype": code, "X-Amzn-Requestid": "r-1"}, `{"__type":"` + code + `","message":"why"}`
}

func enable(scope *awsapi.Scope) func(*testing.T) error {
	return func(t *testing.T) error {
		_, _, err := awsapi.Invoke(t.Context(), awsapi.Ask{Scope: scope, Call: awsapi.UpdateContinuousBackups, Resource: "orders"}, scope.DynamoDB.UpdateContinuousBackups,
			&dynamodb.UpdateContinuousBackupsInput{TableName: aws.String("orders"), PointInTimeRecoverySpecification: &ddbtypes.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}})
		return err
	}
}

func createBackup(scope *awsapi.Scope) func(*testing.T) error {
	return func(t *testing.T) error {
		_, _, err := awsapi.Invoke(t.Context(), awsapi.Ask{Scope: scope, Call: awsapi.CreateBackup, Resource: "orders"}, scope.DynamoDB.CreateBackup,
			&dynamodb.CreateBackupInput{TableName: aws.String("orders"), BackupName: aws.String("now")})
		return err
	}
}

func createPlan(scope *awsapi.Scope) func(*testing.T) error {
	return func(t *testing.T) error {
		_, _, err := awsapi.Invoke(t.Context(), awsapi.Ask{Scope: scope, Call: awsapi.CreateBackupPlan}, scope.Backup.CreateBackupPlan,
			&backup.CreateBackupPlanInput{BackupPlan: &backuptypes.BackupPlanInput{BackupPlanName: aws.String("daily"), Rules: []backuptypes.BackupRuleInput{}}})
		return err
	}
}

func TestASessionForReadingRefusesWrites(t *testing.T) {
	scope, n := asked(t, 200, nil, "{}", false)
	if err := enable(scope)(t); err == nil || !strings.Contains(err.Error(), "opened for reading") {
		t.Errorf("a write of a session for reading: %v", err)
	}
	if *n != 0 {
		t.Errorf("%d requests left", *n)
	}
}

// TestHowOftenAWriteIsTried says for each way in which a write can fail whether another attempt follows, what kind it is, and
// whether the caller may try later.
func TestHowOftenAWriteIsTried(t *testing.T) {
	for name, c := range map[string]struct {
		call      func(*awsapi.Scope) func(*testing.T) error
		status    int
		code      string
		attempts  int
		kind      awsapi.Kind
		retryable bool
	}{
		"throttled": {enable, 400, "ThrottlingException", 3, awsapi.KindThrottled, true},
		"DynamoDB has too many changes under way": {enable, 400, "LimitExceededException", 3, awsapi.KindThrottled, true},
		"backups are being enabled for the table": {enable, 400, "ContinuousBackupsUnavailableException", 1, awsapi.KindBusy, true},
		"no such table": {enable, 400, "TableNotFoundException", 1, awsapi.KindNotFound, false},
		"a broken service, and doing it twice harms":   {createBackup, 500, "InternalServerError", 1, awsapi.KindOther, false},
		"throttled, and doing it twice would harm":     {createBackup, 400, "ThrottlingException", 3, awsapi.KindThrottled, true},
		"a broken service, and it knows a token":       {createPlan, 500, "ServiceUnavailableException", 3, awsapi.KindBusy, true},
		"no more plans in the account":                 {createPlan, 400, "LimitExceededException", 1, awsapi.KindLimit, false},
		"a plan of that document stands":               {createPlan, 400, "AlreadyExistsException", 1, awsapi.KindExists, false},
		"the caller may not":                           {createPlan, 403, "AccessDeniedException", 1, awsapi.KindDenied, false},
		"what AWS calls a conflict of several writers": {createPlan, 400, "ConflictException", 1, awsapi.KindBusy, true},
	} {
		t.Run(name, func(t *testing.T) {
			header, body := jsonError(c.code)
			scope, n := asked(t, c.status, header, body, true)
			err := c.call(scope)(t)
			code, message, kind := awsapi.Classify(err)
			if *n != c.attempts || kind != c.kind || code != c.code || message != "why" || awsapi.Retryable(err) != c.retryable {
				t.Errorf("%d attempts, %s %s %q, retryable %t (%v)", *n, code, kind, message, awsapi.Retryable(err), err)
			}
		})
	}
}

// TestAnswersWithoutABody: AWS answers some writes with nothing but the request's id; a proxy that answers nothing has none.
func TestAnswersWithoutABody(t *testing.T) {
	optIn := func(scope *awsapi.Scope) error {
		_, _, err := awsapi.Invoke(t.Context(), awsapi.Ask{Scope: scope, Call: awsapi.UpdateRegionSettings}, scope.Backup.UpdateRegionSettings,
			&backup.UpdateRegionSettingsInput{ResourceTypeOptInPreference: map[string]bool{"DynamoDB": true}})
		return err
	}
	scope, _ := asked(t, 200, map[string]string{"X-Amzn-Requestid": "r-1"}, "", true)
	if err := optIn(scope); err != nil {
		t.Errorf("an empty answer of AWS: %v", err)
	}
	scope, _ = asked(t, 200, nil, "", true)
	if _, _, kind := awsapi.Classify(optIn(scope)); kind != awsapi.KindMalformed {
		t.Errorf("an empty answer of nobody is %q", kind)
	}
	scope, _ = asked(t, 200, map[string]string{"X-Amzn-Requestid": "r-1"}, "", true)
	if _, _, kind := awsapi.Classify(createPlan(scope)(t)); kind != awsapi.KindMalformed {
		t.Errorf("a plan was made, and nothing says which: %q", kind)
	}
}
