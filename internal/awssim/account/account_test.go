package account

import (
	"errors"
	"testing"
	"time"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

// organisation has 111122223333 manage 444455556666.
type organisation struct{}

func (organisation) Management(account string) (string, bool) {
	return "111122223333", account == "111122223333" || account == "444455556666"
}

func newFixture() (*Service, *world.World, *api.Call) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	w := world.New(world.Options{Start: start, Real: func() time.Time { return start }})
	return New(w, organisation{}), w, &api.Call{Scope: world.Scope{Partition: "aws", Account: "111122223333", Region: "us-east-1"}}
}

func text(s string) *string { return &s }

func number(n int32) *int32 { return &n }

func code(err error) string {
	var e *api.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func (s *Service) optStatus(t *testing.T, c *api.Call, name string) string {
	t.Helper()
	out, err := s.getRegionOptStatus(c, &GetRegionOptStatusInput{RegionName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return *out.RegionOptStatus
}

func TestRegionsArePagedAndFiltered(t *testing.T) {
	s, _, c := newFixture()
	count, in := map[string]int{}, &ListRegionsInput{MaxResults: number(10)}
	for range 5 {
		out, err := s.listRegions(c, in)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range out.Regions {
			count[*r.RegionOptStatus]++
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	if count[enabledByDefault] != 17 || count[disabled] != 17 || len(count) != 2 {
		t.Errorf("got %v", count)
	}
	out, err := s.listRegions(c, &ListRegionsInput{RegionOptStatusContains: []string{enabledByDefault}})
	if err != nil || len(out.Regions) != 17 {
		t.Errorf("got %d, %v", len(out.Regions), err)
	}
}

func TestEnablingARegionTakesAWhile(t *testing.T) {
	s, w, c := newFixture()
	name := text("eu-south-1")
	if st := s.optStatus(t, c, *name); st != disabled {
		t.Fatalf("got %s", st)
	}
	if _, err := s.enableRegion(c, &EnableRegionInput{RegionName: name}); err != nil {
		t.Fatal(err)
	}
	if st := s.optStatus(t, c, *name); st != enabling {
		t.Errorf("got %s", st)
	}
	if _, err := s.enableRegion(c, &EnableRegionInput{RegionName: name}); err != nil {
		t.Errorf("asking again while it is being enabled: %v", err)
	}
	if _, err := s.disableRegion(c, &DisableRegionInput{RegionName: name}); code(err) != "ConflictException" {
		t.Errorf("while it is being enabled: %v", err)
	}
	w.Advance(switching)
	if st := s.optStatus(t, c, *name); st != enabled || !s.RegionEnabled(world.Scope{Partition: "aws", Account: c.Account, Region: *name}) {
		t.Errorf("got %s", st)
	}
	if s.RegionEnabled(world.Scope{Partition: "aws", Account: "999999999999", Region: *name}) {
		t.Error("enabled for another account")
	}
	if _, err := s.enableRegion(c, &EnableRegionInput{RegionName: text("us-east-1")}); code(err) != "ValidationException" {
		t.Errorf("a default Region: %v", err)
	}
	if _, err := s.getRegionOptStatus(c, &GetRegionOptStatusInput{RegionName: text("mars-1")}); code(err) != "ValidationException" {
		t.Errorf("no such Region: %v", err)
	}
}

func TestOtherAccountsNeedTheManagementAccount(t *testing.T) {
	s, _, c := newFixture()
	if _, err := s.listRegions(c, &ListRegionsInput{AccountId: text("444455556666")}); err != nil {
		t.Error(err)
	}
	if _, err := s.listRegions(c, &ListRegionsInput{AccountId: text("999999999999")}); code(err) != "AccessDeniedException" {
		t.Errorf("got %v", err)
	}
}

func TestDescribeRegions(t *testing.T) {
	s, _, c := newFixture()
	s.SetRegion(c.Account, "eu-south-1", true)
	yes := true
	rows := []struct {
		name string
		in   DescribeRegionsInput
		want int
	}{
		{"enabled ones", DescribeRegionsInput{}, 18},
		{"all", DescribeRegionsInput{AllRegions: &yes}, 34},
		{"by name, whatever its status", DescribeRegionsInput{RegionNames: []string{"af-south-1"}}, 1},
		{"by status", DescribeRegionsInput{AllRegions: &yes, Filters: []Filter{{text("opt-in-status"), []string{"opted-in"}}}}, 1},
		{"by pattern", DescribeRegionsInput{Filters: []Filter{{text("region-name"), []string{"eu-west-*"}}}}, 3},
		{"two filters", DescribeRegionsInput{AllRegions: &yes, Filters: []Filter{{text("region-name"), []string{"eu-*"}}, {text("opt-in-status"), []string{"not-opted-in"}}}}, 2},
	}
	for _, row := range rows {
		out, err := s.describeRegions(c, &row.in)
		if err != nil || len(out.Regions) != row.want {
			t.Errorf("%s: got %d, %v", row.name, len(out.Regions), err)
		}
	}
	for want, in := range map[string]DescribeRegionsInput{"InvalidParameterValue": {RegionNames: []string{"mars-1"}}, "DryRunOperation": {DryRun: &yes}} {
		if _, err := s.describeRegions(c, &in); code(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
