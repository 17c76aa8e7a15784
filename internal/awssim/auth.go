package awssim

import (
	"net/http"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/sign"
	"github.com/restorable/restorable/internal/awssim/wire"
	"github.com/restorable/restorable/internal/awssim/world"
)

// DefaultAccount owns every access key that is neither an account number nor one that the simulator issued.
const DefaultAccount = "123456789012"

// skew is how far X-Amz-Date may be from the machine's or the virtual time.
const skew = 5 * time.Minute

// authenticate finds the caller and the scope. Signatures are checked only under enforcement and only for keys that the simulator issued.
func (x *exchange) authenticate(r *http.Request, body []byte, cred sign.Credential) *api.Error {
	var refused *api.Error
	x.World.Do(func() {
		x.call.Now = x.World.Now()
		p, secret, token, expires, issued := x.lookup(cred.AccessKey)
		switch {
		case !issued:
			p = root(partition(cred.Region), cred.AccessKey)
		case p.Account == "":
			refused = x.target.protocolError(unrecognized)
		case x.options.Enforce:
			refused = x.check(r, body, cred, issuedKey{secret, token, expires})
		}
		x.call.Caller = p
		x.call.Scope = world.Scope{Partition: partition(cred.Region), Account: p.Account, Region: x.target.region(cred.Region)}
		// AWS does not know an account's keys in Regions that the account has not enabled.
		if refused == nil && x.Regions != nil && !x.Regions.RegionEnabled(x.call.Scope) {
			refused = x.target.protocolError(unrecognized)
		}
	})
	return refused
}

func (x *exchange) lookup(key string) (p api.Principal, secret, token string, expires time.Time, ok bool) {
	for _, k := range x.Keys {
		if p, secret, token, expires, ok = k.Lookup(key); ok {
			if p.AccessKey == "" {
				p.AccessKey = key
			}
			return p, secret, token, expires, true
		}
	}
	return api.Principal{}, "", "", time.Time{}, false
}

type issuedKey struct {
	secret, token string
	expires       time.Time
}

func (x *exchange) check(r *http.Request, body []byte, cred sign.Credential, key issuedKey) *api.Error {
	machine := x.options.machine()
	date, ok := sign.Time(r.Header)
	switch {
	case key.token != "" && r.Header.Get("X-Amz-Security-Token") != key.token:
		return x.target.protocolError(unrecognized)
	case !key.expires.IsZero() && !machine().Before(key.expires):
		return x.target.protocolError(expiredToken)
	case !ok || (date.Sub(machine()).Abs() > skew && date.Sub(x.call.Now).Abs() > skew):
		return x.target.protocolError(skewedSignature)
	case !sign.Verify(r, body, cred, key.secret):
		return x.target.protocolError(wrongSignature)
	}
	return nil
}

func root(partition, key string) api.Principal {
	account := DefaultAccount
	if isAccount(key) {
		account = key
	}
	return api.Principal{Account: account, ARN: "arn:" + partition + ":iam::" + account + ":root", UserID: account, AccessKey: key, Root: true}
}

func isAccount(key string) bool {
	return len(key) == 12 && strings.Trim(key, "0123456789") == ""
}

func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// region is where the request lands: global services have one Region in each partition, whatever the signature names.
func (t *target) region(signed string) string {
	if t.service == nil {
		return signed
	}
	switch t.service.Model {
	case "iam", "organizations", "account":
		return map[string]string{"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}[partition(signed)]
	}
	return signed
}

// authorize puts every permission that the request needs to the authorizer. Root is not restricted.
func (x *exchange) authorize() *api.Error {
	if !x.options.Enforce || x.Authorizer == nil || x.call.Caller.Root {
		return nil
	}
	for _, a := range x.access {
		allowed, why := x.Authorizer.Authorize(x.call, a)
		if allowed {
			continue
		}
		e := x.target.protocolError(accessDenied)
		e.Message = "User: " + x.call.Caller.ARN + " is not authorized to perform: " + a.Action + " on resource: " + a.Resource +
			reason(orElse(why, "no identity-based policy allows the "+a.Action+" action"))
		return e
	}
	return nil
}

// reason joins why to the sentence: AWS writes "with an explicit deny in …" and "because no …-based policy allows …".
func reason(why string) string {
	if strings.HasPrefix(why, "with ") {
		return " " + why
	}
	return " because " + why
}

// kind is an error that the front of every service answers in its own code.
type kind int

const (
	missingToken kind = iota
	incompleteSignature
	unrecognized
	expiredToken
	wrongSignature
	skewedSignature
	accessDenied
	unknownOperation
	malformedInput
	throttled
)

// texts gives for each kind the code of the JSON and REST services, of the query services and of EC2, and the message.
func (k kind) texts() (json, query, ec2, message string) {
	switch k {
	case missingToken:
		return "MissingAuthenticationTokenException", "MissingAuthenticationToken", "MissingAuthenticationToken", "Request is missing Authentication Token"
	case incompleteSignature:
		return "IncompleteSignatureException", "IncompleteSignature", "IncompleteSignature", "The Authorization header is not a complete AWS4-HMAC-SHA256 signature"
	case unrecognized:
		return "UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "The security token included in the request is invalid."
	case expiredToken:
		return "ExpiredTokenException", "ExpiredToken", "RequestExpired", "The security token included in the request is expired"
	case wrongSignature:
		return "InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method."
	case skewedSignature:
		return "InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired", "Signature expired or not yet current: X-Amz-Date is more than 5 minutes away"
	case accessDenied:
		return "AccessDeniedException", "AccessDenied", "UnauthorizedOperation", ""
	case unknownOperation:
		return "UnknownOperationException", "InvalidAction", "InvalidAction", ""
	case malformedInput:
		return "SerializationException", "MalformedInput", "MalformedInput", "The request cannot be parsed"
	default:
		return "ThrottlingException", "Throttling", "RequestLimitExceeded", "Rate exceeded"
	}
}

func (t *target) protocolError(k kind) *api.Error {
	code, query, ec2, message := k.texts()
	e := &api.Error{Code: code, Message: message, Status: http.StatusBadRequest}
	switch t.protocol {
	case wire.Query:
		e.Code = query
	case wire.EC2:
		e.Code = ec2
	default: // the JSON and REST services share their codes
	}
	forbidden := k == accessDenied || k == unrecognized || k == expiredToken || k == wrongSignature || k == skewedSignature
	if k == missingToken || forbidden && t.protocol != wire.JSON && t.protocol != wire.CBOR {
		e.Status = http.StatusForbidden
	}
	return e
}
