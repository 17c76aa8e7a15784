package backup

import (
	"fmt"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
)

// backedUp is a table with one on-demand recovery point, and the clock an hour later.
func backedUp(t testing.TB, l *types.Lifecycle, prepare ...func(*sim)) (*sim, string) {
	t.Helper()
	x := newSim(t)
	x.vault(home(), "main")
	x.tables.put(home(), "orders", map[string]string{"team": "shop"})
	for _, f := range prepare {
		f(x)
	}
	must(x, x.s.startBackupJob, start(x, func(in *sdk.StartBackupJobInput) { in.Lifecycle = l }))
	x.w.Advance(time.Hour)
	return x, *x.points("orders")[0].RecoveryPointArn
}

func keep(days int64) *types.Lifecycle { return &types.Lifecycle{DeleteAfterDays: &days} }

func plainFeatures(x *sim) {
	must(x, x.s.updateRegionSettings, &sdk.UpdateRegionSettingsInput{ResourceTypeManagementPreference: map[string]bool{"DynamoDB": false}})
}

func (x *sim) point(arn string) *sdk.DescribeRecoveryPointOutput {
	x.t.Helper()
	return must(x, x.s.describeRecoveryPoint, &sdk.DescribeRecoveryPointInput{BackupVaultName: always("main"), RecoveryPointArn: &arn})
}

func TestAPointIsDeletedWithinEightHoursAfterItsExpiry(t *testing.T) {
	x, arn := backedUp(t, keep(1))
	p := x.point(arn)
	if want := p.CreationDate.Add(day); !p.CalculatedLifecycle.DeleteAt.Equal(want) {
		t.Errorf("expires at %v, want %v", p.CalculatedLifecycle.DeleteAt, want)
	}
	x.w.Advance(p.CalculatedLifecycle.DeleteAt.Sub(x.w.Now()) - time.Second)
	if len(x.points("orders")) != 1 {
		t.Fatal("deleted before its expiry")
	}
	x.w.Advance(8*time.Hour + time.Second)
	if len(x.points("orders")) != 0 || len(x.tables.released) != 1 {
		t.Error("not deleted, or its items kept, 8 hours after its expiry")
	}
}

// The moments of deletion are spread over the eight hours, and none lies outside.
func TestDeletionsAreSpread(t *testing.T) {
	x := newSim(t)
	x.vault(home(), "main")
	for i := range 40 {
		name := fmt.Sprint("t", i)
		x.tables.put(home(), name, nil)
		must(x, x.s.startBackupJob, start(x, func(in *sdk.StartBackupJobInput) {
			in.ResourceArn, in.Lifecycle = always(home().ARN("dynamodb", "table/"+name)), keep(1)
		}))
	}
	left := func() int { return x.s.areas[home()].vaults["main"].points.count() }
	x.w.Advance(day + 4*time.Hour)
	if n := left(); n < 5 || n > 35 {
		t.Errorf("%d of 40 points are left four hours after their expiry", n)
	}
	x.w.Advance(4*time.Hour + onDemandStart)
	if n := left(); n != 0 {
		t.Errorf("%d points are left eight hours after their expiry", n)
	}
}

func TestAPointWhoseRoleIsGoneExpiresAndStays(t *testing.T) {
	x, arn := backedUp(t, keep(1))
	x.roles.gone[role] = true
	x.w.Advance(2 * day)
	if s := x.point(arn).Status; s != types.RecoveryPointStatusExpired {
		t.Fatalf("status %s", s)
	}
	// Deleting it by hand is answered as if it worked.
	must(x, x.s.deleteRecoveryPoint, &sdk.DeleteRecoveryPointInput{BackupVaultName: always("main"), RecoveryPointArn: &arn})
	if s := x.point(arn).Status; s != types.RecoveryPointStatusExpired {
		t.Errorf("status %s after a deletion that the role does not allow", s)
	}
	delete(x.roles.gone, role)
	must(x, x.s.deleteRecoveryPoint, &sdk.DeleteRecoveryPointInput{BackupVaultName: always("main"), RecoveryPointArn: &arn})
	if len(x.points("orders")) != 0 {
		t.Error("not deleted although the role is back")
	}
}

