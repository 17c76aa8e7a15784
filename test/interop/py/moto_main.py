"""Performs the same calls on the simulated AWS and on moto: moto_main.py SIM MOTO. Prints [label, simulated, moto] for each, as JSON.

Both are asked as account 123456789012, in which moto puts everybody without a known key."""

import datetime
import json
import sys

from botocore.exceptions import ClientError

from boto_identity import BACKUP, READ, RESTORE, TRUST
from harness import AWS

ACCOUNT = "123456789012"
REGION = "eu-west-1"
VOLATILE = {"ResponseMetadata", "CreationDate", "CreateDate", "CreationDateTime", "TableId", "RoleId", "VersionId", "BackupPlanId", "BackupPlanArn", "SelectionId", "KeyId", "Arn:key", "RuleId", "CreatorRequestId", "RoleLastUsed",
            "CreationTime", "LastUpdateToPayPerRequestDateTime", "LatestStreamLabel", "EarliestRestorableDateTime", "LatestRestorableDateTime", "DeletionDate", "UpdateDate"}


def normal(value, names):
    if isinstance(value, dict):
        return {k: normal(v, names) for k, v in sorted(value.items()) if k not in VOLATILE}
    if isinstance(value, (list, tuple)):
        return [normal(v, names) for v in value]
    if isinstance(value, datetime.datetime):
        return "a time"
    if isinstance(value, str):
        for name, stands in names.items():
            value = value.replace(name, stands)
    return value


class Side:
    """One implementation with what it has made so far."""

    def __init__(self, url, settle):
        aws = AWS(url)
        self.settle = settle
        for service in ("dynamodb", "backup", "kms", "iam"):
            setattr(self, service, aws.client(service, account=ACCOUNT, region=REGION).raw)
        self.names = {}

    def call(self, f):
        try:
            out = f(self)
        except ClientError as e:
            out = {"error": e.response["Error"]["Code"]}
        except Exception as e:  # botocore could not read the answer
            out = {"broken": type(e).__name__}
        self.settle()
        return normal(out, self.names)


def pick(out, *members):
    return {m: out[m] for m in members if m in out}


def remember(side, stands, value):
    side.names[value] = stands
    setattr(side, stands, value)
    return value


TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"
VAULT = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:daily"
RULE = {"RuleName": "nightly", "TargetBackupVaultName": "daily", "ScheduleExpression": "cron(0 5 ? * * *)", "Lifecycle": {"DeleteAfterDays": 35}}


def make_plan(s):
    out = s.backup.create_backup_plan(BackupPlan={"BackupPlanName": "daily", "Rules": [RULE]}, BackupPlanTags={"team": "ops"})
    remember(s, "plan", out["BackupPlanId"])
    return pick(out, "BackupPlanArn")


def make_key(s):
    m = s.kms.create_key(Description="vaults", Tags=[{"TagKey": "a", "TagValue": "1"}])["KeyMetadata"]
    remember(s, "key", m["KeyId"])
    return pick(m, "AWSAccountId", "Enabled", "Description", "KeyUsage", "KeyState", "Origin", "KeyManager", "KeySpec", "EncryptionAlgorithms", "MultiRegion", "Arn")


def statements(s, arn):
    """Where and when a policy allows each action of the services that tables need."""
    version = s.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    out = {"version": version}
    for statement in s.iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]["Statement"]:
        actions, resources = ([v] if isinstance(v, str) else v for v in (statement["Action"], statement["Resource"]))
        for action in actions:
            if action.split(":")[0] in ("dynamodb", "backup", "backup-storage", "tag"):
                out.setdefault(action, []).append([sorted(resources), statement.get("Condition", {})])
    return out


