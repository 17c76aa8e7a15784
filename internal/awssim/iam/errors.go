package iam

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/iampolicy"
)

func noSuch(format string, args ...any) error {
	return &api.Error{Code: "NoSuchEntityException", Message: fmt.Sprintf(format, args...)}
}

func exists(format string, args ...any) error {
	return &api.Error{Code: "EntityAlreadyExistsException", Message: fmt.Sprintf(format, args...)}
}

func conflict(message string) error {
	return &api.Error{Code: "DeleteConflictException", Message: message}
}

func limit(format string, args ...any) error {
	return &api.Error{Code: "LimitExceededException", Message: fmt.Sprintf(format, args...)}
}

func badInput(format string, args ...any) error {
	return &api.Error{Code: "InvalidInputException", Message: fmt.Sprintf(format, args...)}
}

func invalid(message string) error {
	return &api.Error{Code: "ValidationError", Message: message}
}

func badMarker() error { return invalid("Invalid Marker.") }

// malformed words a parse error as IAM does.
func malformed(err error) error {
	var pe *iampolicy.ParseError
	reason := ""
	if errors.As(err, &pe) {
		reason = pe.Reason
	}
	message := "Syntax errors in policy."
	for _, row := range [][2]string{
		{"not JSON", "This policy contains invalid Json"},
		{"ends too early", "This policy contains invalid Json"},
		{"service:Action", "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."},
		{"a trust policy has no Resource", "Has prohibited field Resource"},
		{"an identity policy has no Principal", "Policy document should not specify a principal."},
		{"needs a Resource", "Policy statement must contain resources."},
		{"either Action or NotAction", "Policy statement must contain actions."},
		{"used twice", "Statement IDs (SID) in a single policy must be unique."},
	} {
		if strings.Contains(reason, row[0]) {
			message = row[1]
		}
	}
	if text, ok := strings.CutSuffix(reason, ` is neither an ARN nor "*"`); ok {
		message = "Resource " + strings.Trim(strings.TrimPrefix(text, "resource "), `"`) + ` must be in ARN format or "*".`
	}
	return &api.Error{Code: "MalformedPolicyDocumentException", Message: message}
}

// checked parses a document or answers as IAM does.
func checked(kind iampolicy.Kind, text string) (document, error) {
	d, err := parseDocument(kind, text)
	if err != nil {
		return document{}, malformed(err)
	}
	return d, nil
}

// encoded is how IAM gives documents out: by RFC 3986.
func encoded(text string) *string {
	s := strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
	return &s
}

// size counts the characters of a document as IAM's quotas do: without white space.
func size(text string) int {
	n := 0
	for _, r := range text {
		if !strings.ContainsRune(" \t\r\n", r) {
			n++
		}
	}
	return n
}
