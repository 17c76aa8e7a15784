package control

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/estate"
)

// TestReadingsThatAreSharedCountAsTheirCopiesDo notes the same bases twice: as they are, so that one that was noted is passed over, and copied.
func TestReadingsThatAreSharedCountAsTheirCopiesDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bases := make([][]estate.Reading, 4)
		for i := range bases {
			from := rapid.IntRange(0, 3*maxEvidence).Draw(t, "from")
			for k := range rapid.IntRange(0, maxEvidence+50).Draw(t, "length") {
				bases[i] = append(bases[i], estate.Reading{Fact: "f" + strconv.Itoa(from+k)})
			}
		}
		var shared, copied gathered
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(bases)-1), 1, 12).Draw(t, "order") {
			shared.note(bases[i])
			copied.note(slices.Clone(bases[i]))
		}
		if shared.left != copied.left || !slices.Equal(shared.readings, copied.readings) {
			t.Fatalf("%d readings and %d more, copied %d and %d more", len(shared.readings), shared.left, len(copied.readings), copied.left)
		}
	})
}