CALLS = [
    # vaults
    ("create vault", lambda s: s.backup.create_backup_vault(BackupVaultName="daily", BackupVaultTags={"team": "ops"})),
    ("create vault again", lambda s: s.backup.create_backup_vault(BackupVaultName="daily")),
    ("describe vault", lambda s: pick(s.backup.describe_backup_vault(BackupVaultName="daily"), "BackupVaultName", "BackupVaultArn", "NumberOfRecoveryPoints", "Locked")),
    ("describe no vault", lambda s: s.backup.describe_backup_vault(BackupVaultName="none")),
    ("list vaults", lambda s: [pick(v, "BackupVaultName", "NumberOfRecoveryPoints", "Locked") for v in s.backup.list_backup_vaults()["BackupVaultList"]]),
    ("tags of vault", lambda s: s.backup.list_tags(ResourceArn=VAULT)),
    ("tag vault", lambda s: s.backup.tag_resource(ResourceArn=VAULT, Tags={"more": "yes"})),
    ("untag vault", lambda s: s.backup.untag_resource(ResourceArn=VAULT, TagKeyList=["team"])),
    ("tags of vault after", lambda s: s.backup.list_tags(ResourceArn=VAULT)),
    ("lock vault", lambda s: s.backup.put_backup_vault_lock_configuration(BackupVaultName="daily", MinRetentionDays=7, MaxRetentionDays=90)),
    ("describe locked vault", lambda s: pick(s.backup.describe_backup_vault(BackupVaultName="daily"), "Locked", "MinRetentionDays", "MaxRetentionDays", "LockDate")),
    ("unlock vault", lambda s: s.backup.delete_backup_vault_lock_configuration(BackupVaultName="daily")),
    ("describe unlocked vault", lambda s: pick(s.backup.describe_backup_vault(BackupVaultName="daily"), "Locked", "MinRetentionDays", "MaxRetentionDays")),
    # plans
    ("create plan", make_plan),
    ("create plan again", lambda s: pick(s.backup.create_backup_plan(BackupPlan={"BackupPlanName": "daily", "Rules": [RULE]}), "nothing")),
    ("get plan", lambda s: s.backup.get_backup_plan(BackupPlanId=s.plan)["BackupPlan"]),
    ("get no plan", lambda s: s.backup.get_backup_plan(BackupPlanId="none")),
    ("list plans", lambda s: [pick(p, "BackupPlanName") for p in s.backup.list_backup_plans()["BackupPlansList"]]),
    ("tags of plan", lambda s: s.backup.list_tags(ResourceArn=f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-plan:" + s.plan)),
    ("plan with a bad schedule", lambda s: pick(s.backup.create_backup_plan(BackupPlan={"BackupPlanName": "bad", "Rules": [RULE | {"ScheduleExpression": "rate(1 day)"}]}), "nothing")),
    ("plan with a bad lifecycle", lambda s: pick(s.backup.create_backup_plan(BackupPlan={"BackupPlanName": "worse", "Rules": [RULE | {"Lifecycle": {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 40}}]}), "nothing")),
    ("delete plan", lambda s: pick(s.backup.delete_backup_plan(BackupPlanId=s.plan), "BackupPlanArn")),
    ("delete plan again", lambda s: pick(s.backup.delete_backup_plan(BackupPlanId="none"), "BackupPlanArn")),
    # tables
    ("create table", lambda s: pick(s.dynamodb.create_table(TableName="orders", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                                                            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], Tags=[{"Key": "backup", "Value": "yes"}])["TableDescription"], "TableName", "TableStatus", "TableArn", "KeySchema")),
    ("describe table", lambda s: pick(s.dynamodb.describe_table(TableName="orders")["Table"], "TableName", "TableStatus", "TableArn", "DeletionProtectionEnabled", "ItemCount")),
    ("describe no table", lambda s: s.dynamodb.describe_table(TableName="none")),
    ("continuous backups at first", lambda s: s.dynamodb.describe_continuous_backups(TableName="orders")["ContinuousBackupsDescription"]),
    ("continuous backups of no table", lambda s: s.dynamodb.describe_continuous_backups(TableName="none")),
    ("recovery on", lambda s: s.dynamodb.update_continuous_backups(TableName="orders", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})["ContinuousBackupsDescription"]),
    ("recovery of seven days", lambda s: s.dynamodb.update_continuous_backups(TableName="orders", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7})["ContinuousBackupsDescription"]),
    ("recovery off", lambda s: s.dynamodb.update_continuous_backups(TableName="orders", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False})["ContinuousBackupsDescription"]),
    ("time to live at first", lambda s: s.dynamodb.describe_time_to_live(TableName="orders")["TimeToLiveDescription"]),
    ("time to live on", lambda s: s.dynamodb.update_time_to_live(TableName="orders", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})["TimeToLiveSpecification"]),
    ("time to live after", lambda s: s.dynamodb.describe_time_to_live(TableName="orders")["TimeToLiveDescription"]),
    ("tags of table", lambda s: s.dynamodb.list_tags_of_resource(ResourceArn=TABLE)),
    ("tag table", lambda s: s.dynamodb.tag_resource(ResourceArn=TABLE, Tags=[{"Key": "more", "Value": "yes"}])),
    ("untag table", lambda s: s.dynamodb.untag_resource(ResourceArn=TABLE, TagKeys=["backup"])),
    ("tags of table after", lambda s: s.dynamodb.list_tags_of_resource(ResourceArn=TABLE)),
    ("no resource policy", lambda s: s.dynamodb.get_resource_policy(ResourceArn=TABLE)),
    ("protect table", lambda s: pick(s.dynamodb.update_table(TableName="orders", DeletionProtectionEnabled=True)["TableDescription"], "DeletionProtectionEnabled")),
    ("delete protected table", lambda s: pick(s.dynamodb.delete_table(TableName="orders"), "nothing")),
    ("backups of no table", lambda s: s.dynamodb.list_backups(TableName="none")),
    ("create backup", lambda s: pick(s.dynamodb.create_backup(TableName="orders", BackupName="first")["BackupDetails"], "BackupName", "BackupType")),
    ("list backups", lambda s: [pick(b, "BackupName", "BackupStatus", "BackupType", "TableName", "TableArn") for b in s.dynamodb.list_backups()["BackupSummaries"]]),
    ("describe no backup", lambda s: s.dynamodb.describe_backup(BackupArn=TABLE + "/backup/01489173575360-b308cd7d")),
    # keys
    ("create key", make_key),
    ("describe no key", lambda s: s.kms.describe_key(KeyId="00000000-0000-4000-8000-000000000000")),
    ("alias", lambda s: s.kms.create_alias(AliasName="alias/vaults", TargetKeyId=s.key)),
    ("alias again", lambda s: s.kms.create_alias(AliasName="alias/vaults", TargetKeyId=s.key)),
    ("describe by alias", lambda s: pick(s.kms.describe_key(KeyId="alias/vaults")["KeyMetadata"], "KeyState", "Description", "Arn")),
    ("disable key", lambda s: s.kms.disable_key(KeyId=s.key)),
    ("describe disabled key", lambda s: pick(s.kms.describe_key(KeyId=s.key)["KeyMetadata"], "KeyState", "Enabled")),
    ("tags of key", lambda s: pick(s.kms.list_resource_tags(KeyId=s.key), "Tags", "Truncated")),
    ("delete key", lambda s: pick(s.kms.schedule_key_deletion(KeyId=s.key, PendingWindowInDays=7), "KeyState", "PendingWindowInDays")),
    ("describe deleted key", lambda s: pick(s.kms.describe_key(KeyId=s.key)["KeyMetadata"], "KeyState", "Enabled")),
    ("enable deleted key", lambda s: s.kms.enable_key(KeyId=s.key)),
    # roles
    ("create role", lambda s: pick(s.iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(TRUST), Tags=[{"Key": "a", "Value": "1"}])["Role"], "RoleName", "Path", "Arn", "AssumeRolePolicyDocument", "Tags")),
    ("create role again", lambda s: s.iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(TRUST))),
    ("get role", lambda s: s.iam.get_role(RoleName="worker")["Role"]),
    ("get no role", lambda s: s.iam.get_role(RoleName="none")),
    ("attach backup policy", lambda s: s.iam.attach_role_policy(RoleName="worker", PolicyArn=BACKUP)),
    ("attach restore policy", lambda s: s.iam.attach_role_policy(RoleName="worker", PolicyArn=RESTORE)),
    ("backup policy's statements", lambda s: statements(s, BACKUP)),
    ("restore policy's statements", lambda s: statements(s, RESTORE)),
    ("attach no policy", lambda s: s.iam.attach_role_policy(RoleName="worker", PolicyArn="arn:aws:iam::aws:policy/None")),
    ("attached policies", lambda s: sorted(p["PolicyArn"] for p in s.iam.list_attached_role_policies(RoleName="worker")["AttachedPolicies"])),
    ("inline policy", lambda s: s.iam.put_role_policy(RoleName="worker", PolicyName="read", PolicyDocument=json.dumps(READ))),
    ("get inline policy", lambda s: s.iam.get_role_policy(RoleName="worker", PolicyName="read")),
    ("delete role in use", lambda s: s.iam.delete_role(RoleName="worker")),
    ("role details", lambda s: [pick(r, "RoleName", "RolePolicyList") for r in s.iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"] if r["RoleName"] == "worker"]),
]


def main():
    sim = Side(sys.argv[1], lambda: AWS(sys.argv[1]).advance("10m"))
    moto = Side(sys.argv[2], lambda: None)
    json.dump([[label, sim.call(f), moto.call(f)] for label, f in CALLS], sys.stdout, default=str)


if __name__ == "__main__":
    main()
