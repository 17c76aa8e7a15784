package kms

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

var ireland = world.Scope{Partition: "aws", Account: "111122223333", Region: "eu-west-1"}

type fixture struct {
	*Service
	world *world.World
	call  *api.Call
}

func newFixture() fixture {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	w := world.New(world.Options{Start: start, Real: func() time.Time { return start }, Seed: 1})
	return fixture{New(w), w, &api.Call{Scope: ireland, Caller: api.Principal{Account: ireland.Account, ARN: "arn:aws:iam::111122223333:root"}}}
}

func (f fixture) create(t *testing.T, in kms.CreateKeyInput) *types.KeyMetadata {
	t.Helper()
	out, err := f.createKey(f.call, &in)
	if err != nil {
		t.Fatal(err)
	}
	return out.KeyMetadata
}

func code(err error) string {
	var e *api.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func TestAKeyIsFoundByEveryFormOfReference(t *testing.T) {
	f := newFixture()
	k := f.create(t, kms.CreateKeyInput{Description: aws.String("orders")})
	if _, err := f.createAlias(f.call, &kms.CreateAliasInput{AliasName: aws.String("alias/orders"), TargetKeyId: k.KeyId}); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{*k.KeyId, *k.Arn, "alias/orders", ireland.ARN("kms", "alias/orders")} {
		out, err := f.describeKey(f.call, &kms.DescribeKeyInput{KeyId: &ref})
		if err != nil || *out.KeyMetadata.Arn != *k.Arn || out.KeyMetadata.KeyManager != types.KeyManagerTypeCustomer || !out.KeyMetadata.Enabled {
			t.Errorf("%s: %+v, %v", ref, out, err)
		}
		if arn, ok := f.Resolve(ireland, ref); !ok || arn != *k.Arn {
			t.Errorf("resolve %s: %s, %v", ref, arn, ok)
		}
	}
	for _, ref := range []string{"nonsense", "alias/none", "12345678-1234-1234-1234-123456789012", "arn:aws:kms:us-east-1:111122223333:key/" + *k.KeyId} {
		if _, err := f.describeKey(f.call, &kms.DescribeKeyInput{KeyId: &ref}); code(err) != "NotFoundException" {
			t.Errorf("%s: %v", ref, err)
		}
	}
}

func TestAWSManagedKeysAreMadeOnFirstUseAndCannotBeChanged(t *testing.T) {
	f := newFixture()
	arn, ok := f.Resolve(ireland, "alias/aws/dynamodb")
	again, _ := f.Resolve(ireland, "alias/aws/dynamodb")
	other, _ := f.Resolve(world.Scope{Partition: "aws", Account: "111122223333", Region: "us-east-1"}, "alias/aws/dynamodb")
	if !ok || arn != again || arn == other || !f.Managed(arn) {
		t.Fatalf("got %s, %s, %s, %v", arn, again, other, ok)
	}
	out, err := f.describeKey(f.call, &kms.DescribeKeyInput{KeyId: &arn})
	if err != nil || out.KeyMetadata.KeyManager != types.KeyManagerTypeAws {
		t.Fatalf("got %+v, %v", out, err)
	}
	if _, err := f.scheduleKeyDeletion(f.call, &kms.ScheduleKeyDeletionInput{KeyId: &arn}); code(err) != "AccessDeniedException" {
		t.Fatalf("got %v", err)
	}
	aliases, err := f.listAliases(f.call, &kms.ListAliasesInput{KeyId: &arn})
	if err != nil || len(aliases.Aliases) != 1 || *aliases.Aliases[0].AliasName != "alias/aws/dynamodb" || !strings.HasSuffix(arn, *aliases.Aliases[0].TargetKeyId) {
		t.Fatalf("got %+v, %v", aliases, err)
	}
}

func TestAScheduledKeyGoesWhenItsTimeIsUp(t *testing.T) {
	f := newFixture()
	k := f.create(t, kms.CreateKeyInput{})
	out, err := f.scheduleKeyDeletion(f.call, &kms.ScheduleKeyDeletionInput{KeyId: k.KeyId, PendingWindowInDays: aws.Int32(7)})
	if err != nil || !out.DeletionDate.Equal(f.world.Now().AddDate(0, 0, 7)) {
		t.Fatalf("got %+v, %v", out, err)
	}
	if _, err := f.disableKey(f.call, &kms.DisableKeyInput{KeyId: k.KeyId}); code(err) != "KMSInvalidStateException" {
		t.Fatalf("disabling: %v", err)
	}
	f.world.Advance(7*24*time.Hour - time.Second)
	if st, ok := f.State(*k.Arn); st != "PendingDeletion" || !ok {
		t.Fatalf("a second before: %s, %v", st, ok)
	}
	f.world.Advance(time.Second)
	if _, ok := f.State(*k.Arn); ok {
		t.Fatal("still there")
	}
}

func TestACancelledDeletionLeavesTheKeyDisabledAndAlive(t *testing.T) {
	f := newFixture()
	k := f.create(t, kms.CreateKeyInput{})
	days := &kms.ScheduleKeyDeletionInput{KeyId: k.KeyId, PendingWindowInDays: aws.Int32(7)}
	if _, err := f.scheduleKeyDeletion(f.call, days); err != nil {
		t.Fatal(err)
	}
	if _, err := f.cancelKeyDeletion(f.call, &kms.CancelKeyDeletionInput{KeyId: k.KeyId}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.cancelKeyDeletion(f.call, &kms.CancelKeyDeletionInput{KeyId: k.KeyId}); code(err) != "KMSInvalidStateException" {
		t.Fatalf("cancelling twice: %v", err)
	}
	f.world.Advance(24 * time.Hour)
	if _, err := f.scheduleKeyDeletion(f.call, days); err != nil {
		t.Fatal(err)
	}
	f.world.Advance(6 * 24 * time.Hour) // the first date passes, the second does not
	if st, _ := f.State(*k.Arn); st != "PendingDeletion" {
		t.Fatalf("got %s", st)
	}
	for _, bad := range []int32{6, 31} {
		if _, err := f.scheduleKeyDeletion(f.call, &kms.ScheduleKeyDeletionInput{KeyId: k.KeyId, PendingWindowInDays: &bad}); code(err) != "ValidationException" {
			t.Errorf("%d days: %v", bad, err)
		}
	}
}

func TestKeysArePaged(t *testing.T) {
	f := newFixture()
	for range 5 {
		f.create(t, kms.CreateKeyInput{})
	}
	seen := map[string]bool{}
	in := &kms.ListKeysInput{Limit: aws.Int32(2)}
	for pages := 0; pages < 4; pages++ {
		out, err := f.listKeys(f.call, in)
		if err != nil || out.Truncated != (out.NextMarker != nil) {
			t.Fatalf("got %+v, %v", out, err)
		}
		for _, k := range out.Keys {
			seen[*k.KeyId] = true
		}
		if in.Marker = out.NextMarker; in.Marker == nil {
			break
		}
	}
	if len(seen) != 5 {
		t.Fatalf("saw %d keys", len(seen))
	}
	if _, err := f.listKeys(f.call, &kms.ListKeysInput{Marker: aws.String("no")}); code(err) != "InvalidMarkerException" {
		t.Fatalf("got %v", err)
	}
}

func TestAliasRules(t *testing.T) {
	f := newFixture()
	k, other := f.create(t, kms.CreateKeyInput{}), f.create(t, kms.CreateKeyInput{MultiRegion: aws.Bool(true)})
	if !strings.HasPrefix(*other.KeyId, "mrk-") || other.MultiRegionConfiguration == nil {
		t.Fatalf("got %+v", other)
	}
	name := aws.String("alias/a")
	if _, err := f.createAlias(f.call, &kms.CreateAliasInput{AliasName: name, TargetKeyId: k.KeyId}); err != nil {
		t.Fatal(err)
	}
	rows := map[string]error{}
	_, rows["AlreadyExistsException"] = f.createAlias(f.call, &kms.CreateAliasInput{AliasName: name, TargetKeyId: k.KeyId})
	_, rows["NotAuthorizedException"] = f.createAlias(f.call, &kms.CreateAliasInput{AliasName: aws.String("alias/aws/x"), TargetKeyId: k.KeyId})
	_, rows["ValidationException"] = f.createAlias(f.call, &kms.CreateAliasInput{AliasName: aws.String("x"), TargetKeyId: k.KeyId})
	_, rows["NotFoundException"] = f.deleteAlias(f.call, &kms.DeleteAliasInput{AliasName: aws.String("alias/none")})
	for want, err := range rows {
		if code(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := f.updateAlias(f.call, &kms.UpdateAliasInput{AliasName: name, TargetKeyId: other.Arn}); err != nil {
		t.Fatal(err)
	}
	if arn, _ := f.Resolve(ireland, "alias/a"); arn != *other.Arn {
		t.Fatalf("got %s", arn)
	}
	if _, err := f.deleteAlias(f.call, &kms.DeleteAliasInput{AliasName: name}); err != nil {
		t.Fatal(err)
	}
	if _, ok := f.Resolve(ireland, "alias/a"); ok {
		t.Fatal("the alias is still there")
	}
}

func TestDisabledKeysRefuseGrants(t *testing.T) {
	f := newFixture()
	k := f.create(t, kms.CreateKeyInput{})
	if _, err := f.disableKey(f.call, &kms.DisableKeyInput{KeyId: k.KeyId}); err != nil {
		t.Fatal(err)
	}
	grant := &kms.CreateGrantInput{KeyId: k.KeyId, GranteePrincipal: aws.String("arn:aws:iam::111122223333:role/r"), Operations: []types.GrantOperation{"Decrypt"}}
	if _, err := f.createGrant(f.call, grant); code(err) != "DisabledException" {
		t.Fatalf("got %v", err)
	}
	if _, err := f.enableKey(f.call, &kms.EnableKeyInput{KeyId: k.KeyId}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.createGrant(f.call, grant); err != nil {
		t.Fatal(err)
	}
}
