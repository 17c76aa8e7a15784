package evidence

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/restorable/restorable/internal/estate"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// SizeLimit keeps a file that is no evidence from being read whole: one with 10,000 named differences takes about 3 MB.
const SizeLimit = 64 << 20

// Options are how strictly evidence is taken.
type Options struct {
	MaxAge time.Duration // 0: age is told, and judges nothing
	Now    time.Time     // this machine's time: there is nobody else to ask offline
}

// Status is what the file is worth. The verdict of the drill that it speaks of is another matter.
type Status string

// The statuses.
const (
	StatusValid    Status = "valid"
	StatusUnsigned Status = "unsigned" // well formed, and nobody vouches for it
	StatusStale    Status = "stale"    // valid, and older than allowed
	StatusInvalid  Status = "invalid"
)

// Enum lists the values.
func (Status) Enum() []string {
	return []string{string(StatusValid), string(StatusUnsigned), string(StatusStale), string(StatusInvalid)}
}

// The steps of a verification, in order: a step that fails leaves those after it undone.
const (
	StepEnvelope  = "envelope"
	StepSignature = "signature"
	StepStatement = "statement"
	StepSchema    = "schema"
	StepContent   = "content"
	StepFreshness = "freshness"
)

// Step is one thing that was checked.
type Step struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// SignedBy is a key whose signature was verified.
type SignedBy struct {
	KeyID     string `json:"key_id"`
	Algorithm string `json:"algorithm"`
}

// Report is what verification found.
type Report struct {
	Status   Status         `json:"status"`
	Reason   string         `json:"reason,omitempty"` // of another status than valid
	SignedBy []SignedBy     `json:"signed_by"`
	Claims   []string       `json:"claims,omitempty"` // key ids that the file names and that were not given
	Steps    []Step         `json:"steps"`
	Finished estate.Instant `json:"finished,omitempty"` // of the drill
	Age      time.Duration  `json:"-"`                  // by this machine's clock; negative: in its future
}

// Good reports whether the file is valid and its drill, which Verify returned with the report, passed.
func (r Report) Good(d *Drill) bool {
	return d != nil && r.Status == StatusValid && d.Verdict == Passed
}

func (r *Report) pass(step, detail string) {
	r.Steps = append(r.Steps, Step{Name: step, OK: true, Detail: detail})
}

func (r *Report) refuse(step string, err error) {
	r.Steps = append(r.Steps, Step{Name: step, Detail: err.Error()})
	r.Status, r.Reason = StatusInvalid, step+": "+err.Error()
}

// ErrNoKeys says that the file is signed, and no public key was given to verify it with.
var ErrNoKeys = errors.New("verify evidence: it is signed, and no public key was given")

// Verify judges an evidence file with nothing but its bytes and public keys. A file has one form only: any byte that is changed, added or
// left out makes it invalid. Every signature in it must be by one of the keys. The drill is nil when nothing in the file can be relied on;
// of an unsigned file it is what somebody wrote. The only error is ErrNoKeys.
func Verify(file []byte, keys []PublicKey, o Options) (*Drill, Report, error) {
	r := Report{SignedBy: []SignedBy{}}
	payload, signed, err := r.open(file, keys)
	if err != nil {
		if errors.Is(err, ErrNoKeys) {
			return nil, r, err
		}
		return nil, r, nil
	}
	d := r.read(payload, signed)
	if d == nil {
		return nil, r, nil
	}
	r.age(d, o)
	return d, r, nil
}

// open finds the statement in the file; an error has been noted in the report.
func (r *Report) open(file []byte, keys []PublicKey) (payload []byte, signed bool, err error) {
	if len(file) > SizeLimit {
		err = errors.New("it is larger than any evidence")
		r.refuse(StepEnvelope, err)
		return nil, false, err
	}
	if bytes.HasPrefix(file, []byte("{\n  \"_type\"")) {
		r.Steps = append(r.Steps, Step{Name: StepSignature, Detail: "there is none"})
		r.Status, r.Reason = StatusUnsigned, "nobody signed it: whoever had the file may have changed it"
		return file, false, nil
	}
	e, payload, sigs, err := openEnvelope(file)
	if err != nil {
		r.refuse(StepEnvelope, err)
		return nil, true, err
	}
	r.pass(StepEnvelope, "a DSSE envelope with an in-toto statement")
	if len(keys) == 0 {
		for _, s := range e.Signatures {
			r.Claims = append(r.Claims, s.KeyID)
		}
		r.Status, r.Reason = StatusInvalid, "no public key was given"
		return nil, true, ErrNoKeys
	}
	if err := r.signatures(e, dsse.PAE(e.PayloadType, payload), sigs, keys); err != nil {
		r.refuse(StepSignature, err)
		return nil, true, err
	}
	return payload, true, nil
}

