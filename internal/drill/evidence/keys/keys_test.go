package keys_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/drill/evidence/evidencetest"
	"github.com/restorable/restorable/internal/drill/evidence/keys"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

func TestAKeyFileSignsAfterItWasReadBack(t *testing.T) {
	for _, algorithm := range []string{evidence.Ed25519, evidence.ECDSAP256} {
		file := filepath.Join(t.TempDir(), "drill.key")
		made, err := keys.New(file, algorithm)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%v, %v", info.Mode(), err)
		}
		read, err := keys.Open(file)
		if err != nil || read.Public().ID != made.Public().ID {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file + keys.PublicSuffix)
		if err != nil {
			t.Fatal(err)
		}
		public, err := evidence.ParsePublicKey(text)
		if err != nil || public.ID != made.Public().ID || public.Algorithm != algorithm {
			t.Fatalf("%+v, %v", public, err)
		}
		signed, err := evidence.Sign(context.Background(), evidencetest.Passed(), read)
		if err != nil {
			t.Fatal(err)
		}
		if _, r, err := evidence.Verify(signed, []evidence.PublicKey{public}, evidence.Options{}); err != nil || r.Status != evidence.StatusValid {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	for _, there := range []string{"", keys.PublicSuffix} {
		file := filepath.Join(t.TempDir(), "k")
		if err := os.WriteFile(file+there, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.New(file, evidence.Ed25519); !errors.Is(err, keys.ErrExists) {
			t.Errorf("%q: %v", there, err)
		}
		left, err := os.ReadDir(filepath.Dir(file))
		text, _ := os.ReadFile(file + there)
		if err != nil || len(left) != 1 || string(text) != "mine" {
			t.Errorf("%q: %v, %s, %v", there, left, text, err)
		}
	}
}

func TestAPrivateKeyThatOthersMayReadIsRefused(t *testing.T) {
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o644, 0o610} {
		file := filepath.Join(t.TempDir(), "k")
		if _, err := keys.New(file, evidence.Ed25519); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		var open *keys.OpenToOthersError
		if _, err := keys.Open(file); !errors.As(err, &open) {
			t.Errorf("%v: %v", mode, err)
		}
	}
}

func TestWhatIsNoKeySaysWhy(t *testing.T) {
	for text, want := range map[string]string{
		"":      "no PEM",
		"hello": "no PEM",
		"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n":                       "cannot sign",
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n": "encrypted",
		"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n":     "PKCS#8",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n":                     "no PKCS#8",
	} {
		file := filepath.Join(t.TempDir(), "k")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.Open(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestKMSSigns(t *testing.T) {
	sim := simtest.Start(t, awssim.Options{})
	client := kms.NewFromConfig(sim.Config())
	ctx := context.Background()
	made, err := client.CreateKey(ctx, &kms.CreateKeyInput{KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify})
	if err != nil {
		t.Fatal(err)
	}
	scope := openScope(t, sim.URL)
	for range 8 { // KMS gives both forms of ECDSA signatures
		k, err := keys.OpenKMS(ctx, scope, *made.KeyMetadata.Arn)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := evidence.Sign(ctx, evidencetest.Passed(), k)
		if err != nil {
			t.Fatal(err)
		}
		if _, r, err := evidence.Verify(signed, []evidence.PublicKey{k.Public()}, evidence.Options{}); err != nil || r.Status != evidence.StatusValid {
			t.Errorf("%+v, %v", r, err)
		}
	}
	symmetric, err := client.CreateKey(ctx, &kms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	var call *awsapi.CallError
	if _, err := keys.OpenKMS(ctx, scope, *symmetric.KeyMetadata.Arn); !errors.As(err, &call) || call.Code != "UnsupportedOperationException" {
		t.Errorf("symmetric key: %v", err)
	}
}

func TestKeyRegion(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:kms:eu-west-1:111122223333:key/1234":    "eu-west-1",
		"arn:aws:kms:eu-west-1:111122223333:alias/drill": "eu-west-1",
		"arn:aws:kms:eu-west-1:1111:key/1234":            "",
		"arn:aws:s3:eu-west-1:111122223333:key/1234":     "",
		"alias/drill": "",
		"":            "",
	} {
		if got := keys.KeyRegion(arn); got != want {
			t.Errorf("%s: %q", arn, got)
		}
	}
}

func openScope(t *testing.T, url string) *awsapi.Scope {
	t.Helper()
	session, err := awsapi.Open(context.Background(), awsapi.Options{EndpointURL: url, Regions: []string{simtest.Region}, Rates: awsapi.RatesOff, SimulatedAccount: simtest.Account})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	return session.Accounts()[0].Scope(simtest.Region)
}
