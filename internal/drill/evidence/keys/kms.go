package keys

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/drill/evidence"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// KMSKey signs with a key of AWS KMS: spec ECC_NIST_P256, usage SIGN_VERIFY.
type KMSKey struct {
	scope  *awsapi.Scope
	arn    string
	public evidence.PublicKey
}

// KeyRegion is the Region that an ARN of a key or of an alias names; empty: it is neither.
func KeyRegion(arn string) string {
	p := strings.SplitN(arn, ":", 6)
	if len(p) != 6 || p[0] != "arn" || p[2] != "kms" || len(p[4]) != 12 || !strings.HasPrefix(p[5], "key/") && !strings.HasPrefix(p[5], "alias/") {
		return ""
	}
	return p[3]
}

// OpenKMS reads the public key (kms:GetPublicKey). The scope is the account that signs, in the key's Region; the key may be another
// account's. A key that cannot sign evidence is an error; what AWS refuses is an *awsapi.CallError.
func OpenKMS(ctx context.Context, scope *awsapi.Scope, arn string) (*KMSKey, error) {
	out, _, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: scope, Call: awsapi.GetPublicKey, Resource: arn}, scope.KMS.GetPublicKey, &kms.GetPublicKeyInput{KeyId: &arn})
	if err != nil {
		return nil, fmt.Errorf("read public key of %s: %w", arn, err)
	}
	if out.KeyUsage != types.KeyUsageTypeSignVerify || out.KeySpec != types.KeySpecEccNistP256 {
		return nil, fmt.Errorf("read public key of %s: its spec is %s and its usage %s: want ECC_NIST_P256 and SIGN_VERIFY", arn, out.KeySpec, out.KeyUsage)
	}
	public, err := evidence.ParseDER(out.PublicKey)
	if err != nil {
		return nil, err
	}
	if own := aws.ToString(out.KeyId); KeyRegion(own) != "" {
		arn = own // the alias may be another key's tomorrow
	}
	return &KMSKey{scope: scope, arn: arn, public: public}, nil
}

// ARN is the key's own, also where an alias was given.
func (k *KMSKey) ARN() string { return k.arn }

// Public returns the public key.
func (k *KMSKey) Public() evidence.PublicKey { return k.public }

// Sign has KMS sign the SHA-256 digest of a message (kms:Sign): evidence is longer than the 4,096 bytes that KMS takes as a whole.
// https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
func (k *KMSKey) Sign(ctx context.Context, message []byte) ([]byte, error) {
	sum := sha256.Sum256(message)
	out, _, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: k.scope, Call: awsapi.Sign, Resource: k.arn}, k.scope.KMS.Sign, &kms.SignInput{
		KeyId: &k.arn, Message: sum[:], MessageType: types.MessageTypeDigest, SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256})
	if err != nil {
		return nil, fmt.Errorf("sign with %s: %w", k.arn, err)
	}
	if len(out.Signature) == 0 {
		return nil, errors.New("sign with " + k.arn + ": AWS answered without a signature")
	}
	return out.Signature, nil
}
