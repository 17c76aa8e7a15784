package remedy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// sizeLimit keeps a file that is no plan from being read whole: 10,000 actions take about 20 MB.
const sizeLimit = 256 << 20

// FormatError says why a file is no plan that can be carried out.
type FormatError struct{ Reason string }

func (e *FormatError) Error() string { return "read plan: " + e.Reason }

// Seal fills in what is derived from the rest: the fingerprints, the digest and the id. A sealed plan that is changed afterwards is refused by Load.
func (p *Plan) Seal() error {
	p.SchemaVersion = SchemaVersion
	for i := range p.Actions {
		p.Actions[i].Fingerprint = p.Actions[i].Before.Fingerprint()
	}
	sum, err := p.sum()
	if err != nil {
		return err
	}
	p.Digest, p.ID = sum, "p-"+sum[:12]
	return nil
}

// sum is the digest of everything but itself and the id that is made from it.
func (p *Plan) sum() (string, error) {
	bare := *p
	bare.Digest, bare.ID = "", ""
	raw, err := json.Marshal(bare)
	if err != nil {
		return "", fmt.Errorf("digest plan: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// Write writes the saved form of a sealed plan: indented JSON.
func (p *Plan) Write(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(p); err != nil {
		return fmt.Errorf("write plan: %w", err)
	}
	return nil
}

// Load reads a saved plan. Every reason to refuse it is a *FormatError: no plan, another version, cut off, edited, or inconsistent in itself.
func Load(r io.Reader) (*Plan, error) {
	raw, err := io.ReadAll(io.LimitReader(r, sizeLimit+1))
	if err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	if len(raw) > sizeLimit {
		return nil, &FormatError{"it is larger than any plan"}
	}
	if err := version(raw); err != nil {
		return nil, err
	}
	p := &Plan{}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(p); err != nil {
		return nil, &FormatError{"it was edited or comes from another program: " + err.Error()}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, &FormatError{"something follows the plan"}
	}
	sum, err := p.sum()
	if err != nil {
		return nil, err
	}
	if sum != p.Digest {
		return nil, &FormatError{"it was changed after it was made: its digest does not fit its content"}
	}
	return p, p.Check()
}

// IsPlan reports whether the beginning of a file looks like a saved plan.
func IsPlan(head []byte) bool {
	return bytes.Contains(head, []byte(`"schema_version"`)) && bytes.Contains(head, []byte(`"partition"`)) && bytes.Contains(head, []byte(`"id": "p-`))
}

// version refuses what is no plan, or one of another version, before anything else is read.
func version(raw []byte) error {
	var head struct {
		SchemaVersion *string          `json:"schema_version"`
		Actions       *json.RawMessage `json:"actions"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) && syntax.Offset >= int64(len(raw)) || len(bytes.TrimSpace(raw)) == 0 {
			return &FormatError{"it ends early: the file is cut off"}
		}
		return &FormatError{"it is not JSON of a plan: " + err.Error()}
	}
	if head.SchemaVersion == nil || head.Actions == nil {
		return &FormatError{"it is another kind of file: a plan has a schema_version and actions"}
	}
	if *head.SchemaVersion != SchemaVersion {
		return &FormatError{fmt.Sprintf("it has version %q, and this program reads %q: make the plan again", *head.SchemaVersion, SchemaVersion)}
	}
	return nil
}

// Check finds what no plan may have: two actions of one id, a need that comes later or does not exist, a change of none or several kinds.
func (p *Plan) Check() error {
	seen := map[string]bool{}
	for i := range p.Actions {
		a := &p.Actions[i]
		if a.ID == "" || seen[a.ID] {
			return &FormatError{fmt.Sprintf("action %d has no id of its own", i+1)}
		}
		for _, need := range append(a.Change.refs(), a.Needs...) {
			if !seen[need] {
				return &FormatError{fmt.Sprintf("action %s needs %s, which does not come before it", a.ID, need)}
			}
		}
		if n := a.Change.members(); n != 1 {
			return &FormatError{fmt.Sprintf("action %s makes %d changes, want one", a.ID, n)}
		}
		if a.Before.Fingerprint() != a.Fingerprint {
			return &FormatError{fmt.Sprintf("action %s: the fingerprint does not fit what was observed", a.ID)}
		}
		seen[a.ID] = true
	}
	return nil
}

// refs are the ids of the actions that a change refers to.
func (c Change) refs() []string {
	var out []string
	add := func(r Ref) {
		if id, ok := r.Action(); ok {
			out = append(out, id)
		}
	}
	switch {
	case c.Plan != nil:
		add(c.Plan.ID)
	case c.PlanRules != nil:
		add(c.PlanRules.Plan)
	case c.Selection != nil:
		add(c.Selection.Plan)
		add(c.Selection.ID)
	}
	return out
}

// members counts the kinds of change that are set.
func (c Change) members() int {
	raw, err := json.Marshal(c)
	if err != nil {
		return 0
	}
	var set map[string]json.RawMessage
	if json.Unmarshal(raw, &set) != nil {
		return 0
	}
	return len(set)
}