func TestPlainPointsNeedDeleteBackup(t *testing.T) {
	x, arn := backedUp(t, nil, plainFeatures)
	x.roles.lacks[role] = "dynamodb:DeleteBackup"
	must(x, x.s.deleteRecoveryPoint, &sdk.DeleteRecoveryPointInput{BackupVaultName: always("main"), RecoveryPointArn: &arn})
	if s := x.point(arn).Status; s != types.RecoveryPointStatusExpired {
		t.Errorf("status %s", s)
	}
}

func TestColdStorageIsForAdvancedPointsAlone(t *testing.T) {
	cold := &types.Lifecycle{MoveToColdStorageAfterDays: always(int64(1)), DeleteAfterDays: always(int64(91))}
	x, arn := backedUp(t, cold)
	if c := x.point(arn).StorageClass; c != types.StorageClassWarm {
		t.Errorf("begins %s", c)
	}
	x.w.Advance(day)
	if c := x.point(arn).StorageClass; c != types.StorageClassCold {
		t.Errorf("after a day %s", c)
	}
	update := &sdk.UpdateRecoveryPointLifecycleInput{BackupVaultName: always("main"), RecoveryPointArn: &arn, Lifecycle: keep(200)}
	refused(x, x.s.updateLifecycle, update, "InvalidRequestException", "cannot be changed after")

	x, arn = backedUp(t, cold, plainFeatures)
	x.w.Advance(2 * day)
	if p := x.point(arn); p.StorageClass != types.StorageClassWarm || p.CalculatedLifecycle.MoveToColdStorageAt != nil {
		t.Errorf("a plain point is %s, to be moved at %v", p.StorageClass, p.CalculatedLifecycle.MoveToColdStorageAt)
	}
}

func TestAdvancedAndPlainPointsDiffer(t *testing.T) {
	x, arn := backedUp(t, nil)
	if p := x.point(arn); *p.EncryptionKeyArn != *mustKey(x) || p.CalculatedLifecycle != nil {
		t.Errorf("advanced point: key %s, lifecycle %+v", *p.EncryptionKeyArn, p.CalculatedLifecycle)
	}
	x, arn = backedUp(t, nil, plainFeatures, func(x *sim) {
		x.tables.tables[home().ARN("dynamodb", "table/orders")].view.KeyARN = home().ARN("kms", "key/alias-aws-dynamodb")
	})
	if !x.tables.plain[arn] {
		t.Fatalf("plain point %s is not a DynamoDB backup", arn)
	}
	if p := x.point(arn); *p.EncryptionKeyArn != home().ARN("kms", "key/alias-aws-dynamodb") {
		t.Errorf("plain point has key %s, not its table's", *p.EncryptionKeyArn)
	}
	refused(x, x.s.listTags, &sdk.ListTagsInput{ResourceArn: &arn}, "InvalidParameterValueException", "not supported")
	refused(x, x.s.tagResource, &sdk.TagResourceInput{ResourceArn: &arn, Tags: map[string]string{"a": "b"}}, "InvalidParameterValueException", "not supported")
	must(x, x.s.deleteRecoveryPoint, &sdk.DeleteRecoveryPointInput{BackupVaultName: always("main"), RecoveryPointArn: &arn})
	if x.tables.plain[arn] {
		t.Error("the DynamoDB backup is left behind")
	}
}

func mustKey(x *sim) *string {
	return must(x, x.s.describeBackupVault, &sdk.DescribeBackupVaultInput{BackupVaultName: always("main")}).EncryptionKeyArn
}

func TestUpdateRecoveryPointLifecycle(t *testing.T) {
	x, arn := backedUp(t, keep(1))
	in := &sdk.UpdateRecoveryPointLifecycleInput{BackupVaultName: always("main"), RecoveryPointArn: &arn, Lifecycle: keep(3)}
	must(x, x.s.updateLifecycle, in)
	x.w.Advance(2 * day)
	if len(x.points("orders")) != 1 {
		t.Fatal("the old expiry still counts")
	}
	x.w.Advance(2 * day)
	if len(x.points("orders")) != 0 {
		t.Error("the new expiry does not count")
	}

	x, arn = backedUp(t, keep(1))
	in.RecoveryPointArn = &arn
	in.Lifecycle = &types.Lifecycle{DeleteAfterDays: always(int64(-1))}
	if out := must(x, x.s.updateLifecycle, in); out.CalculatedLifecycle != nil || out.Lifecycle != nil {
		t.Errorf("-1 left %+v", out.Lifecycle)
	}
	x.w.Advance(5 * day)
	if len(x.points("orders")) != 1 {
		t.Error("deleted although kept for ever")
	}
	in.Lifecycle = &types.Lifecycle{MoveToColdStorageAfterDays: always(int64(5)), DeleteAfterDays: always(int64(95))}
	refused(x, x.s.updateLifecycle, in, "InvalidParameterValueException", "at least one day more than the age")
	in.Lifecycle = &types.Lifecycle{MoveToColdStorageAfterDays: always(int64(30)), DeleteAfterDays: always(int64(100))}
	refused(x, x.s.updateLifecycle, in, "InvalidParameterValueException", "90 days apart")
}

