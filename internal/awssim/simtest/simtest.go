// Package simtest starts a simulated AWS inside a test.
package simtest

import (
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/restorable/restorable/internal/awssim"
)

// Account and Region are where Config's clients land.
const (
	Account = "111122223333"
	Region  = "eu-west-1"
)

// Sim is a running simulated AWS.
type Sim struct {
	*awssim.Server
	URL string
}

// Start runs a simulated AWS until the test ends. A panic inside a handler fails the test unless o.Panicked is set.
func Start(t testing.TB, o awssim.Options) *Sim {
	t.Helper()
	if o.Panicked == nil {
		o.Panicked = func(operation string, value any, stack []byte) {
			t.Errorf("panic in %s: %v\n%s", operation, value, stack)
		}
	}
	s, err := awssim.New(o)
	if err != nil {
		t.Fatalf("start simulated AWS: %v", err)
	}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return &Sim{Server: s, URL: h.URL}
}

// Config is an SDK configuration for Account in Region.
func (s *Sim) Config() aws.Config { return s.ConfigFor(Account, Region) }

// ConfigFor is an SDK configuration for the root of an account, or for any other access key, in a Region. It does not retry.
func (s *Sim) ConfigFor(key, region string) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(s.URL), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(key, "secret", ""),
	}
}
