package awssim_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/world"
)

// FuzzRouter sends whatever it likes: never a panic, never a 5xx, never a redirect, never an empty 200.
func FuzzRouter(f *testing.F) {
	f.Add("POST", "/", "dynamodb", "DynamoDB_20120810.PutItem", "application/x-amz-json-1.0", `{"TableName":"orders","Item":{"a":{"M":{"b":{"L":[{"N":"1"}]}}}}}`)
	f.Add("POST", "/", "dynamodb", "DynamoDB_20120810.CreateTable", "", `{"TableName":[],"KeySchema":{"a":1}}`)
	f.Add("GET", "/backup-jobs/?maxResults=1&createdAfter=2026-01-01T00:00:00Z&state=X", "backup", "", "", "")
	f.Add("GET", "/tags/%61rn%3Aaws/%zz", "backup", "", "", "")
	f.Add("PUT", "/restore-testing/plans", "backup", "", "application/json", `{"RestoreTestingPlan":null}`)
	f.Add("POST", "/", "iam", "", "application/x-www-form-urlencoded", "Action=CreateRole&RoleName=r&Tags.member.1.Key=a&Tags.member.99999999999.Key=b&%")
	f.Add("POST", "/", "ec2", "", "application/x-www-form-urlencoded", "Action=DescribeRegions&Filter.1.Value.1=x&Filter.a.b.c=d")
	f.Add("POST", "/service/GraniteServiceVersion20100801/operation/PutMetricAlarm", "monitoring", "cbor", "application/cbor", "\xa1iAlarmName\xc1\xfb\x7f\xf0\x00\x00\x00\x00\x00\x00")
	f.Add("POST", "/_sim/clock", "", "", "", `{"advance":"99999d99999h"}`)
	f.Add("GET", "//..//%2e%2e/", "s3", "", "", "")
	fx := &fixture{}
	server, err := awssim.New(awssim.Options{World: world.Options{Start: start}, Assemble: func(o awssim.Options) (*awssim.Assembly, error) {
		return &awssim.Assembly{World: world.New(o.World), Services: fx.services()}, nil
	}})
	if err != nil {
		f.Fatal(err)
	}
	fx.items = nil
	f.Fuzz(func(t *testing.T, method, target, service, amzTarget, contentType, body string) {
		req, err := http.NewRequest(method, "http://127.0.0.1"+target, strings.NewReader(body))
		if err != nil || !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "/_sim/reset") {
			t.Skip()
		}
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=111122223333/20260301/eu-west-1/"+service+"/aws4_request, SignedHeaders=host, Signature=00")
		req.Header.Set("X-Amz-Target", amzTarget)
		req.Header.Set("Content-Type", contentType)
		if amzTarget == "cbor" {
			req.Header.Set("Smithy-Protocol", "rpc-v2-cbor")
		}
		rec := httptest.NewRecorder()
		server.ServeHTTP(rec, req)
		if rec.Code >= 500 || rec.Code >= 300 && rec.Code < 400 || rec.Code == 200 && rec.Body.Len() == 0 {
			t.Errorf("%d %q", rec.Code, rec.Body.String())
		}
	})
}
