package interop

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/cli"
	"github.com/restorable/restorable/internal/drill/evidence"
)

// asXML stands before moto, which calls its answers web pages (the program takes none), and which tells an object's retention with the
// object alone: GetObjectRetention is answered from HeadObject.
func asXML(t *testing.T, target string) string {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(u)
	proxy.ModifyResponse = func(r *http.Response) error {
		if strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
			r.Header.Set("Content-Type", "application/xml")
		}
		return nil
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || !r.URL.Query().Has("retention") {
			proxy.ServeHTTP(w, r)
			return
		}
		ask, err := http.NewRequest(http.MethodHead, target+r.URL.Path, nil)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		ask.Header.Set("Authorization", r.Header.Get("Authorization"))
		head, err := http.DefaultClient.Do(ask)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer head.Body.Close()
		w.Header().Set("Content-Type", "application/xml")
		fmt.Fprintf(w, `<Retention xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Mode>%s</Mode><RetainUntilDate>%s</RetainUntilDate></Retention>`,
			head.Header.Get("x-amz-object-lock-mode"), head.Header.Get("x-amz-object-lock-retain-until-date"))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestEvidenceIsHeldByObjectLock uploads evidence to moto's S3 from the command line, and asks moto what it holds.
func TestEvidenceIsHeldByObjectLock(t *testing.T) {
	endpoint, ctx := asXML(t, startMoto(t)), context.Background()
	client := s3.New(s3.Options{Region: simtest.Region, BaseEndpoint: &endpoint, UsePathStyle: true, Credentials: credentials.NewStaticCredentialsProvider(simtest.Account, "any", "")})
	for bucket, lock := range map[string]bool{"audit-evidence": true, "plain-bucket": false} {
		if _, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket, ObjectLockEnabledForBucket: &lock,
			CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(simtest.Region)}}); err != nil {
			t.Fatal(err)
		}
	}
	file, _ := signedBy(t, newKey(t, evidence.Ed25519))
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": simtest.Account, "AWS_SECRET_ACCESS_KEY": "any", "AWS_REGION": simtest.Region, "AWS_ENDPOINT_URL": endpoint,
		"AWS_CONFIG_FILE": file + ".none", "AWS_SHARED_CREDENTIALS_FILE": file + ".none", "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
	upload := func(args ...string) (code int, out, errs string) {
		var o, e bytes.Buffer
		code = cli.Run(ctx, append([]string{"evidence", "upload", file}, args...), os.Getenv, cli.Stdio{In: strings.NewReader(""), Out: &o, Err: &e})
		return code, o.String(), e.String()
	}
	code, out, errs := upload("--to", "s3://audit-evidence/drills/", "--retain", "400d")
	if code != 0 || !strings.Contains(out, "Kept s3://audit-evidence/drills/orders.json") {
		t.Fatalf("exit code %d\n%s\n%s", code, out, errs)
	}
	key := awssdk.String("drills/orders.json")
	got, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: awssdk.String("audit-evidence"), Key: key})
	if err != nil {
		t.Fatal(err)
	}
	held, err := io.ReadAll(got.Body)
	want, readErr := os.ReadFile(file)
	if err != nil || readErr != nil || !bytes.Equal(held, want) {
		t.Errorf("moto holds other bytes: %v, %v", err, readErr)
	}
	until := awssdk.ToTime(got.ObjectLockRetainUntilDate)
	if got.ObjectLockMode != types.ObjectLockModeGovernance || until.Sub(time.Now().AddDate(0, 0, 400)).Abs() > time.Hour {
		t.Errorf("held in mode %s until %s", got.ObjectLockMode, until)
	}
	if _, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: awssdk.String("audit-evidence"), Key: key, VersionId: got.VersionId}); err == nil {
		t.Error("moto let it be deleted")
	}
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no such bucket":   {[]string{"--to", "s3://no-such-bucket/", "--retain", "1d"}, 2, "NoSuchBucket"},
		"not confirmed":    {[]string{"--to", "s3://audit-evidence/c/", "--retain", "1d", "--mode", "compliance"}, 2, "--confirm-compliance-lock audit-evidence"},
		"another's name":   {[]string{"--to", "s3://audit-evidence/c/", "--retain", "1d", "--mode", "compliance", "--confirm-compliance-lock", "other"}, 2, "no such lock"},
		"no time":          {[]string{"--to", "s3://audit-evidence/c/"}, 2, "--retain is missing"},
		"no bucket":        {[]string{"--to", "audit-evidence", "--retain", "1d"}, 2, "--to s3://BUCKET/PREFIX/"},
		"an existing name": {[]string{"--to", "s3://audit-evidence/drills/", "--retain", "1d"}, 2, "PreconditionFailed"},
		"no Object Lock":   {[]string{"--to", "s3://plain-bucket/", "--retain", "1d"}, 2, "InvalidRequest"},
	} {
		if code, out, errs := upload(c.args...); code != c.code || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit code %d\n%s\n%s", name, code, out, errs)
		}
	}
	code, out, errs = upload("--to", "s3://audit-evidence/c/", "--retain", "1d", "--mode", "compliance", "--confirm-compliance-lock", "audit-evidence", "-o", "json")
	if code != 0 || !strings.Contains(out, `"mode": "compliance"`) {
		t.Errorf("compliance: exit code %d\n%s\n%s", code, out, errs)
	}
}
