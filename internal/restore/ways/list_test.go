package ways_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy/price"
	"github.com/restorable/restorable/internal/restore/ways"
)

// text is what a test compares of a way.
func text(w ways.Way) string {
	return fmt.Sprintf("%s %s %s %s", w.Kind, w.Table.TableID, w.ARN[strings.LastIndexAny(w.ARN, ":/")+1:], w.Usable)
}

func texts(all []ways.Way) []string {
	var out []string
	for _, w := range all {
		out = append(out, text(w))
	}
	return out
}

func TestEveryKindOfWayAndIncarnation(t *testing.T) {
	all, unknown := list(t, "orders", rich()...)
	want := []string{
		"pitr new orders yes", "recovery-point new p1 yes", "copy new c2 unknown", "recovery-point new p2 yes", "copy new c1 yes", "backup new before yes",
		"system-backup old 1-00000000 yes", "recovery-point old p3 yes", "backup old old yes",
	}
	if diff := cmp.Diff(want, texts(all)); diff != "" {
		t.Error(diff)
	}
	if len(unknown) != 0 {
		t.Errorf("%+v", unknown)
	}
	by, _ := list(t, orders, rich()...)
	if diff := cmp.Diff(texts(all), texts(by)); diff != "" {
		t.Errorf("by ARN:\n%s", diff)
	}
	if other, _ := list(t, "carts", rich()...); len(other) != 0 {
		t.Errorf("another table: %v", texts(other))
	}
}

// TestWhereToLookForACopy: what is missing is named, and nothing that was looked at already.
func TestWhereToLookForACopy(t *testing.T) {
	for vault, want := range map[string]string{
		"arn:aws:backup:ap-south-1:111122223333:backup-vault:far":   "nobody looked there: add ap-south-1 to --region",
		"arn:aws:backup:" + region + ":444455556666:backup-vault:x": "nobody looked there: add 444455556666 to --accounts",
		"arn:aws:backup:ap-south-1:444455556666:backup-vault:x":     "nobody looked there: add ap-south-1 to --region, and 444455556666 to --accounts",
	} {
		u := unit(region)
		u.CopyJobs = whole(estate.CopyJob{ID: "j", ResourceARN: known(orders), State: known("COMPLETED"), SourcePoint: known("p"), DestinationVault: known(vault), DestinationPoint: known("c")})
		all, _ := list(t, "orders", u)
		if len(all) != 1 || !strings.HasSuffix(all[0].Reason, want) {
			t.Errorf("%s: %+v", vault, all)
		}
	}
}

func TestCopiesInOtherAccountsAreFound(t *testing.T) {
	vaulted := unit(region)
	vaulted.Account = known("444455556666")
	p := point("x1", time.Hour)
	p.KeyARN = absent[string]()
	vaulted.Vaults = whole(vault("safe", region, p))
	all, _ := list(t, "orders", vaulted)
	if len(all) != 1 || all[0].Kind != ways.Copy || all[0].Account != "444455556666" || all[0].Table.ARN != orders || all[0].Usable != ways.Yes {
		t.Errorf("%+v", all)
	}
}

func TestADeletedTableComesBack(t *testing.T) {
	u := unit(region)
	u.Backups = whole(system("old", 24*time.Hour))
	u.Vaults = whole(vault("primary", region, point("p1", 30*time.Hour)))
	u.Keys = whole(enabled())
	all, _ := list(t, "orders", u)
	if diff := cmp.Diff([]string{"system-backup old 1-00000000 yes", "recovery-point old p1 yes"}, texts(all)); diff != "" {
		t.Error(diff)
	}
	if all[0].Table.Live {
		t.Error("a deleted table is there")
	}
}

func TestAPointOfAnUnknownMomentStaysOpen(t *testing.T) {
	units := rich()
	units[0].Vaults.Items[0].RecoveryPoints.Items[2].CreatedAt = at(400 * 24 * time.Hour)
	all, _ := list(t, "orders", units...)
	i := slices.IndexFunc(all, func(w ways.Way) bool { return strings.HasSuffix(w.ARN, "p3") })
	if all[i].Table.TableID != "" {
		t.Errorf("a point from before every known incarnation is taken for %s", all[i].Table.TableID)
	}
}

