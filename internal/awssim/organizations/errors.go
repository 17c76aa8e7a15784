package organizations

import (
	"github.com/restorable/restorable/internal/awssim/api"
)

func notInUse() error {
	return &api.Error{Code: "AWSOrganizationsNotInUseException", Message: "Your account is not a member of an organization."}
}

func accessDenied() error {
	return &api.Error{Code: "AccessDeniedException", Message: "You don't have permissions to access this resource."}
}

func noTarget() error {
	return &api.Error{Code: "TargetNotFoundException", Message: "You specified a target that doesn't exist."}
}

func noParent() error {
	return &api.Error{Code: "ParentNotFoundException", Message: "You specified parent that doesn't exist."}
}

func noAccount() error {
	return &api.Error{Code: "AccountNotFoundException", Message: "You specified an account that doesn't exist."}
}

func noUnit() error {
	return &api.Error{Code: "OrganizationalUnitNotFoundException", Message: "You specified an organizational unit that doesn't exist."}
}

func noPolicy() error {
	return &api.Error{Code: "PolicyNotFoundException", Message: "You specified a policy that doesn't exist."}
}

func noRoot() error {
	return &api.Error{Code: "RootNotFoundException", Message: "You specified a root that doesn't exist."}
}

func malformedPolicy() error {
	return &api.Error{Code: "MalformedPolicyDocumentException", Message: "The provided policy document does not meet the requirements of the specified policy type."}
}

func badToken() error {
	return invalidInput("INVALID_NEXT_TOKEN", "You specified an invalid NextToken.")
}

func invalidInput(reason, message string) error {
	return &api.Error{Code: "InvalidInputException", Message: message, Fields: map[string]any{"Reason": reason}}
}

func constraint(reason, message string) error {
	return &api.Error{Code: "ConstraintViolationException", Message: message, Fields: map[string]any{"Reason": reason}}
}
