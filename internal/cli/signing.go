package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/drill/evidence/keys"
	"github.com/spf13/pflag"
)

// signingOptions are the flags of every command that signs evidence.
type signingOptions struct {
	key string // file
	kms string // ARN
}

func (o *signingOptions) register(f *pflag.FlagSet) {
	f.StringVar(&o.key, "signing-key", "", "private key `file` that signs the evidence (restorable keys new)")
	f.StringVar(&o.kms, "signing-kms", "", "`ARN` of a key or alias of AWS KMS that signs the evidence (needs kms:GetPublicKey and kms:Sign)")
}

func (o signingOptions) validate() error {
	if o.key != "" && o.kms != "" {
		return misuse("give one of them", "--signing-key and --signing-kms: evidence is signed by one key")
	}
	if o.kms != "" && keys.KeyRegion(o.kms) == "" {
		return notKMS("--signing-kms", o.kms)
	}
	return nil
}

func notKMS(flag, arn string) error {
	return misuse(flag+" arn:aws:kms:eu-west-1:111122223333:alias/drills", "%s %s: not the ARN of a key or alias of AWS KMS", flag, arn)
}

// signer opens the key before anything is done that is to be signed with it; nil: none was given, and evidence stays unsigned.
// The key of KMS is used with the command's own credentials. done closes what was opened.
func (a *app) signer(ctx context.Context, o signingOptions, aws awsOptions) (signer evidence.Signer, done func(), err error) {
	switch {
	case o.key != "":
		k, err := openKeyFile(o.key)
		if err != nil {
			return nil, nil, err
		}
		return k, func() {}, nil
	case o.kms != "":
		session, k, err := a.kmsSigner(ctx, o.kms, aws)
		if err != nil {
			return nil, nil, err
		}
		return k, session.Close, nil
	}
	return nil, func() {}, nil
}

// kmsSigner reads the public key of a key of KMS, in the Region that its ARN names. The error is a complaint.
func (a *app) kmsSigner(ctx context.Context, arn string, o awsOptions) (*awsapi.Session, *keys.KMSKey, error) {
	region := keys.KeyRegion(arn)
	if region == "" {
		return nil, nil, notKMS("--kms", arn)
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
