package backup

import (
	"cmp"
	"iter"
	"slices"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

// summary counts the jobs of one state and message category in one span of time.
type summary struct {
	from, to        time.Time
	state, category string
	count           int32
	rankIs          rank
}

func (x *summary) rank() rank { return x.rankIs }

// happening is one job as summaries see it.
type happening struct {
	at              time.Time
	state, category string
}

// summarise counts jobs by spans: a day each for the last 14 days, or the last 7 or 14 days as one. The present day is not counted.
func summarise(now time.Time, period types.AggregationPeriod, jobs iter.Seq[happening]) []*summary {
	today := now.UTC().Truncate(day)
	first, span := today.Add(-14*day), day
	switch period {
	case types.AggregationPeriodSevenDays:
		first, span = today.Add(-7*day), 7*day
	case types.AggregationPeriodFourteenDays:
		span = 14 * day
	}
	type key struct {
		from            time.Time
		state, category string
	}
	counts := map[key]*summary{}
	var out []*summary
	for h := range jobs {
		if h.at.Before(first) || !h.at.Before(today) {
			continue
		}
		from := first.Add(h.at.Sub(first).Truncate(span))
		k := key{from, h.state, h.category}
		if counts[k] == nil {
			counts[k] = &summary{from: from, to: from.Add(span), state: h.state, category: h.category}
			out = append(out, counts[k])
		}
		counts[k].count++
	}
	slices.SortFunc(out, func(x, y *summary) int {
		return cmp.Or(x.from.Compare(y.from), cmp.Compare(x.state, y.state), cmp.Compare(x.category, y.category))
	})
	for i, x := range out {
		x.rankIs = rank{At: -int64(i)}
	}
	return out
}

// total adds the summaries of a span up over what a filter says to aggregate.
func total(all []*summary, states, categories bool) []*summary {
	var out []*summary
	for _, x := range all {
		y := *x
		if states {
			y.state = "AGGREGATE_ALL"
		}
		if categories {
			y.category = "AGGREGATE_ALL"
		}
		i := slices.IndexFunc(out, func(o *summary) bool { return o.from.Equal(y.from) && o.state == y.state && o.category == y.category })
		if i < 0 {
			out = append(out, &y)
			continue
		}
		out[i].count += y.count
	}
	return out
}

func isState(filter, state string) bool {
	return filter == "" || filter == "ANY" || filter == "AGGREGATE_ALL" || filter == state
}

func (s *Service) backupSummaries(c *api.Call, in *sdk.ListBackupJobSummariesInput) (*sdk.ListBackupJobSummariesOutput, error) {
	jobs := func(yield func(happening) bool) {
		for j := range jobsOf(s, c, nil) {
			if isState(string(in.State), string(j.state)) && isCategory(in.MessageCategory, j.category) && isAny(in.ResourceType) &&
				!yield(happening{j.created, string(j.state), j.category}) {
				return
			}
		}
	}
	all := total(summarise(c.Now, in.AggregationPeriod, jobs), in.State == "AGGREGATE_ALL", deref(in.MessageCategory) == "AGGREGATE_ALL")
	found, token, err := page(in.MaxResults, in.NextToken, slices.Values(all), (*summary).rank, nil)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListBackupJobSummariesOutput{AggregationPeriod: ptr(string(in.AggregationPeriod)), BackupJobSummaries: []types.BackupJobSummary{}, NextToken: token}
	for _, x := range found {
		out.BackupJobSummaries = append(out.BackupJobSummaries, types.BackupJobSummary{
			AccountId: &c.Account, Region: &c.Region, ResourceType: always(resourceType), Count: x.count, State: types.BackupJobStatus(x.state),
			MessageCategory: ptr(x.category), StartTime: &x.from, EndTime: &x.to,
		})
	}
	return out, nil
}

func (s *Service) copySummaries(c *api.Call, in *sdk.ListCopyJobSummariesInput) (*sdk.ListCopyJobSummariesOutput, error) {
	jobs := func(yield func(happening) bool) {
		for j := range copiesOf(s, c, nil) {
			if isState(string(in.State), string(j.state)) && isCategory(in.MessageCategory, j.category) && isAny(in.ResourceType) &&
				!yield(happening{j.created, string(j.state), j.category}) {
				return
			}
		}
	}
	all := total(summarise(c.Now, in.AggregationPeriod, jobs), in.State == "AGGREGATE_ALL", deref(in.MessageCategory) == "AGGREGATE_ALL")
	found, token, err := page(in.MaxResults, in.NextToken, slices.Values(all), (*summary).rank, nil)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListCopyJobSummariesOutput{AggregationPeriod: ptr(string(in.AggregationPeriod)), CopyJobSummaries: []types.CopyJobSummary{}, NextToken: token}
	for _, x := range found {
		out.CopyJobSummaries = append(out.CopyJobSummaries, types.CopyJobSummary{
			AccountId: &c.Account, Region: &c.Region, ResourceType: always(resourceType), Count: x.count, State: types.CopyJobStatus(x.state),
			MessageCategory: ptr(x.category), StartTime: &x.from, EndTime: &x.to,
		})
	}
	return out, nil
}

func (s *Service) restoreSummaries(c *api.Call, in *sdk.ListRestoreJobSummariesInput) (*sdk.ListRestoreJobSummariesOutput, error) {
	jobs := func(yield func(happening) bool) {
		for j := range restoresOf(s, c, nil) {
			if isState(string(in.State), string(j.status)) && isAny(in.ResourceType) && !yield(happening{j.created, string(j.status), ""}) {
				return
			}
		}
	}
	all := total(summarise(c.Now, in.AggregationPeriod, jobs), in.State == "AGGREGATE_ALL", false)
	found, token, err := page(in.MaxResults, in.NextToken, slices.Values(all), (*summary).rank, nil)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListRestoreJobSummariesOutput{AggregationPeriod: ptr(string(in.AggregationPeriod)), RestoreJobSummaries: []types.RestoreJobSummary{}, NextToken: token}
	for _, x := range found {
		out.RestoreJobSummaries = append(out.RestoreJobSummaries, types.RestoreJobSummary{
			AccountId: &c.Account, Region: &c.Region, ResourceType: always(resourceType), Count: x.count, State: types.RestoreJobState(x.state),
			StartTime: &x.from, EndTime: &x.to,
		})
	}
	return out, nil
}

func isAny(resource *string) bool {
	return is(resource, resourceType) || *resource == "ANY" || *resource == "AGGREGATE_ALL"
}
