package backup

import (
	"errors"
	"slices"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
)

// patient repeats a look for as long as AWS may take to settle, while what goes wrong may pass.
func (t *task) patient(look func() error) error {
	for wait := awsapi.WaitUntil(time.Now().Add(t.o.Settle)); ; {
		if err := look(); err == nil || !passing(err) || !wait.Next(t.soft) {
			return err
		}
	}
}

func callError(err error) *awsapi.CallError {
	var call *awsapi.CallError
	errors.As(err, &call)
	return call
}

// unanswered reports whether nobody knows if AWS did what it was asked: the answer was lost, or AWS itself stumbled.
func unanswered(err error) bool {
	call := callError(err)
	return call != nil && (slices.Contains([]awsapi.Kind{awsapi.KindTimeout, awsapi.KindUnreachable, awsapi.KindMalformed, awsapi.KindCancelled}, call.Kind) ||
		slices.Contains([]string{"InternalServerError", "InternalFailure", "ServiceUnavailable", "ServiceUnavailableException", "InternalError"}, call.Code))
}

// passing reports whether a look that failed may succeed a little later.
func passing(err error) bool {
	call := callError(err)
	return awsapi.Retryable(err) || unanswered(err) && call.Kind != awsapi.KindCancelled
}

// ends reports whether an error ends the work on every table: nothing can be called without credentials.
func ends(err error) bool { return awsapi.NoEntry(err) }

func notFound(err error) bool { return awsapi.Is(err, awsapi.KindNotFound) }
