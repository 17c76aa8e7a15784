package evidence

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/restorable/restorable/internal/estate"
)

// Check finds what contradicts itself: evidence that says passed beside a broken invariant is no evidence, however well it is signed.
func (d *Drill) Check() error {
	for _, check := range []func() error{d.checkNames, d.checkTimes, d.checkItems, d.checkPassed} {
		if err := check(); err != nil {
			return fmt.Errorf("check evidence: %w", err)
		}
	}
	return nil
}

func (d *Drill) checkNames() error {
	for _, one := range []struct{ what, text string }{
		{"the id of the drill", d.ID}, {"the program", d.Tool.Name}, {"the caller", d.Caller.ARN},
		{"the source table's ARN", d.Source.ARN}, {"the restored table's ARN", d.Restored.ARN},
	} {
		if one.text == "" {
			return fmt.Errorf("%s is missing", one.what)
		}
	}
	if d.Source.ARN == d.Restored.ARN {
		return errors.New("source and restored table are the same")
	}
	if d.Point.Kind == NoPoint && (d.Verdict == Passed || d.Times.Requested != 0 || d.Items != nil) {
		return errors.New("it says that there was nothing to restore from, and yet that something was restored")
	}
	if d.Verdict != Passed && len(d.Reasons) == 0 {
		return fmt.Errorf("the verdict is %s, and no reason is given", d.Verdict)
	}
	return nil
}

func (d *Drill) checkTimes() error {
	t := d.Times
	if t.Started == 0 || t.Finished == 0 {
		return errors.New("the drill has no beginning or no end")
	}
	last, name := t.Started, "started"
	for _, step := range []struct {
		name string
		at   estate.Instant
	}{{"requested", t.Requested}, {"active", t.Active}, {"completed", t.Completed}, {"verified", t.Verified}, {"finished", t.Finished}} {
		if step.at == 0 {
			continue
		}
		if step.at.Before(last) {
			return fmt.Errorf("%s (%s) comes before %s (%s)", step.name, step.at, name, last)
		}
		last, name = step.at, step.name
	}
	derived := *d
	derived.settle()
	if derived.Times != t {
		return errors.New("the durations do not fit the moments")
	}
	return nil
}

func (d *Drill) checkItems() error {
	i := d.Items
	if i == nil {
		return nil
	}
	for _, f := range []*Fingerprint{i.Source, &i.Restored} {
		if f == nil {
			continue
		}
		for _, text := range []string{f.HashKey, f.Total, f.BucketsSHA256} {
			if raw, err := hex.DecodeString(text); err != nil || len(raw) != 32 {
				return fmt.Errorf("fingerprint: %q is not 32 bytes in hex", text)
			}
		}
	}
	differing := i.Changed + i.OnlySource + i.OnlyRestored
	switch {
	case (i.Source == nil) != (i.Method == Nothing):
		return fmt.Errorf("method %s does not fit whether there was a source to compare with", i.Method)
	case i.Source != nil && i.Source.HashKey != i.Restored.HashKey:
		return errors.New("the two fingerprints were made with different keys")
	case i.Explained+i.Unexplained != differing:
		return fmt.Errorf("%d explained and %d unexplained differences do not make %d", i.Explained, i.Unexplained, differing)
	case i.Verdict == ItemsEqual && i.Unexplained > 0:
		return fmt.Errorf("items are said to be equal, and %d differences are unexplained", i.Unexplained)
	case i.Verdict == ItemsWithinDrift && i.DriftShare > i.MaxDrift:
		return errors.New("items are said to be within the drift that was allowed, and are not")
	}
	return nil
}

// checkPassed: a drill passes when everything was looked at and nothing failed.
func (d *Drill) checkPassed() error {
	if d.Verdict != Passed {
		return nil
	}
	if d.Items == nil || d.Items.Verdict != ItemsEqual && d.Items.Verdict != ItemsWithinDrift {
		return errors.New("the verdict is passed, and the items were not found equal")
	}
	for _, s := range d.Settings {
		if s.Outcome == Differs || s.Outcome == NotKnown {
			return fmt.Errorf("the verdict is passed, and the setting %s is %s", s.Setting, s.Outcome)
		}
	}
	for _, i := range d.Invariants {
		if i.Verdict != Holds {
			return fmt.Errorf("the verdict is passed, and the invariant %s is %s", i.Expression, i.Verdict)
		}
	}
	if d.Times.Verified == 0 {
		return errors.New("the verdict is passed, and nothing was verified")
	}
	return nil
}
