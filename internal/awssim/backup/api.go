package backup

import (
	"strings"

	"github.com/restorable/restorable/internal/awssim/api"
)

// EveryCall names the bucket that each call draws from besides its own.
const everyCall = "*"

// API declares the operations, with the rates of semantics 6.3. The code of AWS Backup's throttling error is not known (UNCONFIRMED 17).
func (s *Service) API() api.Service {
	operations := s.operations()
	return api.Service{
		Name: "backup", Model: "backup", Operations: operations, Rates: rates(operations),
		Throttle: api.Error{Code: "ThrottlingException", Message: "Rate exceeded", Status: 400},
	}
}

// rates gives each operation its published bucket, and all of them 50 calls a second in total.
func rates(operations []api.Operation) map[string]api.Rate {
	out := map[string]api.Rate{everyCall: {PerSecond: 50, Burst: 50}}
	for _, o := range operations {
		if r := rateOf(o.Name); r > 0 {
			out[o.Name] = api.Rate{PerSecond: r, Burst: int(r)}
		}
	}
	return out
}

func rateOf(operation string) float64 {
	switch operation {
	case "GetBackupPlan", "GetBackupSelection", "GetBackupVaultAccessPolicy", "GetBackupVaultNotifications", "DescribeBackupJob", "DescribeRestoreJob",
		"DescribeRecoveryPoint", "GetRecoveryPointRestoreMetadata", "GetSupportedResourceTypes":
		return 15
	case "DeleteRecoveryPoint", "DescribeProtectedResource":
		return 10
	case "CreateBackupPlan", "UpdateBackupPlan", "DeleteBackupPlan", "CreateBackupSelection", "DeleteBackupSelection", "CreateBackupVault", "DeleteBackupVault",
		"DescribeBackupVault", "StartBackupJob", "StartRestoreJob", "StopBackupJob", "TagResource", "UntagResource", "UpdateRecoveryPointLifecycle":
		return 5
	}
	if strings.HasPrefix(operation, "List") {
		return 20
	}
	return 0
}

func (s *Service) operations() []api.Operation {
	var out []api.Operation
	for _, part := range [][]api.Operation{
		s.vaultOperations(), s.planOperations(), s.settingOperations(), s.jobOperations(), s.pointOperations(), s.restoreOperations(), s.testOperations(),
		s.reportOperations(),
	} {
		out = append(out, part...)
	}
	return out
}

func (s *Service) vaultOperations() []api.Operation {
	return []api.Operation{
		op("CreateBackupVault", vaultNamed, s.createBackupVault, vaultKeyAccess, vaultTagAccess),
		op("CreateLogicallyAirGappedBackupVault", vaultNamed, s.createAirGapped, airGappedAccess),
		op("DescribeBackupVault", vaultNamed, s.describeBackupVault),
		op("ListBackupVaults", nil, s.listBackupVaults),
		op("DeleteBackupVault", vaultNamed, s.deleteBackupVault),
		op("PutBackupVaultLockConfiguration", vaultNamed, s.putVaultLock),
		op("DeleteBackupVaultLockConfiguration", vaultNamed, s.deleteVaultLock),
		op("PutBackupVaultAccessPolicy", vaultNamed, s.putVaultPolicy),
		op("GetBackupVaultAccessPolicy", vaultNamed, s.getVaultPolicy),
		op("DeleteBackupVaultAccessPolicy", vaultNamed, s.deleteVaultPolicy),
		op("PutBackupVaultNotifications", vaultNamed, s.putNotifications),
		op("GetBackupVaultNotifications", vaultNamed, s.getNotifications),
		op("DeleteBackupVaultNotifications", vaultNamed, s.deleteNotifications),
	}
}

func (s *Service) planOperations() []api.Operation {
	return []api.Operation{
		op("CreateBackupPlan", planNamed, s.createBackupPlan, planTagAccess),
		op("UpdateBackupPlan", planNamed, s.updateBackupPlan),
		op("DeleteBackupPlan", planNamed, s.deleteBackupPlan),
		op("GetBackupPlan", planNamed, s.getBackupPlan),
		op("ListBackupPlans", nil, s.listBackupPlans),
		op("ListBackupPlanVersions", planNamed, s.listBackupPlanVersions),
		op("ExportBackupPlanTemplate", planNamed, s.exportBackupPlan),
		op("GetBackupPlanFromJSON", nil, s.planFromJSON),
		op("CreateBackupSelection", planNamed, s.createBackupSelection, passSelectionRole, s.linkedRole(principal)),
		op("GetBackupSelection", planNamed, s.getBackupSelection),
		op("ListBackupSelections", planNamed, s.listBackupSelections),
		op("DeleteBackupSelection", planNamed, s.deleteBackupSelection),
	}
}