// openEnvelope takes an envelope in the one form that Sign writes.
func openEnvelope(file []byte) (*dsse.Envelope, []byte, [][]byte, error) {
	var e dsse.Envelope
	if err := strictly(file, &e); err != nil {
		return nil, nil, nil, fmt.Errorf("it is no DSSE envelope: %w", err)
	}
	if again, err := encode(e, ""); err != nil || !bytes.Equal(again, file) {
		return nil, nil, nil, errors.New("it is not written as evidence is: it was reformatted or changed")
	}
	if e.PayloadType != PayloadType {
		return nil, nil, nil, fmt.Errorf("its payload is %q: want %s", e.PayloadType, PayloadType)
	}
	payload, err := canonicalBase64(e.Payload)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("payload: %w", err)
	}
	if len(e.Signatures) == 0 {
		return nil, nil, nil, errors.New("it has no signatures")
	}
	var sigs [][]byte
	for _, s := range e.Signatures {
		sig, err := canonicalBase64(s.Sig)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("signature: %w", err)
		}
		sigs = append(sigs, sig)
	}
	return &e, payload, sigs, nil
}

// canonicalBase64 refuses line breaks, URL-safe letters and padding bits that mean nothing.
func canonicalBase64(text string) ([]byte, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errors.New("it is not base64")
	}
	if base64.StdEncoding.EncodeToString(raw) != text {
		return nil, errors.New("it is not written as base64 is")
	}
	return raw, nil
}

// signatures demands that every signature is by a key that was given: one that nobody can check could be changed unseen.
func (r *Report) signatures(e *dsse.Envelope, message []byte, sigs [][]byte, keys []PublicKey) error {
	seen := map[string]bool{}
	for i, s := range e.Signatures {
		if seen[s.KeyID] {
			return fmt.Errorf("key %s signed twice", s.KeyID)
		}
		seen[s.KeyID] = true
		key, ok := findKey(keys, s.KeyID)
		if !ok {
			r.Claims = append(r.Claims, s.KeyID)
			return fmt.Errorf("it says that key %s signed it, which is none of those given", s.KeyID)
		}
		if err := key.verify(message, sigs[i]); err != nil {
			return fmt.Errorf("key %s: %w", key.ID, err)
		}
		r.SignedBy = append(r.SignedBy, SignedBy{key.ID, key.Algorithm})
		r.pass(StepSignature, "by "+key.Algorithm+" key "+key.ID)
	}
	return nil
}

func findKey(keys []PublicKey, id string) (PublicKey, bool) {
	for _, k := range keys {
		if k.ID == id {
			return k, true
		}
	}
	return PublicKey{}, false
}

// read takes the statement apart; nil: it was refused.
func (r *Report) read(payload []byte, signed bool) *Drill {
	var s Statement
	if err := readStatement(payload, signed, &s); err != nil {
		r.refuse(StepStatement, err)
		return nil
	}
	r.pass(StepStatement, "in-toto, version 1, about "+s.Subject[0].Name)
	predicate, err := encode(s.Predicate, "")
	if err == nil {
		err = conforms(predicate)
	}
	if err != nil {
		r.refuse(StepSchema, err)
		return nil
	}
	r.pass(StepSchema, PredicateType)
	if err := s.Predicate.Check(); err != nil {
		r.refuse(StepContent, err)
		return nil
	}
	if s.Subject[0].Name != s.Predicate.Restored.ARN || s.Subject[0].Digest.SHA256 != s.Predicate.SubjectDigest() {
		r.refuse(StepContent, errors.New("the subject does not fit the predicate"))
		return nil
	}
	r.pass(StepContent, "nothing in it contradicts itself")
	return &s.Predicate
}

func readStatement(payload []byte, signed bool, s *Statement) error {
	var head struct {
		Type          string `json:"_type"`
		PredicateType string `json:"predicateType"`
	}
	if err := loosely(payload, &head); err != nil {
		return fmt.Errorf("it is no in-toto statement: %w", err)
	}
	if head.Type != intoto.StatementTypeUri {
		return fmt.Errorf("its type is %q: want %s", head.Type, intoto.StatementTypeUri)
	}
	if head.PredicateType != PredicateType {
		return fmt.Errorf("it is about %q: want %s", head.PredicateType, PredicateType)
	}
	if err := strictly(payload, s); err != nil {
		return fmt.Errorf("it is none of this version: %w", err)
	}
	if len(s.Subject) != 1 {
		return fmt.Errorf("it has %d subjects, want one", len(s.Subject))
	}
	again, err := s.compact()
	if !signed {
		again, err = encode(s, "  ")
	}
	if err != nil || !bytes.Equal(again, payload) {
		return errors.New("it is not written as evidence is: it was reformatted or changed")
	}
	return nil
}

// age tells how old the drill is.
func (r *Report) age(d *Drill, o Options) {
	r.Finished = d.Times.Finished
	if o.Now.IsZero() {
		if r.Status == "" {
			r.Status = StatusValid
		}
		return
	}
	r.Age = o.Now.Sub(d.Times.Finished.Time())
	fresh := o.MaxAge == 0 || r.Age <= o.MaxAge && r.Age >= -tolerance
	if o.MaxAge > 0 {
		r.Steps = append(r.Steps, Step{Name: StepFreshness, OK: fresh, Detail: fmt.Sprintf("finished %s, by this machine's clock it is %s", d.Times.Finished, estate.At(o.Now))})
	}
	switch {
	case r.Status != "": // unsigned: whatever its age
	case fresh:
		r.Status = StatusValid
	case r.Age < 0:
		r.Status, r.Reason = StatusStale, "it was finished in the future of this machine's clock"
	default:
		r.Status, r.Reason = StatusStale, "it is older than allowed"
	}
}

// tolerance is how much this machine's clock may be behind AWS's.
const tolerance = 5 * time.Minute
