package price

import (
	"strings"
	"testing"
)

func TestTransferCost(t *testing.T) {
	c := Default().TransferCost(Size{Bytes: 50 << 30, Known: true})
	if c.Once != 1 || c.Monthly != 0 || !c.Known || !strings.Contains(c.Basis, "$0.02 a GB") {
		t.Errorf("%+v", c)
	}
	if c = Default().TransferCost(Size{Why: "its size is not known"}); c.Known || c.Once != 0 || !strings.Contains(c.Basis, "its size is not known") {
		t.Errorf("%+v", c)
	}
	if c = (List{}).TransferCost(Size{Bytes: 1 << 30, Known: true}); c.Known || !strings.Contains(c.Basis, "price is missing") {
		t.Errorf("%+v", c)
	}
}
