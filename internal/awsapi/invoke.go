package awsapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Ask says which declared call is made, where, and about what.
type Ask struct {
	Scope    *Scope
	Call     CallID
	Resource string // ARN or name that the call is about; empty for a listing
}

// Answer says when and under which id AWS answered. Both may be zero when it did not.
type Answer struct {
	Call      CallID
	Resource  string
	Date      time.Time // AWS's Date
	RequestID string
}

// CallError is a call that gave no usable answer.
type CallError struct {
	Answer  Answer
	Code    string // AWS's error code, or one of ours
	Message string
	Kind    Kind
	Err     error
}

func (e *CallError) Error() string {
	about := ""
	if e.Answer.Resource != "" {
		about = " for " + e.Answer.Resource
	}
	return fmt.Sprintf("call %s%s: %s: %s", e.Answer.Call, about, e.Code, e.Message)
}

// Unwrap returns the SDK's error.
func (e *CallError) Unwrap() error { return e.Err }

type askKey struct{}

// pending is what the middlewares know of a call under way, and write down about its latest attempt. One call runs in one goroutine.
type pending struct {
	call   Call
	answer Answer
}

// Invoke makes a declared call: f is the method of an SDK client of the scope. Attempts wait for the call's token buckets and are repeated by the SDK's retryer.
// Every error is a *CallError. A client's method that is called without Invoke, or with another call's declaration, is refused.
func Invoke[I, O, P any](ctx context.Context, ask Ask, f func(context.Context, *I, ...func(*P)) (*O, error), in *I) (*O, Answer, error) {
	p := &pending{answer: Answer{Call: ask.Call, Resource: ask.Resource}}
	call, ok := ask.Scope.account.session.calls[ask.Call]
	if !ok {
		return nil, p.answer, failure(ctx, p.answer, undeclared(ask.Call))
	}
	p.call = call
	if ctx.Err() != nil {
		return nil, p.answer, failure(ctx, p.answer, ctx.Err())
	}
	out, err := f(context.WithValue(ctx, askKey{}, p), in)
	if err != nil {
		return nil, p.answer, ask.Scope.notEnabled(failure(ctx, p.answer, err))
	}
	ask.Scope.accepted.Store(true)
	ask.Scope.account.accepted.Store(true)
	return out, p.answer, nil
}

func undeclared(id CallID) error {
	if c, err := Find(id); err == nil && c.Write {
		return fmt.Errorf("call %s: the session was opened for reading alone", id)
	}
	return fmt.Errorf("call %s: not declared", id)
}

// notEnabled knows credentials that are good elsewhere and refused in all of a Region: that is how AWS answers in a Region
// which the account has not enabled.
// https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
func (s *Scope) notEnabled(e *CallError) *CallError {
	if !isUnknownToken(e.Code) || s.accepted.Load() || !s.account.accepted.Load() {
		return e
	}
	e.Kind, e.Message = KindRegion, "the account has not enabled the Region "+s.Region+", so AWS says: "+e.Message
	return e
}

func isUnknownToken(code string) bool {
	return code == "UnrecognizedClientException" || code == "InvalidClientTokenId" || code == "AuthFailure"
}

// failure classifies; when our own context has ended, that is the reason, whatever the SDK makes of it.
func failure(ctx context.Context, answer Answer, err error) *CallError {
	e := &CallError{Answer: answer, Err: err}
	e.Code, e.Message, e.Kind = Classify(err)
	if ctx.Err() != nil && e.Kind != KindDenied && e.Kind != KindNotFound {
		e.Code, e.Message, e.Kind = CodeInterrupted, "interrupted before AWS answered", KindCancelled
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			e.Message = "the time given was over before AWS answered"
		}
	}
	return e
}

// Missing makes the error for an answer that decoded but lacks what it must have.
func Missing(answer Answer, what string) *CallError {
	return failure(context.Background(), answer, Malformed("the answer has no "+what))
}

// instrument puts our middlewares on every client of a scope.
func instrument(s *Scope) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		if err := stack.Initialize.Add(declared(), middleware.After); err != nil {
			return err
		}
		if err := stack.Finalize.Insert(limited(s), "Retry", middleware.After); err != nil {
			return err
		}
		return stack.Deserialize.Add(dated(s), middleware.Before)
	}
}

func declared() middleware.InitializeMiddleware {
	return middleware.InitializeMiddlewareFunc("restorableDeclared", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		p, _ := ctx.Value(askKey{}).(*pending)
		service, operation := awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx)
		if p == nil || p.call.ServiceID != service || p.call.Operation() != operation {
			return middleware.InitializeOutput{}, middleware.Metadata{}, fmt.Errorf("call %s %s: not declared", service, operation)
		}
		return next.HandleInitialize(ctx, in)
	})
}

