package evidence_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/drill/evidence/evidencetest"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// signer is a key in memory, apart from package keys.
type signer struct {
	key    crypto.Signer
	public evidence.PublicKey
}

func (s signer) Public() evidence.PublicKey { return s.public }

func (s signer) Sign(_ context.Context, message []byte) ([]byte, error) {
	if s.public.Algorithm == evidence.Ed25519 {
		return s.key.Sign(rand.Reader, message, crypto.Hash(0))
	}
	sum := sha256.Sum256(message)
	return s.key.Sign(rand.Reader, sum[:], crypto.SHA256)
}

func newSigner(t testing.TB, algorithm string) signer {
	t.Helper()
	var key crypto.Signer
	var err error
	if algorithm == evidence.Ed25519 {
		_, key, err = ed25519.GenerateKey(rand.Reader)
	} else {
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	public, err := evidence.NewPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return signer{key, public}
}

func algorithms() []string { return []string{evidence.Ed25519, evidence.ECDSAP256} }

func sign(t testing.TB, d *evidence.Drill, signers ...evidence.Signer) []byte {
	t.Helper()
	file, err := evidence.Sign(context.Background(), d, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func verify(t testing.TB, file []byte, keys ...evidence.PublicKey) (*evidence.Drill, evidence.Report) {
	t.Helper()
	d, r, err := evidence.Verify(file, keys, evidence.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d, r
}

func TestWhatIsSignedComesBackWhole(t *testing.T) {
	for _, algorithm := range algorithms() {
		for _, drill := range []*evidence.Drill{evidencetest.Passed(), evidencetest.Failed()} {
			s := newSigner(t, algorithm)
			d, r := verify(t, sign(t, drill, s), newSigner(t, algorithm).public, s.public)
			if r.Status != evidence.StatusValid || len(r.SignedBy) != 1 || r.SignedBy[0].KeyID != s.public.ID {
				t.Fatalf("%s: %+v", algorithm, r)
			}
			want := *drill
			want.Times.ActiveSeconds, want.Times.CompleteSeconds, want.Times.VerifiedSeconds = 710, 715, 770
			if diff := cmp.Diff(&want, d); diff != "" {
				t.Error(diff)
			}
		}
	}
}

// Every byte of the file: each of its bits flipped, replaced by and preceded by what base64 and JSON may overlook, left out, and cut off at.
func TestAnyByteChangedIsCaught(t *testing.T) {
	for _, algorithm := range algorithms() {
		s, drill := newSigner(t, algorithm), evidencetest.Passed()
		if algorithm == evidence.ECDSAP256 {
			drill = brokenOff() // a shorter one: the signature is what differs
		}
		file := sign(t, drill, s)
		keys := []evidence.PublicKey{s.public}
		caught := func(changed []byte, i int, how string) {
			d, r, err := evidence.Verify(changed, keys, evidence.Options{})
			if err != nil || d != nil || r.Status != evidence.StatusInvalid || r.Reason == "" {
				t.Fatalf("%s: byte %d %s: %v %+v", algorithm, i, how, err, r)
			}
		}
		for i := range file {
			for bit := range 8 {
				if bit != i%8 && bit != 0 && i > 100 && i < len(file)-200 {
					continue // verifying takes its time: all bits of the envelope, two of each byte of what is in it
				}
				changed := bytes.Clone(file)
				changed[i] ^= 1 << bit
				caught(changed, i, "flipped")
			}
			for _, other := range []byte("\n =_") {
				if other != file[i] {
					changed := bytes.Clone(file)
					changed[i] = other
					caught(changed, i, "replaced")
				}
				caught(append(append(bytes.Clone(file[:i]), other), file[i:]...), i, "put before")
			}
			caught(append(bytes.Clone(file[:i]), file[i+1:]...), i, "left out")
			caught(bytes.Clone(file[:i]), i, "and all after it left out")
		}
		caught(append(bytes.Clone(file), '\n'), len(file), "added")
		caught(append(bytes.Clone(file), file...), len(file), "doubled")
	}
}

func TestOtherSpellingsOfTheSameAreCaught(t *testing.T) {
	s := newSigner(t, evidence.ECDSAP256)
	file := sign(t, evidencetest.Passed(), s)
	var e dsse.Envelope
	if err := json.Unmarshal(file, &e); err != nil {
		t.Fatal(err)
	}
	indented, _ := json.MarshalIndent(e, "", "  ")
	text := string(file)
	for name, other := range map[string]string{
		"indented":           string(indented),
		"no newline":         strings.TrimSuffix(text, "\n"),
		"unknown member":     strings.Replace(text, `{"payloadType"`, `{"x":1,"payloadType"`, 1),
		"duplicate member":   strings.Replace(text, `{"payloadType"`, `{"payload":"","payloadType"`, 1),
		"another case":       strings.Replace(text, `"payloadType"`, `"payloadtype"`, 1),
		"escaped":            strings.Replace(text, `"payloadType"`, `"\u0070ayloadType"`, 1),
		"escaped value":      strings.Replace(text, `application/`, `application\/`, 1),
		"a line break in it": strings.Replace(text, e.Payload[:8], e.Payload[:4]+`\n`+e.Payload[4:8], 1),
		"in the signature":   strings.Replace(text, e.Signatures[0].Sig, e.Signatures[0].Sig[:4]+`\r`+e.Signatures[0].Sig[4:], 1),
		"no signatures":      text[:strings.Index(text, `"signatures"`)] + `"signatures":[]}` + "\n",
		"null signatures":    text[:strings.Index(text, `"signatures"`)] + `"signatures":null}` + "\n",
		"the mirrored s":     strings.Replace(text, e.Signatures[0].Sig, mirrored(t, e.Signatures[0].Sig), 1),
		"a second signature": strings.Replace(text, `}]}`, `},{"keyid":"00","sig":"AAAA"}]}`, 1),
		"signed twice":       strings.Replace(text, `}]}`, `},{"keyid":"`+e.Signatures[0].KeyID+`","sig":"`+e.Signatures[0].Sig+`"}]}`, 1),
		"empty":              "",
		"null":               "null\n",
		"a list":             "[]\n",
	} {
		if other == text {
			t.Fatalf("%s: nothing was changed", name)
		}
		if d, r := verify(t, []byte(other), s.public); d != nil || r.Status != evidence.StatusInvalid {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// mirrored is the other signature that ECDSA takes for the same message.
func mirrored(t *testing.T, sig string) string {
	raw, err := base64.StdEncoding.DecodeString(sig)
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	v.S.Sub(elliptic.P256().Params().N, v.S)
	if raw, err = asn1.Marshal(v); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// What a holder of the key might sign by another program is held to the same form.
func TestASignatureDoesNotMakeNonsenseEvidence(t *testing.T) {
	s := newSigner(t, evidence.Ed25519)
	good := payloadOf(t, sign(t, evidencetest.Passed(), s))
	for name, c := range map[string]struct{ old, new, why string }{
		"another statement type": {`in-toto.io/Statement/v1`, `in-toto.io/Statement/v0.1`, "its type is"},
		"another predicate":      {`restorable.dev/drill/v1`, `restorable.dev/drill/v2`, "it is about"},
		"unknown member":         {`"verdict":"passed"`, `"verdict":"passed","extra":1`, "none of this version"},
		"white space":            {`"predicate":{`, `"predicate": {`, "reformatted"},
		"another verdict":        {`"verdict":"passed"`, `"verdict":"fine"`, "schema"},
		"missing calls":          {`"calls":[`, `"calls":null,"x":[`, "none of this version"},
		"negative count":         {`"same":1203`, `"same":-1`, "schema"},
		"contradiction":          {`"unexplained":0`, `"unexplained":1`, "do not make"},
		"broken invariant":       {`"verdict":"holds"`, `"verdict":"broken"`, "invariant"},
		"time runs backwards":    {`"active":"2026-11-20T09:12:00Z"`, `"active":"2026-11-20T08:12:00Z"`, "comes before"},
		"another duration":       {`"active_seconds":710`, `"active_seconds":7`, "durations"},
		"another fingerprint":    {`"total":"5e5e`, `"total":"5f5e`, "subject"},
		"another subject":        {`"subject":[{"name":"arn:aws:dynamodb:eu-west-1:1`, `"subject":[{"name":"arn:aws:dynamodb:eu-west-1:2`, "subject"},
	} {
		changed := strings.Replace(string(good), c.old, c.new, 1)
		if changed == string(good) {
			t.Fatalf("%s: nothing was changed", name)
		}
		d, r := verify(t, envelope(t, []byte(changed), s), s.public)
		if d != nil || r.Status != evidence.StatusInvalid || !strings.Contains(r.Reason, c.why) {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if _, r := verify(t, envelope(t, good, s), s.public); r.Status != evidence.StatusValid {
		t.Errorf("the unchanged one: %+v", r)
	}
	if _, r := verify(t, envelopeOf(t, "application/json", good, s), s.public); r.Status != evidence.StatusInvalid {
		t.Errorf("the unchanged one, signed as something else: %+v", r)
	}
}

func payloadOf(t *testing.T, file []byte) []byte {
	t.Helper()
	var e dsse.Envelope
	if err := json.Unmarshal(file, &e); err != nil {
		t.Fatal(err)
	}
	payload, err := e.DecodeB64Payload()
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

func envelope(t *testing.T, payload []byte, s signer) []byte {
	t.Helper()
	return envelopeOf(t, evidence.PayloadType, payload, s)
}

func envelopeOf(t *testing.T, kind string, payload []byte, s signer) []byte {
	t.Helper()
	sig, err := s.Sign(context.Background(), dsse.PAE(kind, payload))
	if err != nil {
		t.Fatal(err)
	}
	file, err := json.Marshal(dsse.Envelope{PayloadType: kind, Payload: base64.StdEncoding.EncodeToString(payload),
		Signatures: []dsse.Signature{{KeyID: s.public.ID, Sig: base64.StdEncoding.EncodeToString(sig)}}})
	if err != nil {
		t.Fatal(err)
	}
	return append(file, '\n')
}

func TestOnlyTheKeysGivenCount(t *testing.T) {
	a, b, c := newSigner(t, evidence.Ed25519), newSigner(t, evidence.ECDSAP256), newSigner(t, evidence.Ed25519)
	file := sign(t, evidencetest.Passed(), a)
	if d, r := verify(t, file, b.public, c.public); d != nil || r.Status != evidence.StatusInvalid || !cmp.Equal(r.Claims, []string{a.public.ID}) {
		t.Errorf("other keys: %+v", r)
	}
	_, r, err := evidence.Verify(file, nil, evidence.Options{})
	if !errors.Is(err, evidence.ErrNoKeys) || !cmp.Equal(r.Claims, []string{a.public.ID}) {
		t.Errorf("no keys: %+v, %v", r, err)
	}
	both := sign(t, evidencetest.Passed(), a, b)
	if _, r := verify(t, both, b.public, a.public); r.Status != evidence.StatusValid || len(r.SignedBy) != 2 {
		t.Errorf("two signatures: %+v", r)
	}
	if _, r := verify(t, both, a.public); r.Status != evidence.StatusInvalid {
		t.Errorf("two signatures, one key: %+v", r)
	}
	if _, err := evidence.Sign(context.Background(), evidencetest.Passed()); err == nil {
		t.Error("signed by nobody")
	}
}

func TestUnsignedEvidenceIsCalledSo(t *testing.T) {
	s := newSigner(t, evidence.Ed25519)
	file, err := evidence.Unsigned(evidencetest.Passed())
	if err != nil {
		t.Fatal(err)
	}
	for _, keys := range [][]evidence.PublicKey{nil, {s.public}} {
		if d, r := verify(t, file, keys...); d == nil || r.Status != evidence.StatusUnsigned {
			t.Errorf("%+v", r)
		}
	}
	changed := bytes.Replace(file, []byte(`"verdict": "passed"`), []byte(`"verdict":  "passed"`), 1)
	if d, r := verify(t, changed); d != nil || r.Status != evidence.StatusInvalid {
		t.Errorf("changed: %+v", r)
	}
}

func TestAgeIsJudgedByThisMachinesClock(t *testing.T) {
	s := newSigner(t, evidence.Ed25519)
	file := sign(t, evidencetest.Passed(), s)
	finished := evidencetest.Passed().Times.Finished.Time()
	for _, c := range []struct {
		now  time.Time
		max  time.Duration
		want evidence.Status
	}{
		{finished.Add(24 * time.Hour), 0, evidence.StatusValid},
		{finished.Add(-24 * time.Hour), 0, evidence.StatusValid},
		{finished.Add(24 * time.Hour), 24 * time.Hour, evidence.StatusValid},
		{finished.Add(24*time.Hour + time.Second), 24 * time.Hour, evidence.StatusStale},
		{finished.Add(-time.Minute), time.Hour, evidence.StatusValid},
		{finished.Add(-time.Hour), time.Hour, evidence.StatusStale},
	} {
		d, r, err := evidence.Verify(file, []evidence.PublicKey{s.public}, evidence.Options{MaxAge: c.max, Now: c.now})
		if err != nil || d == nil || r.Status != c.want || r.Age != c.now.Sub(finished) {
			t.Errorf("%v, at most %v: %+v, %v", c.now, c.max, r, err)
		}
	}
}

func TestADrillThatContradictsItselfIsNotWritten(t *testing.T) {
	for name, spoil := range map[string]func(*evidence.Drill){
		"no caller":                func(d *evidence.Drill) { d.Caller.ARN = "" },
		"its own source":           func(d *evidence.Drill) { d.Restored.ARN = d.Source.ARN },
		"never ended":              func(d *evidence.Drill) { d.Times.Finished = 0 },
		"passed without items":     func(d *evidence.Drill) { d.Items = nil },
		"passed, setting differs":  func(d *evidence.Drill) { d.Settings[0].Outcome = evidence.Differs },
		"passed, setting unknown":  func(d *evidence.Drill) { d.Settings[0].Outcome = evidence.NotKnown },
		"passed, invariant broken": func(d *evidence.Drill) { d.Invariants[0].Verdict = evidence.Broken },
		"passed, never verified":   func(d *evidence.Drill) { d.Times.Verified = 0 },
		"failed without reason":    func(d *evidence.Drill) { d.Verdict, d.Reasons = evidence.Failed, nil },
		"no fingerprint":           func(d *evidence.Drill) { d.Items.Restored.Total = "" },
		"two keys":                 func(d *evidence.Drill) { d.Items.Source.HashKey = strings.Repeat("00", 32) },
		"method without a source":  func(d *evidence.Drill) { d.Items.Source = nil },
		"drifted too far": func(d *evidence.Drill) {
			d.Items.Verdict, d.Items.DriftShare, d.Items.MaxDrift = evidence.ItemsWithinDrift, 0.2, 0.1
		},
	} {
		d := evidencetest.Passed()
		spoil(d)
		if _, err := evidence.Unsigned(d); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

// A drill that broke off early has evidence too, and text that is not UTF-8 does no harm.
func TestAnEarlyEndIsEvidence(t *testing.T) {
	s := newSigner(t, evidence.Ed25519)
	back, r := verify(t, sign(t, brokenOff(), s), s.public)
	if r.Status != evidence.StatusValid || back.Reasons[0] != "AWS refused the restore: \ufffd\u2028<script>" {
		t.Errorf("%+v: %+v", back, r)
	}
}

func brokenOff() *evidence.Drill {
	full := evidencetest.Passed()
	return &evidence.Drill{ID: full.ID, Tool: full.Tool, Caller: full.Caller, Source: full.Source, Point: full.Point,
		Restored: evidence.Restored{Table: evidence.Table{ARN: full.Restored.ARN}, Route: evidence.RouteNativePITR},
		Times:    evidence.Times{Started: full.Times.Started, Finished: full.Times.Finished}, Cleanup: evidence.Cleanup{Outcome: evidence.NotNeeded},
		Verdict: evidence.Failed, Reasons: []string{"AWS refused the restore: \xff\u2028<script>"}}
}

func TestSchemasArePublished(t *testing.T) {
	for file, schema := range map[string]func() ([]byte, error){"drill-v1": evidence.Schema, "verification-v1": evidence.VerificationSchema} {
		made, err := schema()
		if err != nil {
			t.Fatal(err)
		}
		published, err := os.ReadFile("../../../docs/schemas/" + file + ".schema.json")
		if err != nil || !bytes.Equal(made, published) {
			t.Errorf("docs/schemas/%s.schema.json is not what the types say: go run ./tools/generate (%v)", file, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	s := newSigner(f, evidence.Ed25519)
	file := sign(f, evidencetest.Passed(), s)
	unsigned, err := evidence.Unsigned(evidencetest.Failed())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add(unsigned)
	f.Add([]byte(`{"payloadType":"application/vnd.in-toto+json","payload":"","signatures":[{"keyid":"","sig":""}]}` + "\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, r, err := evidence.Verify(raw, []evidence.PublicKey{s.public}, evidence.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Status == evidence.StatusValid && !bytes.Equal(raw, file) {
			t.Fatal("another file verifies")
		}
		if (d != nil) != (r.Status == evidence.StatusValid || r.Status == evidence.StatusUnsigned) {
			t.Fatalf("%+v with a drill: %v", r, d != nil)
		}
	})
}

func FuzzParsePublicKey(f *testing.F) {
	f.Add(newSigner(f, evidence.Ed25519).public.PEM())
	f.Add(newSigner(f, evidence.ECDSAP256).public.PEM())
	f.Fuzz(func(t *testing.T, raw []byte) {
		k, err := evidence.ParsePublicKey(raw)
		if err != nil {
			return
		}
		if again, err := evidence.ParsePublicKey(k.PEM()); err != nil || again.ID != k.ID {
			t.Fatalf("%v, %v", again, err)
		}
	})
}
