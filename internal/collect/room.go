package collect

import (
	"slices"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

const (
	manyJobs = 10_000
	kept     = 30 * 24 * time.Hour // for so long AWS keeps jobs
	night    = 24 * time.Hour
)

// roomy makes room for the jobs that are still to come, where many were read: growing a list of hundreds of thousands step by step
// holds it nearly twice at the worst moment. AWS lists the newest first, so that the days which those read so far span tell how many
// will come; where it does not, the guess is off and only room is lost.
func roomy[T any](items []T, made func(*T) estate.Instant) []T {
	have := len(items)
	if have < manyJobs || cap(items)-have >= bulkPage {
		return items
	}
	span := made(&items[0]).Sub(made(&items[have-1]))
	if span < 6*night || span >= kept { // a few nights tell little
		return items
	}
	// The last night read is in part, so that this is too much rather than too little, by a seventh at most.
	total := float64(have) * float64(kept) / float64(span)
	return slices.Grow(items, max(int(total)-have, bulkPage))
}
