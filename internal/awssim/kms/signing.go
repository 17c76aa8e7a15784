package kms

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"math/big"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

// Keys that sign: ECC_NIST_P256 with usage SIGN_VERIFY. Their signatures are real.
// https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html

func (s *Service) signingOperations() []api.Operation {
	return []api.Operation{
		api.Op("GetPublicKey", on(s, "GetPublicKey", func(in *kms.GetPublicKeyInput) *string { return in.KeyId }), s.getPublicKey),
		api.Op("Sign", on(s, "Sign", func(in *kms.SignInput) *string { return in.KeyId }), s.sign),
		api.Op("Verify", on(s, "Verify", func(in *kms.VerifyInput) *string { return in.KeyId }), s.verify),
	}
}

// signs reports whether a new key is to be one that signs.
func signs(in *kms.CreateKeyInput) bool {
	return in.KeySpec == types.KeySpecEccNistP256 && in.KeyUsage == types.KeyUsageTypeSignVerify
}

// makeSigning gives a key its private part, drawn from the world's own randomness so that a world can be repeated.
func (s *Service) makeSigning(k *key) {
	for k.private == nil {
		raw := s.world.Hex(16) + s.world.Hex(16) + s.world.Hex(16) + s.world.Hex(16)
		d, ok := new(big.Int).SetString(raw, 16)
		if !ok {
			continue
		}
		scalar := d.FillBytes(make([]byte, 32))
		if private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar); err == nil { // zero, or not below the order: another
			k.private = private
		}
	}
}

// signing finds a key for an operation that only keys which sign take part in.
func (s *Service) signing(c *api.Call, ref *string, operation string) (*key, error) {
	k, err := s.find(c.Scope, aws.ToString(ref))
	if err != nil {
		return nil, err
	}
	if k.private == nil {
		return nil, wrongUse(k, operation)
	}
	switch k.state {
	case types.KeyStateEnabled:
		return k, nil
	case types.KeyStateDisabled:
		return nil, &api.Error{Code: "DisabledException", Message: k.arn + " is disabled."}
	}
	return nil, invalidState("%s is pending deletion.", k.arn)
}

// wrongUse: GetPublicKey of a symmetric key is an unsupported operation, Sign and Verify an invalid use.
func wrongUse(k *key, operation string) error {
	if operation == "GetPublicKey" {
		return &api.Error{Code: "UnsupportedOperationException", Message: k.arn + " key spec SYMMETRIC_DEFAULT is not supported for this operation."}
	}
	return &api.Error{Code: "InvalidKeyUsageException", Message: fmt.Sprintf("%s key usage is ENCRYPT_DECRYPT which is not valid for %s.", k.arn, operation)}
}

func (s *Service) getPublicKey(c *api.Call, in *kms.GetPublicKeyInput) (*kms.GetPublicKeyOutput, error) {
	k, err := s.signing(c, in.KeyId, "GetPublicKey")
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKIXPublicKey(k.private.Public())
	if err != nil {
		return nil, fmt.Errorf("encode public key: %w", err)
	}
	return &kms.GetPublicKeyOutput{KeyId: &k.arn, KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify, PublicKey: der,
		CustomerMasterKeySpec: types.CustomerMasterKeySpecEccNistP256, //nolint:staticcheck // deprecated, and still sent by AWS
		SigningAlgorithms:     []types.SigningAlgorithmSpec{types.SigningAlgorithmSpecEcdsaSha256}}, nil
}

func (s *Service) sign(c *api.Call, in *kms.SignInput) (*kms.SignOutput, error) {
	k, err := s.signing(c, in.KeyId, "SIGN")
	if err != nil {
		return nil, err
	}
	digest, err := digestOf(k, in.Message, in.MessageType, in.SigningAlgorithm)
	if err != nil || aws.ToBool(in.DryRun) {
		return nil, orDryRun(err)
	}
	sig, err := k.private.Sign(rand.Reader, digest, crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return &kms.SignOutput{KeyId: &k.arn, Signature: sig, SigningAlgorithm: in.SigningAlgorithm}, nil
}

func (s *Service) verify(c *api.Call, in *kms.VerifyInput) (*kms.VerifyOutput, error) {
	k, err := s.signing(c, in.KeyId, "VERIFY")
	if err != nil {
		return nil, err
	}
	digest, err := digestOf(k, in.Message, in.MessageType, in.SigningAlgorithm)
	if err != nil || aws.ToBool(in.DryRun) {
		return nil, orDryRun(err)
	}
	if !ecdsa.VerifyASN1(&k.private.PublicKey, digest, in.Signature) {
		return nil, &api.Error{Code: "KMSInvalidSignatureException"}
	}
	return &kms.VerifyOutput{KeyId: &k.arn, SignatureValid: true, SigningAlgorithm: in.SigningAlgorithm}, nil
}

func orDryRun(err error) error {
	if err != nil {
		return err
	}
	return &api.Error{Code: "DryRunOperationException", Message: "The request would have succeeded, but the DryRun option is set."}
}

// digestOf is what is signed: a RAW message (the default, at most 4,096 bytes) is digested by KMS.
func digestOf(k *key, message []byte, kind types.MessageType, algorithm types.SigningAlgorithmSpec) ([]byte, error) {
	if algorithm != types.SigningAlgorithmSpecEcdsaSha256 {
		return nil, &api.Error{Code: "InvalidKeyUsageException", Message: fmt.Sprintf("Algorithm %s and key spec %s are incompatible.", algorithm, types.KeySpecEccNistP256)}
	}
	switch kind {
	case "", types.MessageTypeRaw:
		sum := sha256.Sum256(message)
		return sum[:], nil
	case types.MessageTypeDigest:
		if len(message) != sha256.Size {
			return nil, invalid("Digest is invalid length for algorithm %s.", algorithm)
		}
		return message, nil
	}
	return nil, invalid("MessageType %s is not valid for key %s.", kind, k.arn)
}
