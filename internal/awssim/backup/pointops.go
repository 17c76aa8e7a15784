package backup

import (
	"iter"
	"slices"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

// pointIn finds a recovery point in a vault.
func (s *Service) pointIn(c *api.Call, vaultName, arn *string, action string) (*point, error) {
	v, err := s.usable(c, vaultName, action)
	if err != nil {
		return nil, err
	}
	if deref(arn) == "" {
		return nil, missingParameter("RecoveryPointArn")
	}
	p, ok := v.area.points[*arn]
	if !ok || p.vault != v {
		return nil, notFound("Cannot find recovery point.")
	}
	return p, nil
}

func (s *Service) describeRecoveryPoint(c *api.Call, in *sdk.DescribeRecoveryPointInput) (*sdk.DescribeRecoveryPointOutput, error) {
	p, err := s.pointIn(c, in.BackupVaultName, in.RecoveryPointArn, "DescribeRecoveryPoint")
	if err != nil {
		return nil, err
	}
	m := p.inVault()
	return &sdk.DescribeRecoveryPointOutput{
		BackupSizeInBytes: m.BackupSizeInBytes, BackupVaultArn: m.BackupVaultArn, BackupVaultName: m.BackupVaultName, CalculatedLifecycle: m.CalculatedLifecycle,
		CompletionDate: m.CompletionDate, CreatedBy: m.CreatedBy, CreationDate: m.CreationDate, EncryptionKeyArn: m.EncryptionKeyArn,
		EncryptionKeyType: m.EncryptionKeyType, IamRoleArn: m.IamRoleArn, InitiationDate: m.InitiationDate, IsEncrypted: m.IsEncrypted,
		LastRestoreTime: m.LastRestoreTime, Lifecycle: m.Lifecycle, RecoveryPointArn: m.RecoveryPointArn, ResourceArn: m.ResourceArn,
		ResourceName: m.ResourceName, ResourceType: m.ResourceType, SourceBackupVaultArn: m.SourceBackupVaultArn, Status: m.Status,
		StatusMessage: m.StatusMessage, StorageClass: p.storage(), VaultType: m.VaultType,
	}, nil
}

// inVault is the point as ListRecoveryPointsByBackupVault shows it.
func (p *point) inVault() types.RecoveryPointByBackupVault {
	return types.RecoveryPointByBackupVault{
		BackupSizeInBytes: &p.size, BackupVaultArn: &p.vault.arn, BackupVaultName: &p.vault.name, CalculatedLifecycle: p.calculated(),
		CompletionDate: moment(p.completed), CreatedBy: p.creator, CreationDate: &p.created, EncryptionKeyArn: ptr(p.keyARN), EncryptionKeyType: p.keyType,
		IamRoleArn: ptr(p.role), InitiationDate: moment(p.initiated), IsEncrypted: true, LastRestoreTime: moment(p.restored), Lifecycle: p.lifecycle,
		RecoveryPointArn: &p.arn, ResourceArn: &p.resourceARN, ResourceName: &p.name, ResourceType: always(resourceType),
		SourceBackupVaultArn: ptr(p.sourceVault), Status: p.status, StatusMessage: ptr(p.message), VaultType: p.vault.kind,
	}
}

func (s *Service) listPointsByVault(c *api.Call, in *sdk.ListRecoveryPointsByBackupVaultInput) (*sdk.ListRecoveryPointsByBackupVaultOutput, error) {
	v, err := s.usable(c, in.BackupVaultName, "ListRecoveryPointsByBackupVault")
	if err != nil {
		return nil, err
	}
	keep := func(p *point) bool {
		return is(in.ByResourceArn, p.resourceARN) && is(in.ByResourceType, resourceType) && is(in.ByBackupPlanId, p.planID()) &&
			in.ByParentRecoveryPointArn == nil && within(p.created, in.ByCreatedAfter, in.ByCreatedBefore)
	}
	found, token, err := page(in.MaxResults, in.NextToken, v.points.newest(), (*point).rank, keep)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListRecoveryPointsByBackupVaultOutput{RecoveryPoints: make([]types.RecoveryPointByBackupVault, 0, len(found)), NextToken: token}
	for _, p := range found {
		out.RecoveryPoints = append(out.RecoveryPoints, p.inVault())
	}
	return out, nil
}

func (p *point) planID() string {
	if p.creator == nil {
		return ""
	}
	return deref(p.creator.BackupPlanId)
}

// listPointsByResource shows the points made by AWS Backup. Whether DynamoDB's own user backups are shown as well when ManagedByAWSBackupOnly is false
// is not known (UNCONFIRMED 9): they are not.
func (s *Service) listPointsByResource(c *api.Call, in *sdk.ListRecoveryPointsByResourceInput) (*sdk.ListRecoveryPointsByResourceOutput, error) {
	if deref(in.ResourceArn) == "" {
		return nil, missingParameter("ResourceArn")
	}
	var points iter.Seq[*point] = func(func(*point) bool) {}
	if r, ok := s.area(c.Scope).resources[*in.ResourceArn]; ok {
		points = r.points.newest()
	}
	found, token, err := page(in.MaxResults, in.NextToken, points, (*point).rank, nil)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListRecoveryPointsByResourceOutput{RecoveryPoints: []types.RecoveryPointByResource{}, NextToken: token}
	for _, p := range found {
		out.RecoveryPoints = append(out.RecoveryPoints, types.RecoveryPointByResource{
			BackupSizeBytes: &p.size, BackupVaultName: &p.vault.name, CreationDate: &p.created, EncryptionKeyArn: ptr(p.keyARN), EncryptionKeyType: p.keyType,
			RecoveryPointArn: &p.arn, ResourceName: &p.name, Status: p.status, StatusMessage: ptr(p.message), VaultType: p.vault.kind,
		})
	}
	return out, nil
}

func (s *Service) deleteRecoveryPoint(c *api.Call, in *sdk.DeleteRecoveryPointInput) (*sdk.DeleteRecoveryPointOutput, error) {
	p, err := s.pointIn(c, in.BackupVaultName, in.RecoveryPointArn, "DeleteRecoveryPoint")
	if err != nil {
		return nil, err
	}
	if p.vault.lock != nil {
		return nil, badRequest("Recovery point cannot be deleted because the backup vault %s is locked.", p.vault.name)
	}
	if p.status == types.RecoveryPointStatusCreating || p.reading > 0 {
		return nil, badState("Recovery point %s is in use by a running job and cannot be deleted.", p.arn)
	}
	// A role that may not delete is not told: the answer is 200, and the point turns EXPIRED (semantics 2.8).
	if why := s.cannotDelete(p); why != "" {
		p.status, p.message = types.RecoveryPointStatusExpired, why
		return &sdk.DeleteRecoveryPointOutput{}, nil
	}
	s.discard(p)
	return &sdk.DeleteRecoveryPointOutput{}, nil
}

// updateLifecycle replaces the whole lifecycle (semantics 2.4).
func (s *Service) updateLifecycle(c *api.Call, in *sdk.UpdateRecoveryPointLifecycleInput) (*sdk.UpdateRecoveryPointLifecycleOutput, error) {
	p, err := s.pointIn(c, in.BackupVaultName, in.RecoveryPointArn, "UpdateRecoveryPointLifecycle")
	if err != nil {
		return nil, err
	}
	if p.vault.lock != nil {
		return nil, badRequest("Lifecycle of the recovery point cannot be changed because the backup vault %s is locked.", p.vault.name)
	}
	if err := lifecycleError(in.Lifecycle); err != nil {
		return nil, err
	}
	if err := p.checkCold(in.Lifecycle, c.Now); err != nil {
		return nil, err
	}
	s.age(p, shownLifecycle(in.Lifecycle))
	return &sdk.UpdateRecoveryPointLifecycleOutput{BackupVaultArn: &p.vault.arn, RecoveryPointArn: &p.arn, Lifecycle: p.lifecycle, CalculatedLifecycle: p.calculated()}, nil
}

// checkCold refuses a transition that is past, and one that would come before tomorrow.
func (p *point) checkCold(l *types.Lifecycle, now time.Time) error {
	was, will := coldAfter(p.lifecycle), coldAfter(l)
	if p.isCold && was != will {
		return badRequest("MoveToColdStorageAfterDays cannot be changed after a recovery point has been moved to cold storage.")
	}
	age := int64(now.Sub(p.created) / day)
	if p.advanced && will > 0 && will != was && will < age+1 {
		return invalid("Invalid lifecycle. MoveToColdStorageAfterDays must be at least one day more than the age of the recovery point.")
	}
	return nil
}

// shownLifecycle leaves out the members that say "never".
func shownLifecycle(l *types.Lifecycle) *types.Lifecycle {
	days, cold := deleteAfter(l), coldAfter(l)
	if days == 0 && cold == 0 {
		return nil
	}
	return &types.Lifecycle{DeleteAfterDays: ptr(days), MoveToColdStorageAfterDays: ptr(cold)}
}

func (s *Service) disassociate(c *api.Call, in *sdk.DisassociateRecoveryPointInput) (*sdk.DisassociateRecoveryPointOutput, error) {
	p, err := s.pointIn(c, in.BackupVaultName, in.RecoveryPointArn, "DisassociateRecoveryPoint")
	if err != nil {
		return nil, err
	}
	return nil, badRequest("Recovery point %s is not a continuous backup and cannot be disassociated.", p.arn)
}

func (s *Service) listProtectedResources(c *api.Call, in *sdk.ListProtectedResourcesInput) (*sdk.ListProtectedResourcesOutput, error) {
	found, token, err := page(in.MaxResults, in.NextToken, protectedIn(s.area(c.Scope), nil), (*point).rank, nil)
	if err != nil {
		return nil, err
	}
	return &sdk.ListProtectedResourcesOutput{Results: protectedShown(found), NextToken: token}, nil
}

func (s *Service) listProtectedByVault(c *api.Call, in *sdk.ListProtectedResourcesByBackupVaultInput) (*sdk.ListProtectedResourcesByBackupVaultOutput, error) {
	v, err := s.usable(c, in.BackupVaultName, "ListProtectedResourcesByBackupVault")
	if err != nil {
		return nil, err
	}
	found, token, err := page(in.MaxResults, in.NextToken, protectedIn(v.area, v), (*point).rank, nil)
	if err != nil {
		return nil, err
	}
	return &sdk.ListProtectedResourcesByBackupVaultOutput{Results: protectedShown(found), NextToken: token}, nil
}

// protectedIn yields the newest point of every resource that has any, of whatever status, in one vault or in all (semantics 1.10).
func protectedIn(a *area, v *vault) iter.Seq[*point] {
	var newest []*point
	for _, r := range a.resources {
		for p := range r.points.newest() {
			if v == nil || p.vault == v {
				newest = append(newest, p)
				break
			}
		}
	}
	slices.SortFunc(newest, func(x, y *point) int {
		if x.rank().before(y.rank()) {
			return 1
		}
		return -1
	})
	return slices.Values(newest)
}

func protectedShown(newest []*point) []types.ProtectedResource {
	out := make([]types.ProtectedResource, 0, len(newest))
	for _, p := range newest {
		out = append(out, types.ProtectedResource{
			LastBackupTime: &p.created, LastBackupVaultArn: &p.vault.arn, LastRecoveryPointArn: &p.arn,
			ResourceArn: &p.resourceARN, ResourceName: &p.name, ResourceType: always(resourceType),
		})
	}
	return out
}

func (s *Service) describeProtectedResource(c *api.Call, in *sdk.DescribeProtectedResourceInput) (*sdk.DescribeProtectedResourceOutput, error) {
	if deref(in.ResourceArn) == "" {
		return nil, missingParameter("ResourceArn")
	}
	r, ok := s.area(c.Scope).resources[*in.ResourceArn]
	if !ok || r.points.count() == 0 {
		return nil, notFound("Resource %s is not protected by AWS Backup.", *in.ResourceArn)
	}
	last := r.points.last()
	out := &sdk.DescribeProtectedResourceOutput{
		LastBackupTime: &last.created, LastBackupVaultArn: &last.vault.arn, LastRecoveryPointArn: &last.arn,
		ResourceArn: &r.arn, ResourceName: &r.name, ResourceType: always(resourceType),
	}
	if l := r.restored; l != nil {
		out.LatestRestoreExecutionTimeMinutes = &l.minutes
		out.LatestRestoreJobCreationDate, out.LatestRestoreRecoveryPointCreationDate = &l.jobCreated, &l.pointCreated
	}
	return out, nil
}