func (s *Service) settingOperations() []api.Operation {
	return []api.Operation{
		op("DescribeRegionSettings", nil, s.describeRegionSettings),
		op("UpdateRegionSettings", nil, s.updateRegionSettings),
		op("DescribeGlobalSettings", nil, s.describeGlobalSettings),
		op("UpdateGlobalSettings", nil, s.updateGlobalSettings),
		op("GetSupportedResourceTypes", nil, s.getSupportedResourceTypes),
		op("ListTags", tagged, s.listTags),
		op("TagResource", tagged, s.tagResource),
		op("UntagResource", tagged, s.untagResource),
	}
}

func (s *Service) jobOperations() []api.Operation {
	return []api.Operation{
		op("StartBackupJob", vaultNamed, s.startBackupJob, passRole, s.linkedRole(principal)),
		op("StopBackupJob", nil, s.stopBackupJob),
		op("DescribeBackupJob", nil, s.describeBackupJob),
		op("ListBackupJobs", nil, s.listBackupJobs),
		op("ListBackupJobSummaries", nil, s.backupSummaries),
		op("StartCopyJob", recoveryPoint, s.startCopyJob, passRole),
		op("DescribeCopyJob", nil, s.describeCopyJob),
		op("ListCopyJobs", nil, s.listCopyJobs),
		op("ListCopyJobSummaries", nil, s.copySummaries),
	}
}

func (s *Service) pointOperations() []api.Operation {
	return []api.Operation{
		op("DescribeRecoveryPoint", recoveryPoint, s.describeRecoveryPoint),
		op("ListRecoveryPointsByBackupVault", vaultNamed, s.listPointsByVault),
		op("ListRecoveryPointsByResource", nil, s.listPointsByResource),
		op("DeleteRecoveryPoint", recoveryPoint, s.deleteRecoveryPoint),
		op("UpdateRecoveryPointLifecycle", recoveryPoint, s.updateLifecycle),
		op("DisassociateRecoveryPoint", recoveryPoint, s.disassociate),
		op("GetRecoveryPointRestoreMetadata", recoveryPoint, s.getRestoreMetadata),
		op("ListProtectedResources", nil, s.listProtectedResources),
		op("ListProtectedResourcesByBackupVault", vaultNamed, s.listProtectedByVault),
		op("DescribeProtectedResource", nil, s.describeProtectedResource),
	}
}

func (s *Service) restoreOperations() []api.Operation {
	return []api.Operation{
		op("StartRestoreJob", recoveryPoint, s.startRestoreJob, passRole),
		op("DescribeRestoreJob", nil, s.describeRestoreJob),
		op("ListRestoreJobs", nil, s.listRestoreJobs),
		op("ListRestoreJobsByProtectedResource", nil, s.listRestoresByResource),
		op("ListRestoreJobSummaries", nil, s.restoreSummaries),
		op("GetRestoreJobMetadata", nil, s.getRestoreJobMetadata),
		op("PutRestoreValidationResult", nil, s.putValidation),
	}
}

func (s *Service) testOperations() []api.Operation {
	return []api.Operation{
		op("CreateRestoreTestingPlan", anyTest, s.createTestPlan, testTagAccess),
		op("UpdateRestoreTestingPlan", s.testNamed, s.updateTestPlan),
		op("GetRestoreTestingPlan", s.testNamed, s.getTestPlan),
		op("ListRestoreTestingPlans", nil, s.listTestPlans),
		op("DeleteRestoreTestingPlan", s.testNamed, s.deleteTestPlan),
		op("CreateRestoreTestingSelection", s.testNamed, s.createTestSelection, passTestRole, s.linkedRole(testingPrincipal)),
		op("UpdateRestoreTestingSelection", s.testNamed, s.updateTestSelection, passTestRole),
		op("GetRestoreTestingSelection", s.testNamed, s.getTestSelection),
		op("ListRestoreTestingSelections", s.testNamed, s.listTestSelections),
		op("DeleteRestoreTestingSelection", s.testNamed, s.deleteTestSelection),
		op("GetRestoreTestingInferredMetadata", nil, s.getInferredMetadata),
	}
}

func (s *Service) reportOperations() []api.Operation {
	return []api.Operation{
		op("CreateReportPlan", anyReport, s.createReportPlan),
		op("DescribeReportPlan", s.reportNamed, s.describeReportPlan),
		op("ListReportPlans", nil, s.listReportPlans),
		op("UpdateReportPlan", s.reportNamed, s.updateReportPlan),
		op("DeleteReportPlan", s.reportNamed, s.deleteReportPlan),
	}
}
