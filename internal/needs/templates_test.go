package needs

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is known of the controls that templates can answer is what their examples show.
func TestWhatTemplatesAnswerIsMeasured(t *testing.T) {
	got := MeasureUndeployed(catalogue(t))
	if os.Getenv("UPDATE_NEEDS") != "" {
		text, err := json.MarshalIndent(got, "", "  ")
		if err == nil {
			err = os.WriteFile("undeployed.json", append(text, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	var want []string
	if err := json.Unmarshal(undeployed, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("UPDATE_NEEDS=1 go test ./internal/needs writes undeployed.json anew (-known +measured):\n%s", diff)
	}
}

// A control that was not measured is asked of its examples, whatever its id.
func TestAControlThatWasNotMeasuredIsAskedOfItsExamples(t *testing.T) {
	c := catalogue(t)
	answers, err := Undeployed(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range c.Controls() {
		own := *k
		own.Builtin = false
		if answers(k) != answers(&own) {
			t.Errorf("%s: %v as ours, %v as a user's", k.ID, answers(k), answers(&own))
		}
	}
}
