package estate

import "testing"

func TestAdoptedFactsKeepTheirSources(t *testing.T) {
	u, other := &Unit{}, &Unit{}
	mine := u.Record(Provenance{Operation: "template", File: "a.yaml"})
	u.Region = KnownFact("eu-west-1", mine)
	src := other.Record(Provenance{Operation: "backup:ListBackupPlans"})
	failed := other.Record(Provenance{Operation: "backup:GetBackupPlan", Code: "AccessDenied"})
	other.Plans.Items = []Plan{{ID: "p", Name: KnownFact("daily", src), Version: UnknownFact[string](failed)}}
	other.Plans.Whole = KnownFact(true, src)
	u.Adopt(other)
	u.Plans = other.Plans
	if got := u.Of(u.Plans.Items[0].Name.Source()).Operation; got != "backup:ListBackupPlans" {
		t.Errorf("the name is of %q", got)
	}
	if v := u.Plans.Items[0].Version; u.Of(v.Source()).Code != "AccessDenied" || !v.IsUnknown() {
		t.Errorf("version %v of %+v", v, u.Of(v.Source()))
	}
	if u.Of(u.Region.Source()).File != "a.yaml" || u.Of(u.Plans.Whole.Source()).Operation != "backup:ListBackupPlans" || !u.Plans.IsWhole() {
		t.Errorf("got %+v", u.Provenance)
	}
}