func TestKeysDecide(t *testing.T) {
	for _, c := range []struct {
		key    estate.Key
		usable ways.Answer
		state  string
	}{
		{enabled(), ways.Yes, ways.KeyUsable},
		{estate.Key{ID: key, State: known("Disabled")}, ways.No, ways.KeyDisabled},
		{estate.Key{ID: key, State: known("PendingDeletion"), DeletionDate: at(-time.Hour)}, ways.No, ways.KeyPending},
		{estate.Key{ID: key, State: absent[string]()}, ways.No, ways.KeyGone},
		{estate.Key{ID: key, State: estate.UnknownFact[string](1)}, ways.Maybe, ways.KeyUnknown},
		{estate.Key{ID: "another"}, ways.Maybe, ways.KeyUnknown},
	} {
		u := unit(region)
		u.Vaults = whole(vault("primary", region, point("p1", time.Hour)))
		u.Keys = whole(c.key)
		all, _ := list(t, "orders", u)
		if all[0].Usable != c.usable || all[0].KeyState != c.state || (all[0].Reason == "") != (c.usable == ways.Yes) {
			t.Errorf("key %v: %s, %s, %q", c.key.State, all[0].Usable, all[0].KeyState, all[0].Reason)
		}
	}
}

// TestATableWhoseKeyIsOutOfReach: that DynamoDB lost its way to the key decides, whatever the key itself says; and what is not known decides nothing.
func TestATableWhoseKeyIsOutOfReach(t *testing.T) {
	for name, c := range map[string]struct {
		since  estate.Fact[estate.Instant]
		usable ways.Answer
		reason string
	}{
		"reached":     {absent[estate.Instant](), ways.Yes, ""},
		"not reached": {at(time.Hour), ways.No, "DynamoDB cannot reach the table's key"},
		"not known":   {estate.UnknownFact[estate.Instant](1), ways.Maybe, "whether DynamoDB reaches the table's key is not known"},
	} {
		u := unit(region)
		it := table(orders, "new", 10*24*time.Hour)
		it.SSEType, it.KeyARN, it.KeyInaccessibleAt = known("KMS"), known(key), c.since
		u.Tables, u.Keys = whole(it), whole(enabled())
		all, _ := list(t, "orders", u)
		if len(all) != 1 || all[0].Usable != c.usable || all[0].Reason != c.reason {
			t.Errorf("%s: %+v, want %s: %q", name, all, c.usable, c.reason)
		}
	}
}

func TestStatusExpiryAndColdStorage(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*estate.RecoveryPoint)
		usable ways.Answer
		cold   ways.Answer
		least  time.Duration
	}{
		{"completed", func(*estate.RecoveryPoint) {}, ways.Yes, ways.No, 81 * time.Second},
		{"expired", func(p *estate.RecoveryPoint) { p.Status = known("EXPIRED") }, ways.Maybe, ways.No, 81 * time.Second},
		{"partial", func(p *estate.RecoveryPoint) { p.Status = known("PARTIAL") }, ways.No, ways.No, 81 * time.Second},
		{"past its time", func(p *estate.RecoveryPoint) { p.DeleteAt = at(time.Hour) }, ways.Maybe, ways.No, 81 * time.Second},
		{"cold", func(p *estate.RecoveryPoint) { p.ColdAt = at(time.Minute) }, ways.Yes, ways.Yes, 81*time.Second + 4*time.Hour},
		{"not cold yet", func(p *estate.RecoveryPoint) { p.ColdAt = at(-time.Minute) }, ways.Yes, ways.No, 81 * time.Second},
		{"perhaps cold", func(p *estate.RecoveryPoint) { p.ColdAt = estate.UnknownFact[estate.Instant](1) }, ways.Yes, ways.Maybe, 81*time.Second + 4*time.Hour},
		{"plain", func(p *estate.RecoveryPoint) { p.ID, p.ColdAt = orders+"/backup/1-2", at(time.Minute) }, ways.Yes, ways.No, 81 * time.Second},
	} {
		p := point("p1", time.Hour)
		c.change(&p)
		u := unit(region)
		u.Vaults, u.Keys = whole(vault("primary", region, p)), whole(enabled())
		all, _ := list(t, "orders", u)
		if w := all[0]; w.Usable != c.usable || w.Cold != c.cold || w.Estimate.Least != c.least || !w.Estimate.Assumed {
			t.Errorf("%s: %s, cold %s, %v", c.name, w.Usable, w.Cold, w.Estimate)
		}
	}
}