func TestWhatGuardsARecoveryPoint(t *testing.T) {
	x, arn := backedUp(t, nil)
	del := &sdk.DeleteRecoveryPointInput{BackupVaultName: always("main"), RecoveryPointArn: &arn}
	life := &sdk.UpdateRecoveryPointLifecycleInput{BackupVaultName: always("main"), RecoveryPointArn: &arn, Lifecycle: keep(9)}
	lock := &sdk.PutBackupVaultLockConfigurationInput{BackupVaultName: always("main"), MinRetentionDays: always(int64(1))}
	must(x, x.s.putVaultLock, lock)
	refused(x, x.s.deleteRecoveryPoint, del, "InvalidRequestException", "locked")
	refused(x, x.s.updateLifecycle, life, "InvalidRequestException", "locked")
	must(x, x.s.deleteVaultLock, &sdk.DeleteBackupVaultLockConfigurationInput{BackupVaultName: always("main")})

	deny := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":["backup:DeleteRecoveryPoint"],"Resource":"*"}]}`
	must(x, x.s.putVaultPolicy, &sdk.PutBackupVaultAccessPolicyInput{BackupVaultName: always("main"), Policy: &deny})
	refused(x, x.s.deleteRecoveryPoint, del, "AccessDeniedException", "Insufficient privileges")
	must(x, x.s.deleteVaultPolicy, &sdk.DeleteBackupVaultAccessPolicyInput{BackupVaultName: always("main")})

	refused(x, x.s.disassociate, &sdk.DisassociateRecoveryPointInput{BackupVaultName: always("main"), RecoveryPointArn: &arn}, "InvalidRequestException", "not a continuous backup")
	refused(x, x.s.deleteRecoveryPoint, &sdk.DeleteRecoveryPointInput{BackupVaultName: always("main"), RecoveryPointArn: always(arn + "x")}, "ResourceNotFoundException", "Cannot find recovery point")
	must(x, x.s.deleteRecoveryPoint, del)

	x.tables.tables[home().ARN("dynamodb", "table/orders")].view.SizeBytes = 100 << 20 * 3600
	must(x, x.s.startBackupJob, start(x))
	x.w.Advance(10 * time.Minute)
	busy := x.points("orders")[0].RecoveryPointArn
	refused(x, x.s.deleteRecoveryPoint, &sdk.DeleteRecoveryPointInput{BackupVaultName: always("main"), RecoveryPointArn: busy}, "InvalidResourceStateException", "running job")
}

func TestProtectedResourcesAreThoseWithRecoveryPoints(t *testing.T) {
	x := daily(t)
	list := func() []types.ProtectedResource {
		return must(x, x.s.listProtectedResources, &sdk.ListProtectedResourcesInput{}).Results
	}
	if n := len(list()); n != 0 {
		t.Fatalf("%d protected before the first job", n)
	}
	x.w.Advance(2 * day)
	x.tables.put(home(), "never", nil)
	delete(x.tables.tables, home().ARN("dynamodb", "table/orders"))
	got := list()
	if len(got) != 1 || *got[0].ResourceName != "orders" || *got[0].LastRecoveryPointArn != *x.points("orders")[0].RecoveryPointArn {
		t.Fatalf("protected: %+v", got)
	}
	if n := len(must(x, x.s.listProtectedByVault, &sdk.ListProtectedResourcesByBackupVaultInput{BackupVaultName: always("main")}).Results); n != 1 {
		t.Errorf("%d protected in the vault", n)
	}
	arn := home().ARN("dynamodb", "table/never")
	refused(x, x.s.describeProtectedResource, &sdk.DescribeProtectedResourceInput{ResourceArn: &arn}, "ResourceNotFoundException", "")
}
