"""Every operation of AWS Organizations through boto3."""

import json

from harness import ACCOUNT, has, refused, same, true

PLAN = {"plans": {"Daily": {
    "regions": {"@@assign": ["eu-west-1"]},
    "rules": {"Nightly": {"schedule_expression": {"@@assign": "cron(0 5 ? * * *)"}, "target_backup_vault_name": {"@@assign": "vault"},
                          "lifecycle": {"delete_after_days": {"@@assign": "35"}}}},
    "selections": {"tags": {"tagged": {"iam_role_arn": {"@@assign": "arn:aws:iam::$account:role/backup"}, "tag_key": {"@@assign": "backup"}, "tag_value": {"@@assign": ["daily"]}}}}}}}


def organisation(aws):
    o = aws.organizations
    refused("AWSOrganizationsNotInUseException", o.describe_organization)
    made = o.create_organization(FeatureSet="ALL")["Organization"]
    has(made, MasterAccountId=ACCOUNT, FeatureSet="ALL")
    same(o.describe_organization()["Organization"]["Id"], made["Id"])
    return o, o.list_roots()["Roots"][0]["Id"]


def accounts(aws):
    o, root = organisation(aws)
    status = o.create_account(Email="shop@example.com", AccountName="shop")["CreateAccountStatus"]
    aws.advance("10m")
    done = o.describe_create_account_status(CreateAccountRequestId=status["Id"])["CreateAccountStatus"]
    has(done, State="SUCCEEDED", AccountName="shop")
    shop = done["AccountId"]
    pages = o.pages("list_accounts", PaginationConfig={"PageSize": 1})
    same(sorted(a["Id"] for p in pages for a in p["Accounts"]), sorted([ACCOUNT, shop]))
    has(o.describe_account(AccountId=shop)["Account"], Name="shop", Status="ACTIVE")
    unit = o.create_organizational_unit(ParentId=root, Name="shops")["OrganizationalUnit"]
    has(o.describe_organizational_unit(OrganizationalUnitId=unit["Id"])["OrganizationalUnit"], Name="shops")
    same([u["Name"] for u in o.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]], ["shops"])
    o.move_account(AccountId=shop, SourceParentId=root, DestinationParentId=unit["Id"])
    same([a["Id"] for a in o.list_accounts_for_parent(ParentId=unit["Id"])["Accounts"]], [shop])
    same([c["Id"] for c in o.list_children(ParentId=unit["Id"], ChildType="ACCOUNT")["Children"]], [shop])
    same(o.list_parents(ChildId=shop)["Parents"], [{"Id": unit["Id"], "Type": "ORGANIZATIONAL_UNIT"}])
    same(o.list_tags_for_resource(ResourceId=shop)["Tags"], [])
    same(o.list_delegated_administrators()["DelegatedAdministrators"], [])
    o.register_delegated_administrator(AccountId=shop, ServicePrincipal="backup.amazonaws.com")
    refused("AccountAlreadyRegisteredException", o.register_delegated_administrator, AccountId=shop, ServicePrincipal="backup.amazonaws.com")
    same([d["Id"] for d in o.list_delegated_administrators()["DelegatedAdministrators"]], [shop])
    o.deregister_delegated_administrator(AccountId=shop, ServicePrincipal="backup.amazonaws.com")
    refused("AccountNotRegisteredException", o.deregister_delegated_administrator, AccountId=shop, ServicePrincipal="backup.amazonaws.com")
    true(isinstance(o.list_aws_service_access_for_organization()["EnabledServicePrincipals"], list), "service access")
    refused("OrganizationalUnitNotEmptyException", o.delete_organizational_unit, OrganizationalUnitId=unit["Id"])
    o.move_account(AccountId=shop, SourceParentId=unit["Id"], DestinationParentId=root)
    o.delete_organizational_unit(OrganizationalUnitId=unit["Id"])
    refused("OrganizationalUnitNotFoundException", o.describe_organizational_unit, OrganizationalUnitId=unit["Id"])
    refused("ConstraintViolationException", o.close_account, AccountId=ACCOUNT)
    o.close_account(AccountId=shop)
    has(o.describe_account(AccountId=shop)["Account"], Status="PENDING_CLOSURE")
    refused("AccountAlreadyClosedException", o.close_account, AccountId=shop)


def backup_policies(aws):
    o, root = organisation(aws)
    refused("PolicyTypeNotEnabledException", o.attach_policy, TargetId=root,
            PolicyId=o.create_policy(Name="early", Type="BACKUP_POLICY", Description="", Content=json.dumps(PLAN))["Policy"]["PolicySummary"]["Id"])
    enabled = o.enable_policy_type(RootId=root, PolicyType="BACKUP_POLICY")["Root"]["PolicyTypes"]
    true({"Type": "BACKUP_POLICY", "Status": "ENABLED"} in enabled, enabled)
    policy = o.create_policy(Name="daily", Type="BACKUP_POLICY", Description="every day", Content=json.dumps(PLAN))["Policy"]
    name = policy["PolicySummary"]["Id"]
    o.attach_policy(PolicyId=name, TargetId=root)
    same([t["TargetId"] for t in o.list_targets_for_policy(PolicyId=name)["Targets"]], [root])
    same([p["Name"] for p in o.list_policies_for_target(TargetId=root, Filter="BACKUP_POLICY")["Policies"]], ["daily"])
    same({p["Name"] for page in o.pages("list_policies", Filter="BACKUP_POLICY", PaginationConfig={"PageSize": 1}) for p in page["Policies"]}, {"early", "daily"})
    effective = o.describe_effective_policy(PolicyType="BACKUP_POLICY", TargetId=ACCOUNT)["EffectivePolicy"]
    rule = list(list(json.loads(effective["PolicyContent"])["plans"].values())[0]["rules"].values())[0]
    same(rule["lifecycle"]["delete_after_days"], "35")
    longer = json.loads(json.dumps(PLAN).replace('"35"', '"90"'))
    same(o.update_policy(PolicyId=name, Content=json.dumps(longer))["Policy"]["PolicySummary"]["Name"], "daily")
    same(json.loads(o.describe_policy(PolicyId=name)["Policy"]["Content"]), longer)
    same(o.list_accounts_with_invalid_effective_policy(PolicyType="BACKUP_POLICY")["Accounts"], [])
    same(o.list_effective_policy_validation_errors(AccountId=ACCOUNT, PolicyType="BACKUP_POLICY")["EffectivePolicyValidationErrors"], [])
    o.detach_policy(PolicyId=name, TargetId=root)
    refused("EffectivePolicyNotFoundException", o.describe_effective_policy, PolicyType="BACKUP_POLICY", TargetId=ACCOUNT)
    o.delete_policy(PolicyId=name)
    refused("PolicyNotFoundException", o.describe_policy, PolicyId=name)
    true("BACKUP_POLICY" not in [t["Type"] for t in o.disable_policy_type(RootId=root, PolicyType="BACKUP_POLICY")["Root"]["PolicyTypes"]], "the type is off")
    o.delete_organization()
    refused("AWSOrganizationsNotInUseException", o.list_accounts)


SCENARIOS = [accounts, backup_policies]
