package backup

import (
	"fmt"

	"github.com/restorable/restorable/internal/awssim/api"
)

// The codes in the Code member of AWS Backup's errors. Only those that were seen in public reports are told apart (semantics 2.4 and 3).
const (
	codeInvalid       = "ERROR_3001"
	codeRule          = "ERROR_3015"
	codeVaultNotEmpty = "ERROR_9101"
)

func refuse(shape, code, message string) *api.Error {
	fields := map[string]any{}
	if code != "" {
		fields["Code"] = code
	}
	return &api.Error{Code: shape, Message: message, Fields: fields}
}

func invalid(format string, args ...any) *api.Error {
	return refuse("InvalidParameterValueException", codeInvalid, fmt.Sprintf(format, args...))
}

// invalidRule is the refusal of a rule of a plan: the context carries the rule's name and the text.
func invalidRule(rule, format string, args ...any) *api.Error {
	text := fmt.Sprintf(format, args...)
	e := refuse("InvalidParameterValueException", codeRule, fmt.Sprintf("Error in rule %s : %s", rule, text))
	e.Fields["Context"] = fmt.Sprintf("[%q,%q]", rule, text)
	return e
}

func missingParameter(name string) *api.Error {
	return refuse("MissingParameterValueException", "", "Missing required parameter: "+name)
}

func notFound(format string, args ...any) *api.Error {
	return refuse("ResourceNotFoundException", "", fmt.Sprintf(format, args...))
}

func badRequest(format string, args ...any) *api.Error {
	return refuse("InvalidRequestException", "", fmt.Sprintf(format, args...))
}

func badState(format string, args ...any) *api.Error {
	return refuse("InvalidResourceStateException", "", fmt.Sprintf(format, args...))
}

func limitExceeded(format string, args ...any) *api.Error {
	return refuse("LimitExceededException", "", fmt.Sprintf(format, args...))
}

func alreadyExists(message, arn, creatorRequestID string) *api.Error {
	e := refuse("AlreadyExistsException", "", message)
	e.Fields["Arn"], e.Fields["CreatorRequestId"] = arn, creatorRequestID
	return e
}

// denied is what AWS Backup answers for a vault that does not exist, even to an administrator (semantics 3).
func denied() *api.Error {
	return &api.Error{Code: "AccessDeniedException", Message: "Insufficient privileges to perform this action.", Status: 403}
}
