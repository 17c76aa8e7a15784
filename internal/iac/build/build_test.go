package build

import (
	"bytes"
	"slices"
	"testing"

	"github.com/restorable/restorable/internal/estate"
)

func TestFactsKnowTheirPlace(t *testing.T) {
	b := New()
	at := Pos{"app.yaml", 12, 5}
	known, again := Known(b, "x", at), Known(b, 3, at)
	if known.Source() != again.Source() {
		t.Errorf("one place has two entries")
	}
	if p := b.Unit.Of(known.Source()); p.File != "app.yaml" || p.Line != 12 || p.Column != 5 || p.Failed() {
		t.Errorf("got %+v", p)
	}
	unknown := Unknown[bool](b, at, NotResolved, "a parameter without value")
	p := b.Unit.Of(unknown.Source())
	if !unknown.IsUnknown() || p.Code != NotResolved || p.Message != "a parameter without value" || p.Line != 12 {
		t.Errorf("got %v, %+v", unknown, p)
	}
	if unknown.Source() == known.Source() {
		t.Errorf("what is not known shares the entry of what is")
	}
	if absent := Absent[string](b, at); !absent.IsAbsent() || absent.Source() != known.Source() {
		t.Errorf("got %v", absent)
	}
	if at.String() != "app.yaml:12:5" || (Pos{File: "app.yaml"}).String() != "app.yaml" {
		t.Errorf("got %s", at)
	}
}

func TestATemplateDoesNotKnowWhatElseExists(t *testing.T) {
	u := New().Unit
	for name, whole := range map[string]estate.Fact[bool]{
		"tables": u.Tables.Whole, "plans": u.Plans.Whole, "vaults": u.Vaults.Whole, "roles": u.Roles.Whole, "keys": u.Keys.Whole,
	} {
		if !whole.IsUnknown() || u.Of(whole.Source()).Code != NotInTemplate {
			t.Errorf("%s: %v", name, whole)
		}
	}
	if u.Of(u.BackupJobs.Whole.Source()).Code != NotDeployed {
		t.Errorf("jobs: %+v", u.Of(u.BackupJobs.Whole.Source()))
	}
	if !u.Now.IsAbsent() || !u.Region.IsUnknown() || !u.Account.IsUnknown() || u.Partition.Or("") != "aws" {
		t.Errorf("now %v, region %v, account %v, partition %v", u.Now, u.Region, u.Account, u.Partition)
	}
}

func TestOtherRegionsHaveUnitsOfTheirOwn(t *testing.T) {
	b := New()
	b.Unit.Region = Known(b, "eu-west-1", Pos{})
	b.Unit.Account = Known(b, "111122223333", Pos{})
	if b.In("") != b || b.In("eu-west-1") != b {
		t.Errorf("its own Region has another builder")
	}
	other := b.In("cn-north-1")
	if other == b || b.In("cn-north-1") != other || other.In("eu-west-1") != b || other.In("cn-north-1") != other {
		t.Errorf("builders of Regions are not one each")
	}
	u := other.Unit
	if u.Region.Or("") != "cn-north-1" || u.Partition.Or("") != "aws-cn" || u.Account.Or("") != "111122223333" {
		t.Errorf("region %v, partition %v, account %v", u.Region, u.Partition, u.Account)
	}
	other.In("ap-south-1")
	if units := other.Units(); len(units) != 3 || units[0] != b.Unit || units[1].Region.Or("") != "ap-south-1" {
		t.Errorf("%d units", len(units))
	}
}

func TestWhatIsDeclaredStaysWithTheUnit(t *testing.T) {
	b := New()
	b.Declare("a.yaml#Orders", "Orders", Pos{"a.yaml", 3, 5})
	var file bytes.Buffer
	if err := estate.Write(&file, &estate.Estate{Units: []*estate.Unit{b.Unit}}); err != nil {
		t.Fatal(err)
	}
	read, err := estate.Load(&file)
	if err != nil {
		t.Fatal(err)
	}
	want := []estate.Declared{{ID: "a.yaml#Orders", Address: "Orders", File: "a.yaml", Line: 3, Column: 5}}
	if got := read.Units[0].Declared; !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAccountsAndRegionsThatOnlyDeploymentKnowsAreApart(t *testing.T) {
	b := New()
	b.Unit.Region = Known(b, "eu-west-1", Pos{})
	if b.Apart("", "") != b || b.Apart("eu-west-1", "") != b || b.Apart("us-east-1", "") != b.In("us-east-1") {
		t.Errorf("what says no more has a unit of its own")
	}
	far, other := b.Apart("${var.far}", ""), b.Apart("eu-west-1", "111122223333")
	if far == b || far == other || other == b || far.Apart("${var.far}", "") != far || b.Apart("eu-west-1", "111122223333") != other {
		t.Errorf("units are not one each")
	}
	if u := far.Unit; !u.Region.IsUnknown() || u.Of(u.Region.Source()).Message != "the Region is ${var.far}" {
		t.Errorf("the Region is %v: %+v", u.Region, u.Of(u.Region.Source()))
	}
	if u := other.Unit; u.Region.Or("") != "eu-west-1" || u.Account.Or("") != "111122223333" || len(b.Units()) != 4 {
		t.Errorf("Region %v, account %v, %d units", u.Region, u.Account, len(b.Units()))
	}
}
