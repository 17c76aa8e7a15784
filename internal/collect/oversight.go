package collect

import (
	"context"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// collectOversight reads who would notice and what surrounds the tables. The event history is not among it: it is asked for by AWS's time,
// which the first answers tell.
func (u *unitRun) collectOversight(ctx context.Context) {
	together(
		func() { u.collectTrails(ctx) },
		func() { u.collectEventRules(ctx) },
		func() { u.collectStreamReaders(ctx) },
		func() { u.collectNetworks(ctx) },
		func() { u.collectReportPlans(ctx) },
		func() { u.collectOrganization(ctx) },
	)
}

// unknownList is the wholeness of a list that could not be had.
func unknownList(src estate.Source) estate.Fact[bool] { return estate.UnknownFact[bool](src) }

// about is a question about one resource.
func (u *unitRun) about(call awsapi.CallID, resource string) question {
	return question{u: u, call: call, resource: resource}
}