// limited takes the tokens of one attempt, and tells the buckets how AWS took it.
func limited(s *Scope) middleware.FinalizeMiddleware {
	return middleware.FinalizeMiddlewareFunc("restorableLimited", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		p := ctx.Value(askKey{}).(*pending)
		taken := s.buckets.of(p.call)
		for _, b := range taken {
			if err := b.wait(ctx); err != nil {
				return middleware.FinalizeOutput{}, middleware.Metadata{}, &aws.RequestCanceledError{Err: err}
			}
		}
		out, meta, err := next.HandleFinalize(ctx, in)
		err = p.call.final(err)
		_, _, kind := Classify(err)
		for _, b := range taken {
			if kind == KindThrottled {
				b.throttled(time.Now())
			} else if err == nil {
				b.answered(time.Now())
			}
		}
		return out, meta, err
	})
}

// dated notes AWS's Date and request id, and refuses what decoded by accident: a web page, or nothing at all.
func dated(s *Scope) middleware.DeserializeMiddleware {
	return middleware.DeserializeMiddlewareFunc("restorableDated", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, meta, err := next.HandleDeserialize(ctx, in)
		resp, ok := out.RawResponse.(*smithyhttp.Response)
		if !ok || resp == nil {
			return out, meta, err
		}
		p := ctx.Value(askKey{}).(*pending)
		if err == nil {
			err = plausible(resp, p.call.Empty)
		}
		p.answer.RequestID = requestID(resp.Header)
		if !decoded(err) {
			return out, meta, err
		}
		if date, parseErr := http.ParseTime(resp.Header.Get("Date")); parseErr == nil {
			p.answer.Date = date.UTC()
			s.Clock.observe(p.answer.Date, time.Now())
		}
		return out, meta, err
	})
}

// decoded reports whether an attempt ended in an answer of AWS: a good one, or an error that names its code.
func decoded(err error) bool {
	if err == nil {
		return true
	}
	_, _, kind := apiError(err)
	return kind != "" && kind != KindMalformed
}

// plausible: what AWS answers without a body still carries the id of the request.
func plausible(resp *smithyhttp.Response, empty bool) error {
	if resp.ContentLength == 0 && (!empty || requestID(resp.Header) == "") {
		return Malformed("an empty answer")
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return Malformed("a web page instead of an answer")
	}
	return nil
}

func requestID(h http.Header) string {
	for _, name := range []string{"X-Amzn-Requestid", "X-Amz-Request-Id"} {
		if id := h.Get(name); id != "" {
			return id
		}
	}
	return ""
}

// newRetryer is the SDK's standard retryer. Its retry quota is lifted: the token buckets already slow us down when AWS throttles,
// and the quota would fail the calls of one API for the throttling of another. A body that breaks off is tried again, a certificate
// that is not trusted is not.
func newRetryer(o Options) aws.Retryer {
	return retry.NewStandard(func(so *retry.StandardOptions) {
		so.MaxAttempts = o.MaxAttempts
		so.MaxBackoff = o.MaxBackoff
		so.RateLimiter = unlimited{}
		so.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(retryable)}, so.Retryables...)
	})
}

func retryable(err error) aws.Ternary {
	if last := new(lastError); errors.As(err, &last) {
		return aws.FalseTernary
	}
	if _, _, kind := tlsError(err); kind != "" {
		return aws.FalseTernary // a certificate is no more trusted the next time
	}
	if _, message, kind := malformed(err); kind == KindMalformed && message == "the answer broke off" {
		return aws.TrueTernary
	}
	return aws.UnknownTernary
}

// lastError is an error that the SDK must not answer with another attempt.
type lastError struct{ err error }

func (e *lastError) Error() string { return e.err.Error() }

// Unwrap returns the attempt's error.
func (e *lastError) Unwrap() error { return e.err }

// final marks what another attempt cannot mend, or would do twice. A quota of AWS Backup or IAM has the code by which DynamoDB throttles.
func (c Call) final(err error) error {
	if err == nil {
		return nil
	}
	code, _, kind := Classify(err)
	switch {
	case !strings.HasPrefix(c.ServiceID, "DynamoDB") && isQuota(code):
		return &lastError{err: &quotaError{err}}
	case c.Once && kind != KindThrottled:
		return &lastError{err: err}
	}
	return err
}

type unlimited struct{}

func (unlimited) GetToken(context.Context, uint) (func() error, error) {
	return func() error { return nil }, nil
}

func (unlimited) AddTokens(uint) error { return nil }
