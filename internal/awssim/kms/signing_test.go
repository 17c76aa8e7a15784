package kms

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

func signingKey() kms.CreateKeyInput {
	return kms.CreateKeyInput{KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify}
}

func TestSignaturesAreReal(t *testing.T) {
	f := newFixture()
	k := f.create(t, signingKey())
	if k.KeyUsage != types.KeyUsageTypeSignVerify || k.KeySpec != types.KeySpecEccNistP256 || len(k.SigningAlgorithms) != 1 || k.EncryptionAlgorithms != nil {
		t.Errorf("got %+v", k)
	}
	out, err := f.getPublicKey(f.call, &kms.GetPublicKeyInput{KeyId: k.KeyId})
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.ParsePKIXPublicKey(out.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	message := []byte("what is signed")
	digest := sha256.Sum256(message)
	for _, in := range []kms.SignInput{
		{Message: message},
		{Message: message, MessageType: types.MessageTypeRaw},
		{Message: digest[:], MessageType: types.MessageTypeDigest},
	} {
		in.KeyId, in.SigningAlgorithm = k.Arn, types.SigningAlgorithmSpecEcdsaSha256
		signed, err := f.sign(f.call, &in)
		if err != nil || !ecdsa.VerifyASN1(public.(*ecdsa.PublicKey), digest[:], signed.Signature) {
			t.Fatalf("%+v: %v", in, err)
		}
		check := kms.VerifyInput{KeyId: k.Arn, Message: in.Message, MessageType: in.MessageType, Signature: signed.Signature, SigningAlgorithm: in.SigningAlgorithm}
		if v, err := f.verify(f.call, &check); err != nil || !v.SignatureValid {
			t.Errorf("verify: %v", err)
		}
		check.Message = bytes.Repeat([]byte{7}, 32)
		if _, err := f.verify(f.call, &check); code(err) != "KMSInvalidSignatureException" {
			t.Errorf("verify another message: %v", err)
		}
	}
}

func TestWhatCannotSignIsRefused(t *testing.T) {
	f := newFixture()
	symmetric, k := f.create(t, kms.CreateKeyInput{}), f.create(t, signingKey())
	digest := make([]byte, 32)
	sign := func(id *string, message []byte, kind types.MessageType, algorithm types.SigningAlgorithmSpec) string {
		_, err := f.sign(f.call, &kms.SignInput{KeyId: id, Message: message, MessageType: kind, SigningAlgorithm: algorithm})
		return code(err)
	}
	if f.Encrypts(*k.Arn) || !f.Encrypts(*symmetric.Arn) || f.Encrypts("arn:aws:kms:eu-west-1:111122223333:key/none") {
		t.Error("which key encrypts is mistaken")
	}
	right := types.SigningAlgorithmSpecEcdsaSha256
	for name, got := range map[string][2]string{
		"a key that encrypts":  {sign(symmetric.Arn, digest, types.MessageTypeDigest, right), "InvalidKeyUsageException"},
		"another algorithm":    {sign(k.Arn, digest, types.MessageTypeDigest, types.SigningAlgorithmSpecRsassaPssSha256), "InvalidKeyUsageException"},
		"a digest of 31 bytes": {sign(k.Arn, digest[1:], types.MessageTypeDigest, right), "ValidationException"},
		"a key that is not":    {sign(aws.String("12345678-1234-1234-1234-123456789012"), digest, types.MessageTypeDigest, right), "NotFoundException"},
		"rotating it":          {code(f.setRotation(f.call, k.Arn, true)), "UnsupportedOperationException"},
		"the symmetric's public": {func() string {
			_, err := f.getPublicKey(f.call, &kms.GetPublicKeyInput{KeyId: symmetric.Arn})
			return code(err)
		}(), "UnsupportedOperationException"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %q, want %q", name, got[0], got[1])
		}
	}
	if _, err := f.disableKey(f.call, &kms.DisableKeyInput{KeyId: k.Arn}); err != nil {
		t.Fatal(err)
	}
	if got := sign(k.Arn, digest, types.MessageTypeDigest, right); got != "DisabledException" {
		t.Errorf("disabled: %s", got)
	}
	if _, err := f.scheduleKeyDeletion(f.call, &kms.ScheduleKeyDeletionInput{KeyId: k.Arn}); err != nil {
		t.Fatal(err)
	}
	if got := sign(k.Arn, digest, types.MessageTypeDigest, right); got != "KMSInvalidStateException" {
		t.Errorf("pending deletion: %s", got)
	}
}
