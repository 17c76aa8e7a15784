package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/restorable/restorable/internal/estate"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// PayloadType is DSSE's name for an in-toto statement in JSON.
// https://github.com/in-toto/attestation/blob/main/spec/v1/envelope.md
const PayloadType = "application/vnd.in-toto+json"

// Statement is an in-toto statement, version 1, about one restored table.
// https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
type Statement struct {
	Type          string    `json:"_type"`
	Subject       []Subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     Drill     `json:"predicate"`
}

// Subject is what a statement is about: the restored table, by ARN, and a digest of which incarnation it was and what was in it.
type Subject struct {
	Name   string `json:"name"`
	Digest Digest `json:"digest"`
}

// Digest is an in-toto digest set with one member.
type Digest struct {
	SHA256 string `json:"sha256"`
}

// SubjectDigest is SHA-256, in hex, over these lines, each ended by a newline: "restorable drill v1", ARN and id of the restored
// table, and of its fingerprint the algorithm, key, count, total, number of buckets and digest of the buckets. Where the drill
// ended before items were compared, the lines of the fingerprint are left out. Anybody can compute it from the predicate.
func (d *Drill) SubjectDigest() string {
	lines := []string{"restorable drill v1", d.Restored.ARN, d.Restored.TableID}
	if d.Items != nil {
		f := d.Items.Restored
		lines = append(lines, f.Algorithm, f.HashKey, fmt.Sprint(f.Count), f.Total, fmt.Sprint(f.Buckets), f.BucketsSHA256)
	}
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n") + "\n"))
	return hex.EncodeToString(sum[:])
}

// settle fills in what is derived from the rest, so that a drill has one written form.
func (d *Drill) settle() {
	since := func(end estate.Instant) float64 {
		if d.Times.Requested == 0 || end == 0 {
			return 0
		}
		return end.Sub(d.Times.Requested).Seconds()
	}
	d.Times.ActiveSeconds = since(d.Times.Active)
	d.Times.CompleteSeconds = since(d.Times.Completed)
	d.Times.VerifiedSeconds = since(d.Times.Verified)
	d.Settings = orEmpty(d.Settings)
	d.Invariants = orEmpty(d.Invariants)
	d.Calls = orEmpty(d.Calls)
	d.Reasons = orEmpty(d.Reasons)
	d.Assumptions = orEmpty(d.Assumptions)
	if d.Items != nil {
		items := *d.Items
		items.Differences = orEmpty(items.Differences)
		d.Items = &items
	}
}

// settled is the drill as whoever reads it will have it: what JSON cannot carry, such as text that is not UTF-8, is replaced before it is signed.
func (d *Drill) settled() (*Drill, error) {
	own, read := *d, Drill{}
	own.settle()
	raw, err := encode(own, "")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &read); err != nil {
		return nil, fmt.Errorf("write evidence: %w", err)
	}
	return &read, nil
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// stated makes the statement of a drill that is consistent in itself.
func stated(d *Drill) (*Statement, error) {
	own, err := d.settled()
	if err != nil {
		return nil, err
	}
	if err := own.Check(); err != nil {
		return nil, err
	}
	return &Statement{Type: intoto.StatementTypeUri, PredicateType: PredicateType, Predicate: *own,
		Subject: []Subject{{Name: own.Restored.ARN, Digest: Digest{own.SubjectDigest()}}}}, nil
}

// compact is the form that is signed: JSON without white space, members in the order of the types.
func (s *Statement) compact() ([]byte, error) {
	raw, err := encode(s, "")
	return bytes.TrimSuffix(raw, []byte("\n")), err
}

func encode(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("write evidence: %w", err)
	}
	return b.Bytes(), nil
}

// Unsigned is the evidence of a drill for which there is no key: the bare statement, indented. Verify calls it unsigned.
func Unsigned(d *Drill) ([]byte, error) {
	s, err := stated(d)
	if err != nil {
		return nil, err
	}
	file, err := encode(s, "  ")
	if err != nil {
		return nil, err
	}
	if _, r, err := Verify(file, nil, Options{}); err != nil || r.Status != StatusUnsigned {
		return nil, fmt.Errorf("write evidence: %s", r.Reason)
	}
	return file, nil
}

// Signer signs messages. Sign is given the whole message, whatever its length; of ECDSA it returns ASN.1.
type Signer interface {
	Sign(ctx context.Context, message []byte) ([]byte, error)
	Public() PublicKey
}

// Sign makes the evidence file: the statement in a DSSE envelope, one signature per signer. What was signed is verified before it is
// returned, so that no evidence is kept that nobody could verify.
func Sign(ctx context.Context, d *Drill, signers ...Signer) ([]byte, error) {
	s, err := stated(d)
	if err != nil {
		return nil, err
	}
	payload, err := s.compact()
	if err != nil {
		return nil, err
	}
	var each []dsse.Signer
	var keys []PublicKey
	for _, signer := range signers {
		each, keys = append(each, adapter{signer}), append(keys, signer.Public())
	}
	es, err := dsse.NewEnvelopeSigner(each...)
	if err != nil {
		return nil, fmt.Errorf("sign evidence: %w", err)
	}
	e, err := es.SignPayload(ctx, PayloadType, payload)
	if err != nil {
		return nil, fmt.Errorf("sign evidence: %w", err)
	}
	file, err := encode(e, "")
	if err != nil {
		return nil, err
	}
	if _, r, err := Verify(file, keys, Options{}); err != nil || r.Status != StatusValid {
		return nil, fmt.Errorf("sign evidence: the signature does not verify: %s", r.Reason)
	}
	return file, nil
}

// adapter is a Signer as DSSE's package wants it.
type adapter struct{ Signer }

// KeyID returns the id of the public key.
func (a adapter) KeyID() (string, error) { return a.Public().ID, nil }

// Sign brings ECDSA signatures into the one form that Verify takes.
func (a adapter) Sign(ctx context.Context, message []byte) ([]byte, error) {
	sig, err := a.Signer.Sign(ctx, message)
	if err != nil {
		return nil, err
	}
	return a.Public().normalise(sig)
}

// strictly decodes one JSON value that has no unknown members and is followed by nothing.
func strictly(raw []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows it")
	}
	return nil
}

// loosely reads only what v asks for.
func loosely(raw []byte, v any) error { return json.Unmarshal(raw, v) }
