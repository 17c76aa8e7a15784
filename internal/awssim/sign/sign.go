// Package sign reads and checks AWS Signature Version 4.
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
package sign

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awssim/api"
)

// Keys finds who owns an access key. The iam service answers for users' keys, the sts service for temporary ones.
// It is called with the world's lock held.
type Keys interface {
	// Lookup answers ok false for a key it never issued. A key that was issued but is inactive or deleted is ok with a zero Principal:
	// such a request is refused. token is empty for long-term keys; expires is zero for keys that do not, else by the machine's clock.
	Lookup(accessKeyID string) (p api.Principal, secret, token string, expires time.Time, ok bool)
}

// Errors of Parse.
var (
	ErrUnsigned  = errors.New("request is not signed")
	ErrMalformed = errors.New("authorization header is malformed")
)

// Credential is what an Authorization header says.
type Credential struct {
	AccessKey     string
	Day           string // YYYYMMDD
	Region        string
	Service       string
	SignedHeaders []string
	Signature     string
}

const algorithm = "AWS4-HMAC-SHA256"

// Parse reads the Authorization header. It returns ErrUnsigned or ErrMalformed.
func Parse(h http.Header) (Credential, error) {
	value := h.Get("Authorization")
	if value == "" {
		return Credential{}, ErrUnsigned
	}
	rest, ok := strings.CutPrefix(value, algorithm)
	if !ok {
		return Credential{}, ErrMalformed
	}
	parts := map[string]string{}
	for _, part := range strings.Split(rest, ",") {
		name, v, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[name] = v
	}
	scope := strings.Split(parts["Credential"], "/")
	if len(scope) != 5 || scope[4] != "aws4_request" || scope[0] == "" || !isName(scope[2]) || !isName(scope[3]) || parts["Signature"] == "" {
		return Credential{}, ErrMalformed
	}
	return Credential{
		AccessKey: scope[0], Day: scope[1], Region: scope[2], Service: scope[3],
		SignedHeaders: strings.Split(parts["SignedHeaders"], ";"), Signature: parts["Signature"],
	}, nil
}

// isName answers whether s could be a Region or a service: it becomes part of ARNs.
func isName(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
