package collect_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/collect"
	"github.com/restorable/restorable/internal/estate"
)

// TestOversightIsRead follows answers into facts: what is kept, what is left out, and what a record means.
func TestOversightIsRead(t *testing.T) {
	u := scan(t, &company{tables: 1}, collect.Options{Full: true})
	trail := u.Trails.Items[0]
	known(t, trail.Logging, true)
	known(t, trail.DeliveryError, "AccessDenied")
	known(t, trail.Selectors.Items[0].ReadWrite, "WriteOnly")
	if diff := cmp.Diff([]estate.SelectorField{{Field: "eventCategory", Equals: []string{"Data"}}}, trail.Advanced.Items[0].Fields.Or(nil)); diff != "" {
		t.Error(diff)
	}
	names := []string{}
	for _, r := range u.EventRules.Items {
		names = append(names, r.Name.Or(""))
	}
	if diff := cmp.Diff([]string{"jobs", "odd"}, names); diff != "" {
		t.Errorf("rules that may concern backups, and those that cannot be read:\n%s", diff)
	}
	if got := u.EventRules.Items[0].Targets.Or(nil); !slices.Equal(got, []string{"arn:sns"}) {
		t.Errorf("targets %v", got)
	}
	known(t, u.StreamReaders.Items[0].Stream, streamARN)
	if len(u.StreamReaders.Items) != 1 || len(u.VPCs.Items) != 1 || len(u.ReportPlans.Items) != 1 {
		t.Errorf("%d readers, %d VPCs, %d report plans", len(u.StreamReaders.Items), len(u.VPCs.Items), len(u.ReportPlans.Items))
	}
	known(t, u.VPCEndpoints.Items[0].Service, "com.amazonaws.eu-west-1.dynamodb")
	known(t, u.EffectivePlans, `{"plans":{}}`)
}

// TestRecordedActions: calls of the same name to other services, and those that switch recovery on, destroy nothing.
func TestRecordedActions(t *testing.T) {
	u := scan(t, &company{tables: 1}, collect.Options{Full: true})
	if since, now := u.ActionsSince.Or(0), u.Now.Or(0); now.Time().Sub(since.Time()).Hours() < 30*24 {
		t.Errorf("read since %v, now is %v", since, now)
	}
	got := map[string][4]string{}
	for _, a := range u.Actions.Items {
		got[a.ID] = [4]string{a.Name.Or(""), a.By.Or(""), a.About.Or(""), a.Error.String()}
	}
	want := map[string][4]string{
		"e1": {"DeleteBackup", "arn:aws:iam::111122223333:user/ann", "arn:b", "absent"},
		"e3": {"DeleteBackup", "root", "", "unknown"},
		"e5": {"UpdateContinuousBackups", "config.amazonaws.com", "t0000", "AccessDenied"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNoOrganisationIsAnAnswer: that there is no policy, or no organisation, is known; that one may not ask is not.
func TestNoOrganisationIsAnAnswer(t *testing.T) {
	for code, want := range map[string]estate.State{
		"EffectivePolicyNotFoundException": estate.Absent, "AWSOrganizationsNotInUseException": estate.Absent, "AccessDeniedException": estate.Unknown,
	} {
		u := scan(t, &company{tables: 1, policy: code}, collect.Options{Full: true})
		if got := u.EffectivePlans.State(); got != want {
			t.Errorf("%s is %s, want %s", code, got, want)
		}
	}
}

// TestOversightIsNotReadUnasked: what only some controls need costs nothing without them.
func TestOversightIsNotReadUnasked(t *testing.T) {
	sim := (&company{tables: 1}).serve(t, awssim.Options{})
	u := gather(t, session(t, sim, awsapi.Options{}), collect.Options{})
	for _, list := range []estate.Fact[bool]{u.Trails.Whole, u.Actions.Whole, u.EventRules.Whole, u.StreamReaders.Whole, u.VPCs.Whole, u.VPCEndpoints.Whole, u.ReportPlans.Whole} {
		if u.Of(list.Source()).Code != "NotCollected" {
			t.Errorf("%+v", u.Of(list.Source()))
		}
	}
	for _, call := range []string{"cloudtrail:DescribeTrails", "cloudtrail:LookupEvents", "events:ListRules", "lambda:ListEventSourceMappings", "ec2:DescribeVpcs", "organizations:DescribeEffectivePolicy"} {
		if n := sim.Calls()[call]; n > 0 {
			t.Errorf("%s was called %d times", call, n)
		}
	}
}
