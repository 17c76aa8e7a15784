package awsapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/smithy-go"
)

// Kind says what sort of failure a call met: what a person must do about it differs by kind.
type Kind string

// The kinds.
const (
	KindDenied             Kind = "denied"              // the caller lacks a permission
	KindThrottled          Kind = "throttled"           // still throttled after the last attempt
	KindNotFound           Kind = "not-found"           // AWS says that there is no such thing
	KindTimeout            Kind = "timeout"             // no answer in time
	KindUnreachable        Kind = "unreachable"         // no connection
	KindTLS                Kind = "tls"                 // no trust in the connection
	KindMalformed          Kind = "malformed"           // an answer that is not AWS's
	KindExpired            Kind = "expired-credentials" // the session's token has run out
	KindNoCredentials      Kind = "no-credentials"      // the default chain found none
	KindInvalidCredentials Kind = "invalid-credentials" // AWS does not know the key, or its signature is wrong
	KindRegion             Kind = "region"              // no such Region, or not enabled in the account
	KindCancelled          Kind = "cancelled"           // interrupted by the user, or out of the given time
	KindBusy               Kind = "busy"                // not now: the thing is being made, changed or used; the same call may succeed later
	KindExists             Kind = "exists"              // there is one of that name already
	KindLimit              Kind = "limit"               // a quota of the account is used up
	KindOther              Kind = "other"
)

// Codes of ours, for failures in which AWS gave none. Estate files hold them beside AWS's own.
const (
	CodeTimeout       = "Timeout"
	CodeUnreachable   = "Unreachable"
	CodeTLS           = "TLSError"
	CodeMalformed     = "MalformedAnswer"
	CodeNoCredentials = "NoCredentials"
	CodeExpired       = "ExpiredCredentials"
	CodeRegion        = "UnknownRegion"
	CodeInterrupted   = "Interrupted"
	CodeOther         = "Error"
)

// CredentialsError says that no credentials could be had; Err is what the provider met.
type CredentialsError struct{ Err error }

func (e *CredentialsError) Error() string { return "get credentials: " + e.Err.Error() }

// Unwrap returns the provider's error.
func (e *CredentialsError) Unwrap() error { return e.Err }

// malformedError is an answer that can not be AWS's although it decoded: an empty body, or a web page.
type malformedError struct{ why string }

func (e *malformedError) Error() string { return "read answer: " + e.why }

// Is reports whether an error is a call's, and of one of the kinds.
func Is(err error, kinds ...Kind) bool {
	var call *CallError
	return errors.As(err, &call) && slices.Contains(kinds, call.Kind)
}

// NoEntry reports whether an error ends every call that could follow: the credentials are missing, wrong, or have run out.
func NoEntry(err error) bool { return Is(err, KindExpired, KindNoCredentials, KindInvalidCredentials) }

// Malformed makes an error of KindMalformed, for answers that decode but lack what they must have.
func Malformed(why string) error { return &malformedError{why: why} }

// Classify turns an error of the SDK into a code for provenance (AWS's own where it gave one), a message without the SDK's wrapping, and a kind.
func Classify(err error) (code, message string, kind Kind) {
	if err == nil {
		return "", "", ""
	}
	var call *CallError
	if errors.As(err, &call) {
		return call.Code, call.Message, call.Kind
	}
	for _, classify := range []func(error) (string, string, Kind){
		cancelled, quota, apiError, credentialsError, malformed, tlsError, timeout, unreachable,
	} {
		if code, message, kind = classify(err); kind != "" {
			return code, message, kind
		}
	}
	return CodeOther, innermost(err).Error(), KindOther
}

func cancelled(err error) (string, string, Kind) {
	var sdk *smithy.CanceledError
	if errors.Is(err, context.Canceled) || errors.As(err, &sdk) {
		return CodeInterrupted, "interrupted before AWS answered", KindCancelled
	}
	return "", "", ""
}

func apiError(err error) (string, string, Kind) {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return "", "", ""
	}
	if api.ErrorCode() == "" || api.ErrorCode() == "UnknownError" {
		return CodeMalformed, "the answer is an error that does not say which: " + api.ErrorMessage(), KindMalformed
	}
	return api.ErrorCode(), api.ErrorMessage(), kindOf(api.ErrorCode())
}

func kindOf(code string) Kind {
	switch code {
	case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "AuthorizationErrorException", "NotAuthorized":
		return KindDenied
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired", "ExpiredTokenError":
		return KindExpired
	case "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature",
		"IncompleteSignatureException", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "AuthFailure", "InvalidAccessKeyId":
		return KindInvalidCredentials
	case "OptInRequired", "RegionDisabledException":
		return KindRegion
	case "ResourceNotFoundException", "TableNotFoundException", "NoSuchEntity", "NoSuchEntityException", "NotFoundException", "PolicyNotFoundException", "BackupNotFoundException",
		"EffectivePolicyNotFoundException", "AWSOrganizationsNotInUseException", "TrailNotFoundException":
		return KindNotFound
	case "RequestTimeout", "RequestTimeoutException":
		return KindTimeout
	case "ContinuousBackupsUnavailableException", "ResourceInUseException", "TableInUseException", "BackupInUseException", "ConcurrentModification",
		"ConcurrentModificationException", "ConflictException", "InvalidResourceStateException", "ServiceUnavailableException", "DependencyFailureException":
		return KindBusy
	case "AlreadyExistsException", "EntityAlreadyExists", "EntityAlreadyExistsException":
		return KindExists
	}
	if isThrottle(code) {
		return KindThrottled
	}
	return KindOther
}

