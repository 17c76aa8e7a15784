"""Every operation of AWS Backup through boto3."""

import datetime
import json

from boto_dynamodb import TABLE, active
from boto_identity import BACKUP, RESTORE, TRUST
from harness import ACCOUNT, REGION, has, refused, same, true

ARN = f"arn:aws:backup:{REGION}:{ACCOUNT}:"
VAULT = ARN + "backup-vault:"


def role(aws):
    arn = aws.iam.create_role(RoleName="backup", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    for policy in (BACKUP, RESTORE):
        aws.iam.attach_role_policy(RoleName="backup", PolicyArn=policy)
    return arn


def vaults(aws):
    b = aws.backup
    key = aws.kms.create_key()["KeyMetadata"]["Arn"]
    made = b.create_backup_vault(BackupVaultName="daily", EncryptionKeyArn=key, BackupVaultTags={"a": "1"})
    has(made, BackupVaultName="daily", BackupVaultArn=VAULT + "daily")
    refused("AlreadyExistsException", b.create_backup_vault, BackupVaultName="daily")
    for n in range(4):
        b.create_backup_vault(BackupVaultName=f"v-{n}")
    described = b.describe_backup_vault(BackupVaultName="daily")
    has(described, EncryptionKeyArn=key, NumberOfRecoveryPoints=0, Locked=False, VaultType="BACKUP_VAULT", EncryptionKeyType="CUSTOMER_MANAGED_KMS_KEY")
    pages = b.pages("list_backup_vaults", PaginationConfig={"PageSize": 2})
    same([len(p["BackupVaultList"]) for p in pages], [2, 2, 1])
    same({v["BackupVaultName"] for p in pages for v in p["BackupVaultList"]}, {"daily", "v-0", "v-1", "v-2", "v-3"})
    gapped = b.create_logically_air_gapped_backup_vault(BackupVaultName="gapped", MinRetentionDays=7, MaxRetentionDays=90)
    same(gapped["BackupVaultArn"], VAULT + "gapped")
    aws.advance("10m")
    has(b.describe_backup_vault(BackupVaultName="gapped"), VaultType="LOGICALLY_AIR_GAPPED_BACKUP_VAULT", Locked=True, MinRetentionDays=7, MaxRetentionDays=90)
    b.delete_backup_vault(BackupVaultName="v-0")
    refused("AccessDeniedException", b.describe_backup_vault, BackupVaultName="v-0", message="Insufficient privileges")


def vault_settings(aws):
    b = aws.backup
    b.create_backup_vault(BackupVaultName="daily")
    b.put_backup_vault_lock_configuration(BackupVaultName="daily", MinRetentionDays=7, MaxRetentionDays=35, ChangeableForDays=3)
    locked = b.describe_backup_vault(BackupVaultName="daily")
    has(locked, Locked=True, MinRetentionDays=7, MaxRetentionDays=35)
    true(datetime.timedelta(days=2) < locked["LockDate"] - aws.now() <= datetime.timedelta(days=3), locked["LockDate"])
    b.delete_backup_vault_lock_configuration(BackupVaultName="daily")
    same(b.describe_backup_vault(BackupVaultName="daily")["Locked"], False)
    refused("ResourceNotFoundException", b.get_backup_vault_access_policy, BackupVaultName="daily")
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}]}
    b.put_backup_vault_access_policy(BackupVaultName="daily", Policy=json.dumps(policy))
    same(json.loads(b.get_backup_vault_access_policy(BackupVaultName="daily")["Policy"]), policy)
    b.delete_backup_vault_access_policy(BackupVaultName="daily")
    refused("ResourceNotFoundException", b.get_backup_vault_access_policy, BackupVaultName="daily")
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:backups"
    b.put_backup_vault_notifications(BackupVaultName="daily", SNSTopicArn=topic, BackupVaultEvents=["BACKUP_JOB_COMPLETED", "RESTORE_JOB_COMPLETED"])
    has(b.get_backup_vault_notifications(BackupVaultName="daily"), SNSTopicArn=topic, BackupVaultEvents=["BACKUP_JOB_COMPLETED", "RESTORE_JOB_COMPLETED"])
    b.delete_backup_vault_notifications(BackupVaultName="daily")
    refused("ResourceNotFoundException", b.get_backup_vault_notifications, BackupVaultName="daily")


