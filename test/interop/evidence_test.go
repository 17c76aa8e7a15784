package interop

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim/simtest"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/drill/evidence/evidencetest"
	"github.com/restorable/restorable/internal/drill/evidence/keys"
)

// signedBy writes evidence of the sample drill and the public key, as files.
func signedBy(t *testing.T, signer evidence.Signer) (file, public string) {
	t.Helper()
	raw, err := evidence.Sign(context.Background(), evidencetest.Passed(), signer)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file, public = filepath.Join(dir, "orders.json"), filepath.Join(dir, "key.pub")
	for name, text := range map[string][]byte{file: raw, public: signer.Public().PEM()} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file, public
}

func newKey(t *testing.T, algorithm string) evidence.Signer {
	t.Helper()
	k, err := keys.New(filepath.Join(t.TempDir(), "key"), algorithm)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// kmsKey is a key of a KMS that signs.
func kmsKey(t *testing.T, endpoint string) evidence.Signer {
	t.Helper()
	ctx := context.Background()
	client := kms.New(kms.Options{Region: simtest.Region, BaseEndpoint: awssdk.String(endpoint), Credentials: credentials.NewStaticCredentialsProvider(simtest.Account, "any", "")})
	made, err := client.CreateKey(ctx, &kms.CreateKeyInput{KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify})
	if err != nil {
		t.Fatal(err)
	}
	session, err := awsapi.Open(ctx, awsapi.Options{EndpointURL: endpoint, Regions: []string{simtest.Region}, Rates: awsapi.RatesOff, SimulatedAccount: simtest.Account})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	k, err := keys.OpenKMS(ctx, session.Accounts()[0].Scope(simtest.Region), *made.KeyMetadata.Arn)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestPythonVerifiesEvidence: a verifier written after the specifications alone takes what the program signed, and nothing else.
func TestPythonVerifiesEvidence(t *testing.T) {
	schema, err := filepath.Abs("../../docs/schemas/drill-v1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	verify := func(file, public string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), python(t), "py/evidence_verify.py", file, public, schema)
		cmd.Env = environment(t)
		return cmd
	}
	for name, signer := range map[string]evidence.Signer{
		"ed25519": newKey(t, evidence.Ed25519), "ECDSA": newKey(t, evidence.ECDSAP256),
		"simulated KMS": kmsKey(t, startSim(t).URL), // moto's digests the digest once more
	} {
		file, public := signedBy(t, signer)
		var said struct{ Verdict, Source, Key string }
		if err := json.Unmarshal(output(t, verify(file, public)), &said); err != nil {
			t.Fatal(err)
		}
		if said.Verdict != "passed" || said.Source != evidencetest.Passed().Source.ARN || said.Key != signer.Public().ID {
			t.Errorf("%s: %+v", name, said)
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		raw[len(raw)/2] ^= 1
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := verify(file, public).CombinedOutput(); err == nil || !strings.Contains(string(out), "InvalidSignature") {
			t.Errorf("%s: a changed file: %v\n%s", name, err, clip(out))
		}
	}
}

// TestOpenSSLVerifiesEvidence: the least that an auditor has at hand.
func TestOpenSSLVerifiesEvidence(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl on this machine")
	}
	file, public := signedBy(t, newKey(t, evidence.ECDSAP256))
	e, payload := opened(t, file)
	sig, err := base64.StdEncoding.DecodeString(e.Signatures[0].Sig)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string][]byte{"sig": sig, "message": dsse.PAE(e.PayloadType, payload)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := output(t, exec.CommandContext(t.Context(), openssl, "dgst", "-sha256", "-verify", public, "-signature", filepath.Join(dir, "sig"), filepath.Join(dir, "message")))
	if !strings.Contains(string(out), "Verified OK") {
		t.Errorf("%s", out)
	}
}

// TestInTotoReadsEvidence: in-toto's own library takes the statement, DSSE's own the envelope.
func TestInTotoReadsEvidence(t *testing.T) {
	signer := newKey(t, evidence.Ed25519)
	file, _ := signedBy(t, signer)
	_, payload := opened(t, file)
	var s intoto.Statement
	if err := protojson.Unmarshal(payload, &s); err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
	if s.PredicateType != evidence.PredicateType || s.Predicate.Fields["verdict"].GetStringValue() != "passed" {
		t.Errorf("%v", &s)
	}
}

func opened(t *testing.T, file string) (*dsse.Envelope, []byte) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var e dsse.Envelope
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Fatal(err)
	}
	payload, err := e.DecodeB64Payload()
	if err != nil {
		t.Fatal(err)
	}
	return &e, payload
}
