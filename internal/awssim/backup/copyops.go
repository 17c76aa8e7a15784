package backup

import (
	"iter"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

func (s *Service) startCopyJob(c *api.Call, in *sdk.StartCopyJobInput) (*sdk.StartCopyJobOutput, error) {
	a := s.area(c.Scope)
	if old, ok := a.copies.byID[a.tokens[deref(in.IdempotencyToken)]]; ok {
		return &sdk.StartCopyJobOutput{CopyJobId: &old.id, CreationDate: &old.created}, nil
	}
	p, err := s.pointIn(c, in.SourceBackupVaultName, in.RecoveryPointArn, "StartCopyJob")
	if err != nil {
		return nil, err
	}
	if !p.usable() {
		return nil, badRequest("Recovery point %s cannot be copied because it is in state %s.", p.arn, p.status)
	}
	if _, _, ok := vaultOf(deref(in.DestinationBackupVaultArn)); !ok {
		return nil, invalid("Invalid destination backup vault ARN: %s", deref(in.DestinationBackupVaultArn))
	}
	if !isRoleARN(deref(in.IamRoleArn)) {
		return nil, invalid("Invalid IAM role ARN: %s", deref(in.IamRoleArn))
	}
	if err := lifecycleError(in.Lifecycle); err != nil {
		return nil, err
	}
	j := &copyJob{source: p, to: *in.DestinationBackupVaultArn, lifecycle: in.Lifecycle, role: *in.IamRoleArn}
	s.enqueueCopy(j)
	if t := deref(in.IdempotencyToken); t != "" {
		a.tokens[t] = j.id
	}
	return &sdk.StartCopyJobOutput{CopyJobId: &j.id, CreationDate: &j.created}, nil
}

func (s *Service) describeCopyJob(c *api.Call, in *sdk.DescribeCopyJobInput) (*sdk.DescribeCopyJobOutput, error) {
	a := s.area(c.Scope)
	a.copies.prune(s.monthAgo())
	j, ok := a.copies.byID[deref(in.CopyJobId)]
	if !ok {
		return nil, notFound("Copy job %s does not exist", deref(in.CopyJobId))
	}
	m := j.shown()
	return &sdk.DescribeCopyJobOutput{CopyJob: &m}, nil
}

func (j *copyJob) shown() types.CopyJob {
	m := types.CopyJob{
		AccountId: &j.area.Account, BackupSizeInBytes: &j.size, CompletionDate: moment(j.completed), CopyJobId: &j.id, CreatedBy: j.creator,
		CreatedByBackupJobId: ptr(j.byJob), CreationDate: &j.created, DestinationBackupVaultArn: &j.to, DestinationRecoveryPointLifecycle: j.lifecycle,
		IamRoleArn: &j.role, MessageCategory: ptr(j.category), ResourceArn: &j.table, ResourceName: &j.name, ResourceType: always(resourceType),
		SourceBackupVaultArn: &j.vault.arn, SourceRecoveryPointArn: &j.sourceARN, State: j.state, StatusMessage: ptr(j.message),
	}
	if j.dest != nil {
		m.DestinationRecoveryPointArn, m.DestinationEncryptionKeyArn = &j.made.arn, ptr(j.made.keyARN)
		m.DestinationVaultType, m.DestinationVaultLockState = always(string(j.dest.kind)), always(j.dest.lockState())
	}
	return m
}

func (s *Service) listCopyJobs(c *api.Call, in *sdk.ListCopyJobsInput) (*sdk.ListCopyJobsOutput, error) {
	keep := func(j *copyJob) bool {
		return (in.ByState == "" || j.state == in.ByState) && is(in.ByResourceArn, j.table) && is(in.ByResourceType, resourceType) &&
			is(in.ByDestinationVaultArn, j.to) && is(in.BySourceRecoveryPointArn, j.sourceARN) && isCategory(in.ByMessageCategory, j.category) &&
			in.ByParentJobId == nil && within(j.created, in.ByCreatedAfter, in.ByCreatedBefore) && within(j.completed, in.ByCompleteAfter, in.ByCompleteBefore)
	}
	found, token, err := page(in.MaxResults, in.NextToken, copiesOf(s, c, in.ByAccountId), (*copyJob).rank, keep)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListCopyJobsOutput{CopyJobs: []types.CopyJob{}, NextToken: token}
	for _, j := range found {
		out.CopyJobs = append(out.CopyJobs, j.shown())
	}
	return out, nil
}

func copiesOf(s *Service, c *api.Call, account *string) iter.Seq[*copyJob] {
	return ofAccounts(s, c, account, func(a *area) *records[*copyJob] { return &a.copies })
}
