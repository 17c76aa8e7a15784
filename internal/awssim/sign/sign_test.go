package sign

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

const scope = "AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request"

// example is the request of AWS's own worked example, whose signature AWS publishes.
func example(t *testing.T) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	r.Header.Set("X-Amz-Date", "20150830T123600Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+scope+", SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
	return r
}

func TestVerifyAcceptsAWSsExample(t *testing.T) {
	const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	for _, row := range []struct {
		name   string
		change func(*http.Request)
		body   string
		want   bool
	}{
		{"as published", func(*http.Request) {}, "", true},
		{"another body", func(*http.Request) {}, "x", false},
		{"another action", func(r *http.Request) { r.URL.RawQuery = "Action=DeleteUser&Version=2010-05-08" }, "", false},
		{"another path", func(r *http.Request) { r.URL.Path = "/x" }, "", false},
		{"another host", func(r *http.Request) { r.Host = "evil.example" }, "", false},
		{"another moment", func(r *http.Request) { r.Header.Set("X-Amz-Date", "20150830T123601Z") }, "", false},
		{"another method", func(r *http.Request) { r.Method = "POST" }, "", false},
		{"a header that is not signed", func(r *http.Request) { r.Header.Set("User-Agent", "x") }, "", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := example(t)
			row.change(r)
			c, err := Parse(r.Header)
			if err != nil {
				t.Fatal(err)
			}
			if got := Verify(r, []byte(row.body), c, secret); got != row.want {
				t.Errorf("got %v", got)
			}
			if Verify(r, []byte(row.body), c, secret+"x") {
				t.Error("another secret is accepted")
			}
		})
	}
}

func TestVerifyWantsTheHostSigned(t *testing.T) {
	r := example(t)
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "content-type;host;", "content-type;", 1))
	c, err := Parse(r.Header)
	if err != nil || Verify(r, nil, c, "s") {
		t.Errorf("accepted, %v", err)
	}
}

func TestParse(t *testing.T) {
	for _, row := range []struct {
		name, value string
		want        error
	}{
		{"nothing", "", ErrUnsigned},
		{"another scheme", "Bearer x", ErrMalformed},
		{"no credential", "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=00", ErrMalformed},
		{"a short scope", "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=00", ErrMalformed},
		{"no signature", "AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=host", ErrMalformed},
		{"a Region that would break an ARN", "AWS4-HMAC-SHA256 Credential=a/20150830/eu:west/iam/aws4_request, SignedHeaders=host, Signature=00", ErrMalformed},
		{"without spaces", "AWS4-HMAC-SHA256 Credential=" + scope + ",SignedHeaders=host,Signature=00", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, err := Parse(http.Header{"Authorization": {row.value}})
			if !errors.Is(err, row.want) {
				t.Errorf("got %v", err)
			}
			if err == nil && (c.AccessKey != "AKIDEXAMPLE" || c.Region != "us-east-1" || c.Service != "iam" || c.Signature != "00") {
				t.Errorf("got %+v", c)
			}
		})
	}
}

func TestTime(t *testing.T) {
	got, ok := Time(example(t).Header)
	if !ok || !got.Equal(time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)) {
		t.Errorf("got %s", got)
	}
	if _, ok := Time(http.Header{"X-Amz-Date": {"yesterday"}}); ok {
		t.Error("yesterday is a time")
	}
}