func TestEstimatesSayWhatTheyRestOn(t *testing.T) {
	units := rich()
	es := &estate.Estate{Units: units}
	all, _, err := ways.List(es, "orders", ways.Options{Prices: price.Default(), Target: "us-east-1", Measured: []ways.Measured{{TableARN: orders, Took: 3 * time.Minute}, {TableARN: orders, Took: 9 * time.Minute}}})
	if err != nil {
		t.Fatal(err)
	}
	pitr, copied := all[0].Estimate, all[slices.IndexFunc(all, func(w ways.Way) bool { return strings.HasSuffix(w.ARN, "c1") })].Estimate
	// 2 GB at 0.15 for the restore and 0.02 for the way.
	if pitr.Least != 4*time.Minute || pitr.Most != 13*time.Minute || !pitr.Open || !pitr.Assumed || pitr.Price.Once != 0.34 {
		t.Errorf("across: %+v", pitr)
	}
	if copied.Least != 3*time.Minute || copied.Most != 9*time.Minute || copied.Assumed || copied.Open {
		t.Errorf("measured: %+v", copied)
	}
	units[0].Tables.Items[0].SizeBytes = estate.UnknownFact[int64](1)
	if all, _ = list(t, "orders", units...); all[0].Estimate.Price.Known || !all[0].Estimate.Open {
		t.Errorf("a size that is not known: %+v", all[0].Estimate)
	}
}

func TestWhatCouldNotBeLookedAtIsTold(t *testing.T) {
	units := rich()
	u := units[0]
	denied := u.Record(estate.Provenance{Operation: "backup:ListRecoveryPointsByBackupVault", Code: "AccessDeniedException"})
	u.Vaults.Items[0].RecoveryPoints = estate.List[estate.RecoveryPoint]{Whole: estate.UnknownFact[bool](denied)}
	u.Tables.Items[0].PITRStatus = estate.UnknownFact[string](denied)
	u.Backups.Whole = estate.UnknownFact[bool](denied)
	all, unknown := list(t, "orders", units...)
	if all[0].Kind != ways.PITR || all[0].Usable != ways.Maybe {
		t.Errorf("PITR of which nothing is known: %+v", all[0])
	}
	var what []string
	for _, x := range unknown {
		what = append(what, x.What)
		if x.Operation != "backup:ListRecoveryPointsByBackupVault" || x.Code != "AccessDeniedException" || x.Region != region {
			t.Errorf("%+v", x)
		}
	}
	if diff := cmp.Diff([]string{"point-in-time recovery of orders", "DynamoDB's own backups", "recovery points of vault primary"}, what); diff != "" {
		t.Error(diff)
	}
	empty := unit(region)
	empty.Tables.Whole, empty.Vaults.Whole, empty.CopyJobs.Whole = estate.UnknownFact[bool](1), estate.UnknownFact[bool](1), estate.UnknownFact[bool](1)
	if all, unknown = list(t, "orders", empty); len(all) != 0 || len(unknown) != 3 {
		t.Errorf("nothing read: %v, %v", texts(all), unknown)
	}
}