// quotaError is a limit that waiting does not lift.
type quotaError struct{ err error }

func (e *quotaError) Error() string { return e.err.Error() }

// Unwrap returns AWS's error.
func (e *quotaError) Unwrap() error { return e.err }

func isQuota(code string) bool { return code == "LimitExceededException" || code == "LimitExceeded" }

func quota(err error) (string, string, Kind) {
	var q *quotaError
	if !errors.As(err, &q) {
		return "", "", ""
	}
	code, message, _ := apiError(q.err)
	return code, message, KindLimit
}

// Retryable reports whether the same call, made again later, may succeed: AWS throttles, a cool-down runs, or the thing is being changed.
// The SDK has already tried the throttled ones again; how long to go on is the caller's to decide. For a call that is declared Once,
// a lost answer (KindTimeout, KindUnreachable, KindMalformed) is not among them: whether it was done must be looked up first.
func Retryable(err error) bool {
	_, _, kind := Classify(err)
	return kind == KindThrottled || kind == KindBusy
}

func isThrottle(code string) bool {
	switch code {
	case "ThrottlingException", "Throttling", "ThrottledException", "RequestThrottledException", "RequestThrottled", "TooManyRequestsException",
		"TooManyRequests", "RequestLimitExceeded", "LimitExceededException", "BandwidthLimitExceeded", "PriorRequestNotComplete",
		"ProvisionedThroughputExceededException", "SlowDown", "EC2ThrottledException", "TransactionInProgressException":
		return true
	}
	return false
}

func credentialsError(err error) (string, string, Kind) {
	var sso *ssocreds.InvalidTokenError
	if errors.As(err, &sso) {
		return CodeExpired, "the single sign-on session has ended", KindExpired
	}
	var cred *CredentialsError
	if errors.As(err, &cred) {
		if code, message, kind := unanswered(cred.Err); kind != "" {
			return code, message, kind
		}
		return CodeNoCredentials, "the default chain found no credentials: " + innermost(cred.Err).Error(), KindNoCredentials
	}
	return "", "", ""
}

// unanswered is why a service that hands out credentials could not be asked. The metadata service of EC2 is not among them:
// that it does not answer only means that this machine is no instance.
func unanswered(err error) (string, string, Kind) {
	var op *smithy.OperationError
	if !errors.As(err, &op) || !strings.HasPrefix(op.ServiceID, "STS") && !strings.HasPrefix(op.ServiceID, "SSO") {
		return "", "", ""
	}
	for _, classify := range []func(error) (string, string, Kind){tlsError, timeout, unreachable} {
		if code, message, kind := classify(err); kind != "" {
			return code, message, kind
		}
	}
	return "", "", ""
}

func malformed(err error) (string, string, Kind) {
	var own *malformedError
	if errors.As(err, &own) {
		return CodeMalformed, own.why, KindMalformed
	}
	var sdk *smithy.DeserializationError
	truncated := errors.Is(err, io.ErrUnexpectedEOF)
	if !truncated && !errors.As(err, &sdk) && !isChecksum(err) {
		return "", "", ""
	}
	if code, message, kind := timeout(err); kind != "" {
		return code, message, kind
	}
	if truncated {
		return CodeMalformed, "the answer broke off", KindMalformed
	}
	return CodeMalformed, "the answer is not what AWS sends: " + innermost(err).Error(), KindMalformed
}

// isChecksum recognises the SDK's untyped complaint about X-Amz-Crc32.
func isChecksum(err error) bool { return strings.Contains(err.Error(), "checksum") }

func tlsError(err error) (string, string, Kind) {
	var (
		verify  *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
		alert   tls.AlertError
	)
	if errors.As(err, &verify) || errors.As(err, &unknown) || errors.As(err, &host) || errors.As(err, &invalid) || errors.As(err, &record) || errors.As(err, &alert) ||
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") {
		return CodeTLS, innermost(err).Error(), KindTLS
	}
	return "", "", ""
}

func timeout(err error) (string, string, Kind) {
	var slow interface{ Timeout() bool }
	if errors.As(err, &slow) && slow.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return CodeTimeout, "no answer within the time allowed for one request", KindTimeout
	}
	return "", "", ""
}

func unreachable(err error) (string, string, Kind) {
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		if strings.HasSuffix(strings.TrimSuffix(dns.Name, "."), ".amazonaws.com") {
			return CodeRegion, "there is no host " + dns.Name + ": the Region does not exist, or lacks the service", KindRegion
		}
		return CodeUnreachable, "there is no host " + dns.Name, KindUnreachable
	}
	var (
		op  *net.OpError
		web *url.Error
	)
	if errors.As(err, &op) || errors.As(err, &web) || errors.Is(err, io.EOF) {
		return CodeUnreachable, innermost(err).Error(), KindUnreachable
	}
	return "", "", ""
}

// innermost follows the chain to the error that says what happened; an operating system's error keeps its network wrapping.
func innermost(err error) error {
	for {
		if op, ok := err.(*net.OpError); ok { //nolint:errorlint // the chain is walked step by step
			return op
		}
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
