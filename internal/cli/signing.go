package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill/evidence/keys"
)

// notKMS: a name that is an alias alone does not say in which account and Region.
func notKMS(arn string) error {
	return misuse("--kms arn:aws:kms:eu-west-1:111122223333:alias/drills", "--kms %s: not the ARN of a key or alias of AWS KMS", arn)
}

// kmsSigner reads the public key of a key of KMS, in the Region that its ARN names. The error is a complaint.
func (a *app) kmsSigner(ctx context.Context, arn string, o awsOptions) (*awsapi.Session, *keys.KMSKey, error) {
	region := keys.KeyRegion(arn)
	if region == "" {
		return nil, nil, notKMS(arn)
	}
	o.regions = []string{region}
	session, err := a.open(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	k, err := keys.OpenKMS(ctx, session.Accounts()[0].Scope(region), arn)
	if err != nil {
		session.Close()
		return nil, nil, kmsFailure(err, arn, o)
	}
	return session, k, nil
}

// kmsFailure says why a key of KMS cannot sign, and what to do about it.
func kmsFailure(err error, arn string, o awsOptions) error {
	const way = "aws kms create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY makes one that can"
	var call *awsapi.CallError
	if !errors.As(err, &call) {
		return misuse(way, "%v", err)
	}
	c := &complaint{code: exitNotPermitted, err: err, detail: strings.TrimSpace(call.Code + ": " + call.Message),
		summary: fmt.Sprintf("the key %s cannot be used", arn)}
	switch {
	case call.Kind == awsapi.KindDenied:
		c.hint = "allow kms:GetPublicKey and kms:Sign on it, in the caller's policy and in the key's"
	case call.Code == "NotFoundException":
		c.code, c.hint = exitUsage, "aws kms list-aliases shows those there are; the account and Region are those of the ARN"
	case call.Code == "UnsupportedOperationException":
		c.code, c.hint = exitUsage, way
	case call.Code == "DisabledException", call.Code == "KMSInvalidStateException":
		c.code, c.hint = exitStale, "aws kms describe-key shows its state"
	default:
		return startFailure(err, o)
	}
	return c
}
