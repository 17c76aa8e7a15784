package remedy

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func sealed(t *testing.T) *Plan {
	t.Helper()
	p := &Plan{Partition: "aws", Account: "111122223333", Regions: []string{"eu-west-1"}, Actions: []Action{
		{ID: "a1", Change: Change{Plan: &BackupPlan{Step: Create, Name: "daily"}}, Before: PlanNameState(false), After: PlanNameState(true)},
		{ID: "a2", Change: Change{Selection: &Selection{Step: Create, Plan: From("a1"), Name: "tables"}}, Before: SelectionState(nil), Needs: []string{"a1"}},
	}}
	if err := p.Seal(); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestASavedPlanComesBack(t *testing.T) {
	p := sealed(t)
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	back, err := Load(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if back.ID != p.ID || back.Actions[1].Change.Selection.Plan != From("a1") || !IsPlan(b.Bytes()) {
		t.Errorf("came back as %+v", back)
	}
}

func TestBadPlansAreRefused(t *testing.T) {
	var b bytes.Buffer
	if err := sealed(t).Write(&b); err != nil {
		t.Fatal(err)
	}
	good := b.String()
	for name, c := range map[string]struct{ text, want string }{
		"empty":         {"", "ends early"},
		"cut off":       {good[:len(good)/2], "ends early"},
		"no JSON":       {"tiers:\n", "not JSON"},
		"an estate":     {`{"schema_version":"1","units":[]}`, "another kind of file"},
		"older version": {strings.Replace(good, `"schema_version": "1"`, `"schema_version": "0"`, 1), `version "0"`},
		"edited":        {strings.Replace(good, `"daily"`, `"weekly"`, 1), "changed after it was made"},
		"more members":  {strings.Replace(good, `"partition"`, `"partitoin": "x", "partition"`, 1), "edited"},
		"two plans":     {good + good, "not JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(strings.NewReader(c.text))
			var format *FormatError
			if !errors.As(err, &format) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestAPlanThatContradictsItselfIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Plan){
		"needs what comes later": func(p *Plan) { p.Actions[0].Needs = []string{"a2"} },
		"refers to nothing":      func(p *Plan) { p.Actions[1].Change.Selection.Plan = From("a9") },
		"two of one id":          func(p *Plan) { p.Actions[1].ID = "a1" },
		"no change":              func(p *Plan) { p.Actions[0].Change = Change{} },
		"two changes":            func(p *Plan) { p.Actions[0].Change.Vault = &Vault{} },
		"another fingerprint":    func(p *Plan) { p.Actions[0].Fingerprint = "x" },
	} {
		p := sealed(t)
		spoil(p)
		if p.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
