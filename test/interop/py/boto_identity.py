"""Every operation of IAM, STS and KMS through boto3."""

import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from harness import ACCOUNT, REGION, has, refused, same, true

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com", "AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}]}
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}]}
IAM = f"arn:aws:iam::{ACCOUNT}:"
BACKUP = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
RESTORE = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores"


def role(aws, name="worker"):
    return aws.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST), Description="works", Tags=[{"Key": "team", "Value": "shop"}])["Role"]


def roles(aws):
    i = aws.iam
    made = role(aws)
    has(made, Arn=IAM + "role/worker", Path="/", AssumeRolePolicyDocument=TRUST)
    refused("EntityAlreadyExists", i.create_role, RoleName="worker", AssumeRolePolicyDocument=json.dumps(TRUST))
    refused("MalformedPolicyDocument", i.create_role, RoleName="bad", AssumeRolePolicyDocument="{}")
    i.raw.get_waiter("role_exists").wait(RoleName="worker", WaiterConfig={"Delay": 1, "MaxAttempts": 2})
    i.update_role(RoleName="worker", MaxSessionDuration=7200, Description="works more")
    got = i.get_role(RoleName="worker")["Role"]
    has(got, RoleId=made["RoleId"], MaxSessionDuration=7200, Description="works more", Tags=[{"Key": "team", "Value": "shop"}])
    same(i.update_role_description(RoleName="worker", Description="rests")["Role"]["Description"], "rests")
    changed = json.loads(json.dumps(TRUST))
    changed["Statement"][0]["Principal"] = {"Service": "backup.amazonaws.com"}
    i.update_assume_role_policy(RoleName="worker", PolicyDocument=json.dumps(changed))
    same(i.get_role(RoleName="worker")["Role"]["AssumeRolePolicyDocument"], changed)
    i.tag_role(RoleName="worker", Tags=[{"Key": "a", "Value": "1"}])
    i.untag_role(RoleName="worker", TagKeys=["team"])
    same(i.list_role_tags(RoleName="worker")["Tags"], [{"Key": "a", "Value": "1"}])
    i.put_role_permissions_boundary(RoleName="worker", PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess")
    same(i.get_role(RoleName="worker")["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"], "arn:aws:iam::aws:policy/AdministratorAccess")
    i.delete_role_permissions_boundary(RoleName="worker")
    true("PermissionsBoundary" not in i.get_role(RoleName="worker")["Role"])
    same(i.list_instance_profiles_for_role(RoleName="worker")["InstanceProfiles"], [])
    i.delete_role(RoleName="worker")
    refused("NoSuchEntity", i.get_role, RoleName="worker")


def role_policies(aws):
    i = aws.iam
    role(aws)
    i.put_role_policy(RoleName="worker", PolicyName="read", PolicyDocument=json.dumps(READ))
    same(i.get_role_policy(RoleName="worker", PolicyName="read")["PolicyDocument"], READ)
    same(i.list_role_policies(RoleName="worker")["PolicyNames"], ["read"])
    for arn in (BACKUP, RESTORE):
        i.attach_role_policy(RoleName="worker", PolicyArn=arn)
    pages = i.pages("list_attached_role_policies", RoleName="worker", PaginationConfig={"PageSize": 1})
    same([[p["PolicyArn"] for p in page["AttachedPolicies"]] for page in pages], [[BACKUP], [RESTORE]])
    users = i.list_entities_for_policy(PolicyArn=BACKUP)
    same([r["RoleName"] for r in users["PolicyRoles"]], ["worker"])
    details = i.pages("get_account_authorization_details", Filter=["Role"])[0]["RoleDetailList"]
    same([(r["RoleName"], [p["PolicyName"] for p in r["RolePolicyList"]]) for r in details], [("worker", ["read"])])
    same(details[0]["RolePolicyList"][0]["PolicyDocument"], READ)
    refused("DeleteConflict", i.delete_role, RoleName="worker")
    i.delete_role_policy(RoleName="worker", PolicyName="read")
    refused("NoSuchEntity", i.get_role_policy, RoleName="worker", PolicyName="read")
    for arn in (BACKUP, RESTORE):
        i.detach_role_policy(RoleName="worker", PolicyArn=arn)
    same(i.list_attached_role_policies(RoleName="worker")["AttachedPolicies"], [])


def many_roles(aws):
    i = aws.iam
    for n in range(5):
        role(aws, f"role-{n}")
    pages = i.pages("list_roles", PaginationConfig={"PageSize": 2})
    same([[r["RoleName"] for r in p["Roles"]] for p in pages], [["role-0", "role-1"], ["role-2", "role-3"], ["role-4"]])
    linked = i.create_service_linked_role(AWSServiceName="backup.amazonaws.com")["Role"]
    same((linked["RoleName"], linked["Path"]), ("AWSServiceRoleForBackup", "/aws-service-role/backup.amazonaws.com/"))
    task = i.delete_service_linked_role(RoleName="AWSServiceRoleForBackup")["DeletionTaskId"]
    same(i.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"], "SUCCEEDED")


def users(aws):
    i = aws.iam
    has(i.create_user(UserName="ann", Tags=[{"Key": "a", "Value": "1"}])["User"], UserName="ann", Arn=IAM + "user/ann")
    same(i.get_user(UserName="ann")["User"]["UserName"], "ann")
    i.create_user(UserName="bob")
    pages = i.pages("list_users", PaginationConfig={"PageSize": 1})
    same([u["UserName"] for p in pages for u in p["Users"]], ["ann", "bob"])
    same(i.list_groups_for_user(UserName="ann")["Groups"], [])
    i.tag_user(UserName="ann", Tags=[{"Key": "b", "Value": "2"}])
    i.untag_user(UserName="ann", TagKeys=["a"])
    same(i.list_user_tags(UserName="ann")["Tags"], [{"Key": "b", "Value": "2"}])
    i.put_user_permissions_boundary(UserName="ann", PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")
    true("PermissionsBoundary" in i.get_user(UserName="ann")["User"])
    i.delete_user_permissions_boundary(UserName="ann")
    i.put_user_policy(UserName="ann", PolicyName="read", PolicyDocument=json.dumps(READ))
    same(i.get_user_policy(UserName="ann", PolicyName="read")["PolicyDocument"], READ)
    same(i.list_user_policies(UserName="ann")["PolicyNames"], ["read"])
    i.attach_user_policy(UserName="ann", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    same([p["PolicyName"] for p in i.list_attached_user_policies(UserName="ann")["AttachedPolicies"]], ["ReadOnlyAccess"])
    key = i.create_access_key(UserName="ann")["AccessKey"]
    same(key["Status"], "Active")
    i.update_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    same([(k["AccessKeyId"], k["Status"]) for k in i.list_access_keys(UserName="ann")["AccessKeyMetadata"]], [(key["AccessKeyId"], "Inactive")])
    same(i.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["UserName"], "ann")
    refused("DeleteConflict", i.delete_user, UserName="ann")
    i.delete_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"])
    i.detach_user_policy(UserName="ann", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    i.delete_user_policy(UserName="ann", PolicyName="read")
    i.delete_user(UserName="ann")
    refused("NoSuchEntity", i.get_user, UserName="ann")


def groups(aws):
    i = aws.iam
    i.create_user(UserName="ann")
    has(i.create_group(GroupName="ops", Path="/teams/")["Group"], GroupName="ops", Path="/teams/", Arn=IAM + "group/teams/ops")
    refused("EntityAlreadyExists", i.create_group, GroupName="OPS")
    i.create_group(GroupName="dev")
    same([[g["GroupName"] for g in p["Groups"]] for p in i.pages("list_groups", PaginationConfig={"PageSize": 1})], [["dev"], ["ops"]])
    i.add_user_to_group(GroupName="ops", UserName="ann")
    i.add_user_to_group(GroupName="ops", UserName="ann")
    refused("NoSuchEntity", i.add_user_to_group, GroupName="none", UserName="ann")
    refused("NoSuchEntity", i.add_user_to_group, GroupName="ops", UserName="none")
    same([g["GroupName"] for g in i.list_groups_for_user(UserName="ann")["Groups"]], ["ops"])
    got = i.get_group(GroupName="ops")
    same(([u["UserName"] for u in got["Users"]], got["Group"]["GroupName"]), (["ann"], "ops"))
    i.put_group_policy(GroupName="ops", PolicyName="read", PolicyDocument=json.dumps(READ))
    same(i.get_group_policy(GroupName="ops", PolicyName="read")["PolicyDocument"], READ)
    same(i.list_group_policies(GroupName="ops")["PolicyNames"], ["read"])
    i.attach_group_policy(GroupName="ops", PolicyArn=BACKUP)
    same([p["PolicyArn"] for p in i.list_attached_group_policies(GroupName="ops")["AttachedPolicies"]], [BACKUP])
    same([g["GroupName"] for g in i.list_entities_for_policy(PolicyArn=BACKUP)["PolicyGroups"]], ["ops"])
    details = i.pages("get_account_authorization_details", Filter=["User", "Group"])[0]
    same([u["GroupList"] for u in details["UserDetailList"]], [["ops"]])
    same([(g["GroupName"], [p["PolicyDocument"] for p in g["GroupPolicyList"]]) for g in details["GroupDetailList"]], [("dev", []), ("ops", [READ])])
    summary = i.get_account_summary()["SummaryMap"]
    same((summary["Users"], summary["Groups"], summary["AccountAccessKeysPresent"]), (1, 2, 0))
    refused("DeleteConflict", i.delete_group, GroupName="ops")
    i.detach_group_policy(GroupName="ops", PolicyArn=BACKUP)
    i.delete_group_policy(GroupName="ops", PolicyName="read")
    refused("NoSuchEntity", i.get_group_policy, GroupName="ops", PolicyName="read")
    refused("DeleteConflict", i.delete_group, GroupName="ops")
    refused("DeleteConflict", i.delete_user, UserName="ann")
    i.remove_user_from_group(GroupName="ops", UserName="ann")
    i.delete_group(GroupName="ops")
    refused("NoSuchEntity", i.get_group, GroupName="ops")


def policies(aws):
    i = aws.iam
    made = i.create_policy(PolicyName="read", PolicyDocument=json.dumps(READ), Description="reads", Tags=[{"Key": "a", "Value": "1"}])["Policy"]
    arn = made["Arn"]
    has(made, Arn=IAM + "policy/read", DefaultVersionId="v1", AttachmentCount=0)
    same(i.get_policy(PolicyArn=arn)["Policy"]["Description"], "reads")
    true("AWSBackup" in i.get_policy(PolicyArn=BACKUP)["Policy"]["PolicyName"])
    version = i.get_policy(PolicyArn=BACKUP)["Policy"]["DefaultVersionId"]
    document = i.get_policy_version(PolicyArn=BACKUP, VersionId=version)["PolicyVersion"]["Document"]
    true("dynamodb:CreateBackup" in json.dumps(document), "AWS's backup policy")
    has(i.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(READ), SetAsDefault=False)["PolicyVersion"], VersionId="v2", IsDefaultVersion=False)
    i.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    pages = i.pages("list_policy_versions", PolicyArn=arn, PaginationConfig={"PageSize": 1})
    same(sorted((v["VersionId"], v["IsDefaultVersion"]) for p in pages for v in p["Versions"]), [("v1", False), ("v2", True)])
    i.delete_policy_version(PolicyArn=arn, VersionId="v1")
    i.tag_policy(PolicyArn=arn, Tags=[{"Key": "b", "Value": "2"}])
    i.untag_policy(PolicyArn=arn, TagKeys=["a"])
    same(i.list_policy_tags(PolicyArn=arn)["Tags"], [{"Key": "b", "Value": "2"}])
    same([p["PolicyName"] for p in i.list_policies(Scope="Local")["Policies"]], ["read"])
    names = {p["PolicyName"] for page in i.pages("list_policies", Scope="AWS", PaginationConfig={"PageSize": 3}) for p in page["Policies"]}
    true({"AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"} <= names, names)
    i.delete_policy(PolicyArn=arn)
    refused("NoSuchEntity", i.get_policy, PolicyArn=arn)
    same(i.list_account_aliases()["AccountAliases"], [])


def sessions(aws):
    s = aws.sts
    has(s.get_caller_identity(), Account=ACCOUNT, Arn=IAM + "root", UserId=ACCOUNT)
    made = role(aws)
    out = s.assume_role(RoleArn=made["Arn"], RoleSessionName="session")
    has(out["AssumedRoleUser"], Arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/session", AssumedRoleId=made["RoleId"] + ":session")
    c = out["Credentials"]
    mine = aws.client("sts", credentials=(c["AccessKeyId"], c["SecretAccessKey"], c["SessionToken"]))
    same(mine.get_caller_identity()["Arn"], f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/session")
    true(s.get_session_token(DurationSeconds=900)["Credentials"]["SessionToken"], "token")
    same(s.get_access_key_info(AccessKeyId=c["AccessKeyId"])["Account"], ACCOUNT)
    refused("InvalidAuthorizationMessageException", s.decode_authorization_message, EncodedMessage="x")  # refusals here carry no encoded message
    refused("AccessDenied", s.assume_role, RoleArn=IAM + "role/none", RoleSessionName="session")


def keys(aws):
    k = aws.kms
    made = k.create_key(Description="vaults", Tags=[{"TagKey": "a", "TagValue": "1"}])["KeyMetadata"]
    arn, name = made["Arn"], made["KeyId"]
    has(made, KeyState="Enabled", KeyManager="CUSTOMER", Enabled=True, Description="vaults", Arn=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}")
    k.update_key_description(KeyId=name, Description="tables")
    same(k.describe_key(KeyId=arn)["KeyMetadata"]["Description"], "tables")
    k.create_key()
    pages = k.pages("list_keys", PaginationConfig={"PageSize": 1})
    true([len(p["Keys"]) for p in pages][:2] == [1, 1] and arn in [x["KeyArn"] for p in pages for x in p["Keys"]], "list of keys")
    policy = json.loads(k.get_key_policy(KeyId=name)["Policy"])
    same(policy["Statement"][0]["Principal"], {"AWS": IAM + "root"})
    policy["Statement"][0]["Sid"] = "changed"
    k.put_key_policy(KeyId=name, Policy=json.dumps(policy))
    same(json.loads(k.get_key_policy(KeyId=name, PolicyName="default")["Policy"]), policy)
    same(k.list_key_policies(KeyId=name)["PolicyNames"], ["default"])
    k.disable_key(KeyId=name)
    same(k.describe_key(KeyId=name)["KeyMetadata"]["KeyState"], "Disabled")
    k.enable_key(KeyId=name)
    same(k.get_key_rotation_status(KeyId=name)["KeyRotationEnabled"], False)
    k.enable_key_rotation(KeyId=name)
    same(k.get_key_rotation_status(KeyId=name)["KeyRotationEnabled"], True)
    k.disable_key_rotation(KeyId=name)
    has(k.schedule_key_deletion(KeyId=name, PendingWindowInDays=7), KeyState="PendingDeletion", PendingWindowInDays=7)
    refused("KMSInvalidStateException", k.enable_key, KeyId=name)
    true(k.cancel_key_deletion(KeyId=name)["KeyId"] in (arn, name), "key")
    same(k.describe_key(KeyId=name)["KeyMetadata"]["KeyState"], "Disabled")
    refused("NotFoundException", k.describe_key, KeyId="00000000-0000-4000-8000-000000000000")


def signing_keys(aws):
    k = aws.kms
    made = k.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    has(made, KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY", SigningAlgorithms=["ECDSA_SHA_256"])
    public = k.get_public_key(KeyId=made["KeyId"])
    has(public, KeyId=made["Arn"], KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY", SigningAlgorithms=["ECDSA_SHA_256"])
    what = {"KeyId": made["KeyId"], "Message": b"m" * 32, "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
    signed = k.sign(**what)
    has(signed, KeyId=made["Arn"], SigningAlgorithm="ECDSA_SHA_256")
    key = serialization.load_der_public_key(public["PublicKey"])
    key.verify(signed["Signature"], b"m" * 32, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    has(k.verify(**what, Signature=signed["Signature"]), SignatureValid=True, KeyId=made["Arn"], SigningAlgorithm="ECDSA_SHA_256")
    refused("KMSInvalidSignatureException", k.verify, **{**what, "Message": b"n" * 32}, Signature=signed["Signature"])
    raw = k.sign(**{**what, "Message": b"as it is", "MessageType": "RAW"})
    key.verify(raw["Signature"], b"as it is", ec.ECDSA(hashes.SHA256()))
    other = k.create_key()["KeyMetadata"]["KeyId"]
    refused("InvalidKeyUsageException", k.sign, **{**what, "KeyId": other})
    refused("UnsupportedOperationException", k.get_public_key, KeyId=other)
    refused("ValidationException", aws.dynamodb.create_table, TableName="signed", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": made["Arn"]})
    refused("InvalidParameterValueException", aws.backup.create_backup_vault, BackupVaultName="signed", EncryptionKeyArn=made["Arn"])


def aliases_tags_grants(aws):
    k = aws.kms
    one, two = (k.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    k.create_alias(AliasName="alias/vault", TargetKeyId=one)
    refused("AlreadyExistsException", k.create_alias, AliasName="alias/vault", TargetKeyId=two)
    k.update_alias(AliasName="alias/vault", TargetKeyId=two)
    same([(a["AliasName"], a["TargetKeyId"]) for a in k.list_aliases(KeyId=two)["Aliases"]], [("alias/vault", two)])
    same(k.describe_key(KeyId="alias/vault")["KeyMetadata"]["KeyId"], two)
    k.delete_alias(AliasName="alias/vault")
    refused("NotFoundException", k.describe_key, KeyId="alias/vault")
    k.tag_resource(KeyId=one, Tags=[{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": "2"}])
    k.untag_resource(KeyId=one, TagKeys=["a"])
    same(k.list_resource_tags(KeyId=one)["Tags"], [{"TagKey": "b", "TagValue": "2"}])
    grant = k.create_grant(KeyId=one, GranteePrincipal=IAM + "root", Operations=["Decrypt", "DescribeKey"])
    grants = k.list_grants(KeyId=one)["Grants"]
    same([(g["GrantId"], sorted(g["Operations"])) for g in grants], [(grant["GrantId"], ["Decrypt", "DescribeKey"])])


SCENARIOS = [roles, role_policies, many_roles, users, groups, policies, sessions, keys, signing_keys, aliases_tags_grants]