def rule(name="nightly", **more):
    return {"RuleName": name, "TargetBackupVaultName": "daily", "ScheduleExpression": "cron(0 5 ? * * *)", "StartWindowMinutes": 60,
            "Lifecycle": {"DeleteAfterDays": 35}} | more


def plans(aws):
    b = aws.backup
    b.create_backup_vault(BackupVaultName="daily")
    made = b.create_backup_plan(BackupPlan={"BackupPlanName": "daily", "Rules": [rule()]}, BackupPlanTags={"a": "1"})
    plan = made["BackupPlanId"]
    same(made["BackupPlanArn"], ARN + "backup-plan:" + plan)
    got = b.get_backup_plan(BackupPlanId=plan, MaxScheduledRunsPreview=3)
    same(got["BackupPlan"]["BackupPlanName"], "daily")
    has(got["BackupPlan"]["Rules"][0], RuleName="nightly", CompletionWindowMinutes=10080, Lifecycle={"DeleteAfterDays": 35})
    runs = [r["ExecutionTime"] for r in got["ScheduledRunsPreview"]]
    same([(r.hour, r.minute) for r in runs], [(5, 0)] * 3)
    refused("AlreadyExistsException", b.create_backup_plan, BackupPlan={"BackupPlanName": "daily", "Rules": [rule()]})
    refused("InvalidParameterValueException", b.create_backup_plan, BackupPlan={"BackupPlanName": "bad", "Rules": [rule(ScheduleExpression="rate(1 day)")]})
    refused("InvalidParameterValueException", b.create_backup_plan, message="cannot be less than 90 days apart",
            BackupPlan={"BackupPlanName": "bad", "Rules": [rule(Lifecycle={"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 100})]})
    new = b.update_backup_plan(BackupPlanId=plan, BackupPlan={"BackupPlanName": "daily", "Rules": [rule(Lifecycle={"DeleteAfterDays": 90})]})
    true(new["VersionId"] != made["VersionId"], "a new version")
    versions = b.pages("list_backup_plan_versions", BackupPlanId=plan, PaginationConfig={"PageSize": 1})
    same({v["VersionId"] for p in versions for v in p["BackupPlanVersionsList"]}, {new["VersionId"], made["VersionId"]})
    template = b.export_backup_plan_template(BackupPlanId=plan)["BackupPlanTemplateJson"]
    same(b.get_backup_plan_from_json(BackupPlanTemplateJson=template)["BackupPlan"]["Rules"][0]["Lifecycle"], {"DeleteAfterDays": 90})
    b.create_backup_plan(BackupPlan={"BackupPlanName": "other", "Rules": [rule("other")]})
    pages = b.pages("list_backup_plans", PaginationConfig={"PageSize": 1})
    same([[p["BackupPlanName"] for p in page["BackupPlansList"]] for page in pages][:2], [["daily"], ["other"]])
    same(b.delete_backup_plan(BackupPlanId=plan)["BackupPlanId"], plan)
    same([p["BackupPlanName"] for p in b.list_backup_plans()["BackupPlansList"]], ["other"])
    refused("ResourceNotFoundException", b.get_backup_plan, BackupPlanId="none")


def selections(aws):
    b, arn = aws.backup, role(aws)
    b.create_backup_vault(BackupVaultName="daily")
    plan = b.create_backup_plan(BackupPlan={"BackupPlanName": "daily", "Rules": [rule()]})["BackupPlanId"]
    chosen = {"SelectionName": "tagged", "IamRoleArn": arn, "ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "yes"}],
              "Resources": ["arn:aws:dynamodb:*:*:table/*"], "NotResources": [TABLE + "scratch"],
              "Conditions": {"StringNotEquals": [{"ConditionKey": "aws:ResourceTag/stage", "ConditionValue": "test"}]}}
    made = b.create_backup_selection(BackupPlanId=plan, BackupSelection=chosen)
    same(made["BackupPlanId"], plan)
    got = b.get_backup_selection(BackupPlanId=plan, SelectionId=made["SelectionId"])["BackupSelection"]
    same({k: got[k] for k in chosen if k != "Conditions"}, {k: v for k, v in chosen.items() if k != "Conditions"})
    same(got["Conditions"]["StringNotEquals"], chosen["Conditions"]["StringNotEquals"])
    refused("InvalidParameterValueException", b.create_backup_selection, BackupPlanId=plan, BackupSelection={"SelectionName": "none", "IamRoleArn": arn},
            message="Either 'ListOfTags' or 'Resources' section must be non-empty.")
    b.create_backup_selection(BackupPlanId=plan, BackupSelection={"SelectionName": "all", "IamRoleArn": arn, "Resources": ["*"]})
    pages = b.pages("list_backup_selections", BackupPlanId=plan, PaginationConfig={"PageSize": 1})
    same([s["SelectionName"] for p in pages for s in p["BackupSelectionsList"]], ["tagged", "all"])
    refused("InvalidRequestException", b.delete_backup_plan, BackupPlanId=plan)
    b.delete_backup_selection(BackupPlanId=plan, SelectionId=made["SelectionId"])
    refused("ResourceNotFoundException", b.get_backup_selection, BackupPlanId=plan, SelectionId=made["SelectionId"])


def settings(aws):
    b = aws.backup
    b.create_backup_vault(BackupVaultName="daily")
    same(b.describe_region_settings()["ResourceTypeOptInPreference"]["DynamoDB"], True)
    b.update_region_settings(ResourceTypeOptInPreference={"DynamoDB": False}, ResourceTypeManagementPreference={"DynamoDB": True})
    same(b.describe_region_settings()["ResourceTypeOptInPreference"]["DynamoDB"], False)
    refused("InvalidParameterValueException", b.update_region_settings, ResourceTypeOptInPreference={"Dynamo": True}, message="invalid values")
    aws.organizations.create_organization(FeatureSet="ALL")
    b.update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "true"})
    same(b.describe_global_settings()["GlobalSettings"]["isCrossAccountBackupEnabled"], "true")
    true("DynamoDB" in b.get_supported_resource_types()["ResourceTypes"], "types")
    b.tag_resource(ResourceArn=VAULT + "daily", Tags={"a": "1", "b": "2"})
    b.untag_resource(ResourceArn=VAULT + "daily", TagKeyList=["a"])
    same(b.list_tags(ResourceArn=VAULT + "daily")["Tags"], {"b": "2"})


def protected(aws):
    """A table with items, a vault, a role, and three days of a plan."""
    b, arn = aws.backup, role(aws)
    active(aws)
    aws.dynamodb.put_item(TableName="orders", Item={"id": {"S": "1"}, "v": {"N": "7"}})
    b.create_backup_vault(BackupVaultName="daily")
    plan = b.create_backup_plan(BackupPlan={"BackupPlanName": "daily", "Rules": [rule(RecoveryPointTags={"made": "plan"})]})["BackupPlanId"]
    b.create_backup_selection(BackupPlanId=plan, BackupSelection={"SelectionName": "orders", "IamRoleArn": arn, "Resources": [TABLE + "orders"]})
    aws.advance("72h")
    return b, arn, plan


def jobs(aws):
    b, arn, plan = protected(aws)
    pages = b.pages("list_backup_jobs", PaginationConfig={"PageSize": 2})
    listed = [j for p in pages for j in p["BackupJobs"]]
    same([(j["State"], j["ResourceArn"], j["CreatedBy"]["BackupPlanId"]) for j in listed], [("COMPLETED", TABLE + "orders", plan)] * 3)
    same(len(b.list_backup_jobs(ByState="FAILED")["BackupJobs"]), 0)
    one = b.describe_backup_job(BackupJobId=listed[0]["BackupJobId"])
    has(one, PercentDone="100.0", ResourceType="DynamoDB", BackupVaultName="daily", IamRoleArn=arn)
    aws.advance("24h")
    sums = b.list_backup_job_summaries(AggregationPeriod="SEVEN_DAYS")["BackupJobSummaries"]
    same(sum(s["Count"] for s in sums if s["State"] == "COMPLETED"), 3)
    started = b.start_backup_job(BackupVaultName="daily", ResourceArn=TABLE + "orders", IamRoleArn=arn, Lifecycle={"DeleteAfterDays": 7}, RecoveryPointTags={"made": "hand"})
    true(started["RecoveryPointArn"].startswith(ARN + "recovery-point:"), started["RecoveryPointArn"])
    true(b.describe_backup_job(BackupJobId=started["BackupJobId"])["State"] in ("CREATED", "RUNNING"), "state")
    aws.advance("1h")
    point = b.describe_recovery_point(BackupVaultName="daily", RecoveryPointArn=started["RecoveryPointArn"])
    has(point, Status="COMPLETED", ResourceArn=TABLE + "orders", Lifecycle={"DeleteAfterDays": 7}, StorageClass="WARM")
    same(b.list_tags(ResourceArn=started["RecoveryPointArn"])["Tags"]["made"], "hand")
    other = b.start_backup_job(BackupVaultName="daily", ResourceArn=TABLE + "orders", IamRoleArn=arn)
    b.stop_backup_job(BackupJobId=other["BackupJobId"])
    aws.advance("1h")
    has(b.describe_backup_job(BackupJobId=other["BackupJobId"]), State="ABORTED")
    refused("ResourceNotFoundException", b.describe_backup_job, BackupJobId="none")
    refused("InvalidRequestException", b.delete_backup_vault, BackupVaultName="daily", message="cannot be deleted because it contains recovery points")


def recovery_points(aws):
    b, arn, _ = protected(aws)
    pages = b.pages("list_recovery_points_by_backup_vault", BackupVaultName="daily", ByResourceType="DynamoDB", PaginationConfig={"PageSize": 2})
    points = [p for page in pages for p in page["RecoveryPoints"]]
    same([len(page["RecoveryPoints"]) for page in pages], [2, 1])
    point = points[0]["RecoveryPointArn"]
    by_resource = b.pages("list_recovery_points_by_resource", ResourceArn=TABLE + "orders", PaginationConfig={"PageSize": 1})
    same({p["RecoveryPointArn"] for page in by_resource for p in page["RecoveryPoints"]}, {p["RecoveryPointArn"] for p in points})
    same([r["ResourceArn"] for page in b.pages("list_protected_resources") for r in page["Results"]], [TABLE + "orders"])
    same([r["ResourceArn"] for r in b.list_protected_resources_by_backup_vault(BackupVaultName="daily")["Results"]], [TABLE + "orders"])
    has(b.describe_protected_resource(ResourceArn=TABLE + "orders"), ResourceType="DynamoDB", LastRecoveryPointArn=point)
    refused("ResourceNotFoundException", b.describe_protected_resource, ResourceArn=TABLE + "none")
    meta = b.get_recovery_point_restore_metadata(BackupVaultName="daily", RecoveryPointArn=point)
    true("encryptionType" in meta["RestoreMetadata"], meta["RestoreMetadata"])
    changed = b.update_recovery_point_lifecycle(BackupVaultName="daily", RecoveryPointArn=point, Lifecycle={"DeleteAfterDays": 99})
    same(changed["Lifecycle"]["DeleteAfterDays"], 99)
    refused("InvalidRequestException", b.disassociate_recovery_point, BackupVaultName="daily", RecoveryPointArn=point)
    b.delete_recovery_point(BackupVaultName="daily", RecoveryPointArn=point)
    aws.advance("1h")
    refused("ResourceNotFoundException", b.describe_recovery_point, BackupVaultName="daily", RecoveryPointArn=point)
    aws.advance("960h")  # past the 35 days of the plan's rule: what the days since made is there, what was there is gone
    left = {p["RecoveryPointArn"] for page in b.pages("list_recovery_points_by_backup_vault", BackupVaultName="daily") for p in page["RecoveryPoints"]}
    same(left & {p["RecoveryPointArn"] for p in points}, set())


def copies(aws):
    b, arn, _ = protected(aws)
    there = aws.client("backup", region="us-east-1")
    vault = there.create_backup_vault(BackupVaultName="far")["BackupVaultArn"]
    point = b.list_recovery_points_by_backup_vault(BackupVaultName="daily")["RecoveryPoints"][0]["RecoveryPointArn"]
    job = b.start_copy_job(RecoveryPointArn=point, SourceBackupVaultName="daily", DestinationBackupVaultArn=vault, IamRoleArn=arn)["CopyJobId"]
    aws.advance("3h")
    done = b.describe_copy_job(CopyJobId=job)["CopyJob"]
    has(done, State="COMPLETED", SourceRecoveryPointArn=point, DestinationBackupVaultArn=vault)
    same([j["CopyJobId"] for p in b.pages("list_copy_jobs", PaginationConfig={"PageSize": 1}) for j in p["CopyJobs"]], [job])
    copied = there.describe_recovery_point(BackupVaultName="far", RecoveryPointArn=done["DestinationRecoveryPointArn"])
    has(copied, Status="COMPLETED", ResourceArn=TABLE + "orders")
    aws.advance("24h")
    sums = b.list_copy_job_summaries(AggregationPeriod="FOURTEEN_DAYS")["CopyJobSummaries"]
    same([(s["State"], s["Count"]) for s in sums], [("COMPLETED", 1)])


def restores(aws):
    b, arn, _ = protected(aws)
    point = b.list_recovery_points_by_backup_vault(BackupVaultName="daily")["RecoveryPoints"][0]["RecoveryPointArn"]
    aws.dynamodb.delete_item(TableName="orders", Key={"id": {"S": "1"}})
    job = b.start_restore_job(RecoveryPointArn=point, IamRoleArn=arn, ResourceType="DynamoDB", Metadata={"targetTableName": "again", "encryptionType": "Default"})["RestoreJobId"]
    aws.advance("2h")
    done = b.describe_restore_job(RestoreJobId=job)
    has(done, Status="COMPLETED", CreatedResourceArn=TABLE + "again", RecoveryPointArn=point)
    same(aws.dynamodb.scan(TableName="again")["Items"], [{"id": {"S": "1"}, "v": {"N": "7"}}])
    same([j["RestoreJobId"] for p in b.pages("list_restore_jobs", PaginationConfig={"PageSize": 1}) for j in p["RestoreJobs"]], [job])
    same([j["RestoreJobId"] for j in b.list_restore_jobs_by_protected_resource(ResourceArn=TABLE + "orders")["RestoreJobs"]], [job])
    same(b.get_restore_job_metadata(RestoreJobId=job)["Metadata"]["targetTableName"], "again")
    refused("InvalidRequestException", b.put_restore_validation_result, RestoreJobId=job, ValidationStatus="SUCCESSFUL")
    aws.advance("24h")
    same([(s["State"], s["Count"]) for s in b.list_restore_job_summaries(AggregationPeriod="SEVEN_DAYS")["RestoreJobSummaries"]], [("COMPLETED", 1)])


def restore_testing(aws):
    b, arn, _ = protected(aws)
    plan = {"RestoreTestingPlanName": "weekly", "ScheduleExpression": "cron(0 12 ? * * *)", "StartWindowHours": 1,
            "RecoveryPointSelection": {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}}
    made = b.create_restore_testing_plan(RestoreTestingPlan=plan)
    same(made["RestoreTestingPlanName"], "weekly")
    chosen = {"RestoreTestingSelectionName": "tables", "ProtectedResourceType": "DynamoDB", "IamRoleArn": arn, "ProtectedResourceArns": ["*"], "ValidationWindowHours": 4}
    same(b.create_restore_testing_selection(RestoreTestingPlanName="weekly", RestoreTestingSelection=chosen)["RestoreTestingSelectionName"], "tables")
    got = b.get_restore_testing_selection(RestoreTestingPlanName="weekly", RestoreTestingSelectionName="tables")["RestoreTestingSelection"]
    has(got, ProtectedResourceType="DynamoDB", ValidationWindowHours=4)
    same([s["RestoreTestingSelectionName"] for p in b.pages("list_restore_testing_selections", RestoreTestingPlanName="weekly") for s in p["RestoreTestingSelections"]], ["tables"])
    same([p["RestoreTestingPlanName"] for page in b.pages("list_restore_testing_plans") for p in page["RestoreTestingPlans"]], ["weekly"])
    updated = b.update_restore_testing_selection(RestoreTestingPlanName="weekly", RestoreTestingSelectionName="tables", RestoreTestingSelection={"ValidationWindowHours": 5})
    same(updated["RestoreTestingSelectionName"], "tables")
    true(b.update_restore_testing_plan(RestoreTestingPlanName="weekly", RestoreTestingPlan={"StartWindowHours": 2})["UpdateTime"] is not None, "time")
    same(b.get_restore_testing_plan(RestoreTestingPlanName="weekly")["RestoreTestingPlan"]["StartWindowHours"], 2)
    point = b.list_recovery_points_by_backup_vault(BackupVaultName="daily")["RecoveryPoints"][0]["RecoveryPointArn"]
    inferred = b.get_restore_testing_inferred_metadata(BackupVaultName="daily", RecoveryPointArn=point)["InferredMetadata"]
    has(inferred, encryptionType="Default")
    for _ in range(30):
        aws.advance("1h")
        tests = b.list_restore_jobs(ByRestoreTestingPlanArn=made["RestoreTestingPlanArn"])["RestoreJobs"]
        if tests and tests[0]["Status"] == "COMPLETED":
            break
    b.put_restore_validation_result(RestoreJobId=tests[0]["RestoreJobId"], ValidationStatus="SUCCESSFUL", ValidationStatusMessage="items match")
    has(b.describe_restore_job(RestoreJobId=tests[0]["RestoreJobId"]), ValidationStatus="SUCCESSFUL", ValidationStatusMessage="items match")
    b.delete_restore_testing_selection(RestoreTestingPlanName="weekly", RestoreTestingSelectionName="tables")
    b.delete_restore_testing_plan(RestoreTestingPlanName="weekly")
    refused("ResourceNotFoundException", b.get_restore_testing_plan, RestoreTestingPlanName="weekly")


def reports(aws):
    b = aws.backup
    made = b.create_report_plan(ReportPlanName="jobs", ReportDeliveryChannel={"S3BucketName": "reports", "Formats": ["CSV"]}, ReportSetting={"ReportTemplate": "BACKUP_JOB_REPORT"})
    same(made["ReportPlanName"], "jobs")
    report = b.describe_report_plan(ReportPlanName="jobs")["ReportPlan"]
    same((report["ReportPlanArn"], report["ReportSetting"]["ReportTemplate"]), (made["ReportPlanArn"], "BACKUP_JOB_REPORT"))
    same(b.update_report_plan(ReportPlanName="jobs", ReportPlanDescription="each night")["ReportPlanName"], "jobs")
    same([p["ReportPlanDescription"] for p in b.list_report_plans()["ReportPlans"]], ["each night"])
    b.delete_report_plan(ReportPlanName="jobs")
    refused("ResourceNotFoundException", b.describe_report_plan, ReportPlanName="jobs")
    refused("UnknownOperationException", b.list_legal_holds, message="does not implement backup:ListLegalHolds")


SCENARIOS = [vaults, vault_settings, plans, selections, settings, jobs, recovery_points, copies, restores, restore_testing, reports]
