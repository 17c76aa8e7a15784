package remedy_test

import (
	"testing"

	"github.com/restorable/restorable/internal/remedy"
)

func TestATrifleIsNotNothing(t *testing.T) {
	for amount, want := range map[float64]string{
		0: "0 USD", 0.000001: "< 0.01 USD", 0.0099: "< 0.01 USD", 0.01: "0.01 USD", 12.5: "12.50 USD", 1234.567: "1234.57 USD",
		-0.000001: "> -0.01 USD", -0.01: "-0.01 USD", -3: "-3.00 USD",
	} {
		if got := remedy.USD(amount); got != want {
			t.Errorf("%v: %q, want %q", amount, got, want)
		}
	}
}