func TestEmptyNames(t *testing.T) {
	if _, _, err := ways.List(&estate.Estate{}, " ", ways.Options{}); err == nil {
		t.Error("no table is named")
	}
}

// TestForgettingHidesNothingAndPromisesNothing: a fact that turns unknown makes no way disappear and none usable, and none that was
// usable not.
func TestForgettingHidesNothingAndPromisesNothing(t *testing.T) {
	doubtful := func() []*estate.Unit {
		units := rich()
		home := units[0]
		home.Vaults.Items[0].RecoveryPoints.Items[0].Status = known("PARTIAL")
		home.Vaults.Items[0].RecoveryPoints.Items[1].DeleteAt = at(time.Hour)
		home.Backups.Items[1].KeyARN = known("arn:aws:kms:eu-west-1:111122223333:key/off")
		home.Keys.Items = append(home.Keys.Items, estate.Key{ID: "arn:aws:kms:eu-west-1:111122223333:key/off", State: known("Disabled")})
		home.Tables.Items[0].PITRStatus = known("DISABLED")
		home.Backups.Items[0].Status = known("CREATING")
		home.Backups.Items[2].ExpiresAt = at(time.Minute)
		return units
	}
	shut := func() []*estate.Unit {
		units := doubtful()
		t := &units[0].Tables.Items[0]
		t.PITRStatus, t.Status, t.KeyInaccessibleAt = known("ENABLED"), known("INACCESSIBLE_ENCRYPTION_CREDENTIALS"), at(time.Hour)
		t.SSEType, t.KeyARN = known("KMS"), known("arn:aws:kms:eu-west-1:111122223333:key/off")
		units[1].Vaults.Items[0].RecoveryPoints.Items[0].KeyARN = known("arn:aws:kms:eu-west-1:111122223333:key/off")
		return units
	}
	rapid.Check(t, func(r *rapid.T) {
		build := []func() []*estate.Unit{rich, doubtful, shut}[rapid.IntRange(0, 2).Draw(r, "units")]
		sound, _, err := ways.List(&estate.Estate{Units: build()}, "orders", ways.Options{})
		if err != nil {
			r.Fatal(err)
		}
		units := build()
		for _, u := range units {
			estate.EachFact(u, func(path string, f estate.AnyFact) {
				if rapid.IntRange(0, 9).Draw(r, path) == 0 {
					f.Forget()
				}
			})
		}
		got, _, err := ways.List(&estate.Estate{Units: units}, "orders", ways.Options{})
		if err != nil {
			r.Fatal(err)
		}
		for _, wish := range []ways.Wish{{Latest: true}, {NewestBackup: true}, {Before: now.Add(-30 * time.Hour)}, {At: now.Add(-time.Hour)}, {ARN: point("p2", 0).ID}, {Latest: true, TableID: "old"}} {
			if c, err := ways.Choose(got, wish); err == nil && (c.Usable == ways.No || c.Usable == ways.Maybe && len(c.Notes) == 0) {
				r.Fatalf("%+v chose %s: %q", wish, text(c.Way), c.Notes)
			}
		}
		for _, was := range sound {
			i := slices.IndexFunc(got, func(w ways.Way) bool { return w.ARN == was.ARN && (w.Kind == ways.PITR) == (was.Kind == ways.PITR) })
			switch {
			case i < 0 && strings.HasSuffix(was.ARN, "c2") && slices.ContainsFunc(got, func(w ways.Way) bool { return w.Kind == ways.Copy && w.ARN == "" }):
				// known from its job alone, which has forgotten the ARN
			case i < 0:
				r.Fatalf("%s has disappeared", text(was))
			case i >= 0 && got[i].Usable == ways.Yes && was.Usable != ways.Yes:
				r.Fatalf("%s has become usable: was %s, %s", text(got[i]), was.Usable, was.Reason)
			case i >= 0 && got[i].Usable == ways.No && was.Usable != ways.No:
				r.Fatalf("%s has become unusable: %s", text(got[i]), got[i].Reason)
			}
		}
	})
}
