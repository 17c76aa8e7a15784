"""Performs AWS CLI's `cloudformation deploy` and `cloudformation delete-stack`, as far as AWS documents what CloudFormation does.

The simulated AWS has no CloudFormation. This is a reader of templates of its own, which shares nothing with whatever wrote them: it
resolves parameters, conditions and functions, and makes each resource by boto3 from its documented properties. A property, a function
or a resource that it does not know is an error. The endpoint is AWS_ENDPOINT_URL's."""

import argparse
import json
import re
import sys

import boto3
import yaml

CALLS = {"Ref", "GetAtt", "If", "Equals", "Join"}


class Call:
    def __init__(self, name, args):
        self.name, self.args = name, args


class Reader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms. A key that comes twice is an error."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(k, deep=True) for k, _ in node.value]
        if len(keys) != len(set(keys)):
            raise ValueError(f"a key comes twice among {keys}")
        return super().construct_mapping(node, deep=deep)


def short_form(reader, suffix, node):
    if suffix not in CALLS:
        raise ValueError(f"unknown function !{suffix}")
    if isinstance(node, yaml.ScalarNode):
        args = reader.construct_scalar(node)
    else:
        args = reader.construct_sequence(node, deep=True)
    return Call(suffix, args)


Reader.add_multi_constructor("!", short_form)


class Stack:
    def __init__(self, template, given):
        known = {"AWSTemplateFormatVersion", "Description", "Parameters", "Conditions", "Resources", "Outputs"}
        if set(template) - known or template["AWSTemplateFormatVersion"] != "2010-09-09":
            raise ValueError(f"unknown sections {set(template) - known}")
        self.template = template
        self.parameters = {name: parameter(name, p, given.pop(name, None)) for name, p in template.get("Parameters", {}).items()}
        if given:
            raise ValueError(f"parameters that the template does not have: {sorted(given)}")
        self.conditions = {name: self.resolve(c) for name, c in template.get("Conditions", {}).items()}
        self.made = {}

    def resolve(self, value):
        if isinstance(value, dict):
            return {k: self.resolve(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.resolve(v) for v in value]
        if not isinstance(value, Call):
            return value
        if value.name == "Ref":
            return self.parameters[value.args] if value.args in self.parameters else self.made[value.args]["Ref"]
        if value.name == "GetAtt":
            name, _, attribute = value.args.partition(".")
            return self.made[name][attribute]
        if value.name == "If":
            condition, yes, no = value.args
            return self.resolve(yes if self.conditions[condition] else no)
        args = [self.resolve(a) for a in value.args]
        if value.name == "Equals":
            left, right = args
            return left == right
        delimiter, parts = args
        return delimiter.join(parts)

    def wanted(self, resource):
        return "Condition" not in resource or self.conditions[resource["Condition"]]

    def needs(self, value):
        """Names of the resources that a value cannot be resolved without."""
        if isinstance(value, dict):
            return set().union(*map(self.needs, value.values()), set())
        if isinstance(value, list):
            return set().union(*map(self.needs, value), set())
        if not isinstance(value, Call):
            return set()
        if value.name in ("Ref", "GetAtt"):
            name = value.args.partition(".")[0]
            return set() if name in self.parameters else {name}
        if value.name == "If":
            return self.needs(value.args[1] if self.conditions[value.args[0]] else value.args[2])
        return self.needs(value.args)

    def order(self):
        """Resources, each after what it needs."""
        left = {n: r for n, r in self.template["Resources"].items() if self.wanted(r)}
        while left:
            ready = [n for n, r in left.items() if not (self.needs(r["Properties"]) | listed(r.get("DependsOn"))) & set(left)]
            if not ready:
                raise ValueError(f"{sorted(left)} need each other")
            yield ready[0], left.pop(ready[0])


def listed(value):
    return {value} if isinstance(value, str) else set(value or [])


def parameter(name, declared, given):
    known = {"Type", "Default", "Description", "AllowedPattern", "AllowedValues", "MinValue"}
    if set(declared) - known:
        raise ValueError(f"parameter {name}: unknown {set(declared) - known}")
    text = str(declared["Default"] if given is None else given)
    if len(text.encode()) > 4096:
        raise ValueError(f"parameter {name} is longer than 4096 bytes")
    if "AllowedValues" in declared and text not in declared["AllowedValues"]:
        raise ValueError(f"parameter {name}: {text} is not allowed")
    if "AllowedPattern" in declared and not re.fullmatch(declared["AllowedPattern"], text):
        raise ValueError(f"parameter {name}: {text} does not fit the pattern")
    if declared["Type"] == "Number":
        number = float(text) if "." in text else int(text)
        if number < declared.get("MinValue", number):
            raise ValueError(f"parameter {name}: {text} is too small")
        return text  # CloudFormation hands numbers on as texts
    if declared["Type"] == "CommaDelimitedList":
        return [part.strip() for part in text.split(",")]
    if declared["Type"] != "String":
        raise ValueError(f"parameter {name}: unknown type")
    return text


def strict(value, **members):
    """The members of a structure under the API's names: CloudFormation's name -> the API's name, or (name, how to convert)."""
    if set(value) - set(members):
        raise ValueError(f"unknown properties {sorted(set(value) - set(members))}, known are {sorted(members)}")
    out = {}
    for name, content in value.items():
        target, convert = members[name] if isinstance(members[name], tuple) else (members[name], lambda v: v)
        out[target] = convert(content)
    return out


def tags(entries):
    pairs = [strict(e, Key="Key", Value="Value") for e in entries]
    return {p["Key"]: p["Value"] for p in pairs}


def document(value):
    return value if isinstance(value, str) else json.dumps(value)


def lifecycle(value):
    return strict(value, MoveToColdStorageAfterDays=("MoveToColdStorageAfterDays", int), DeleteAfterDays=("DeleteAfterDays", int))


def copy_action(value):
    return strict(value, DestinationBackupVaultArn="DestinationBackupVaultArn", Lifecycle=("Lifecycle", lifecycle))


def rule(value):
    return strict(
        value, RuleName="RuleName", TargetBackupVault="TargetBackupVaultName", ScheduleExpression="ScheduleExpression",
        ScheduleExpressionTimezone="ScheduleExpressionTimezone", StartWindowMinutes=("StartWindowMinutes", int),
        CompletionWindowMinutes=("CompletionWindowMinutes", int), EnableContinuousBackup="EnableContinuousBackup",
        TargetLogicallyAirGappedBackupVaultArn="TargetLogicallyAirGappedBackupVaultArn", Lifecycle=("Lifecycle", lifecycle),
        CopyActions=("CopyActions", lambda v: [copy_action(c) for c in v]), RecoveryPointTags="RecoveryPointTags")


def condition(value):
    return strict(value, ConditionKey="ConditionKey", ConditionValue="ConditionValue")


def conditions(value):
    every = lambda entries: [condition(c) for c in entries]
    return strict(value, **{name: (name, every) for name in ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")})


def list_of_tags(value):
    return [strict(t, ConditionType="ConditionType", ConditionKey="ConditionKey", ConditionValue="ConditionValue") for t in value]


class Maker:
    """Makes and unmakes resources. What it returns of a resource is what Ref and GetAtt give, and what deleting it needs."""

    def __init__(self, region):
        self.iam, self.backup = boto3.client("iam", region_name=region), boto3.client("backup", region_name=region)

    def make(self, kind, properties):
        return getattr(self, kind.replace("AWS::", "").replace("::", "_"))(properties)

    def IAM_Role(self, p):
        attached = p.pop("ManagedPolicyArns", [])
        arguments = strict(p, RoleName="RoleName", Path="Path", Description="Description", AssumeRolePolicyDocument=("AssumeRolePolicyDocument", document),
                           Tags=("Tags", lambda v: [{"Key": k, "Value": w} for k, w in tags(v).items()]))
        role = self.iam.create_role(**arguments)["Role"]
        for arn in attached:
            self.iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=arn)
        return {"Ref": role["RoleName"], "Arn": role["Arn"]}

    def Backup_BackupVault(self, p):
        settings = {name: p.pop(name) for name in ("AccessPolicy", "LockConfiguration", "Notifications") if name in p}
        vault = self.backup.create_backup_vault(**strict(p, BackupVaultName="BackupVaultName", EncryptionKeyArn="EncryptionKeyArn", BackupVaultTags="BackupVaultTags"))
        name = vault["BackupVaultName"]
        if "AccessPolicy" in settings:
            self.backup.put_backup_vault_access_policy(BackupVaultName=name, Policy=document(settings["AccessPolicy"]))
        if "Notifications" in settings:
            n = strict(settings["Notifications"], SNSTopicArn="SNSTopicArn", BackupVaultEvents="BackupVaultEvents")
            self.backup.put_backup_vault_notifications(BackupVaultName=name, **n)
        if "LockConfiguration" in settings:
            lock = strict(settings["LockConfiguration"], **{n: (n, int) for n in ("MinRetentionDays", "MaxRetentionDays", "ChangeableForDays")})
            if "MinRetentionDays" not in lock:
                raise ValueError("CloudFormation asks for MinRetentionDays")
            self.backup.put_backup_vault_lock_configuration(BackupVaultName=name, **lock)
        return {"Ref": name, "BackupVaultArn": vault["BackupVaultArn"]}

    def Backup_BackupPlan(self, p):
        plan = lambda v: strict(v, BackupPlanName="BackupPlanName", BackupPlanRule=("Rules", lambda rules: [rule(r) for r in rules]))
        made = self.backup.create_backup_plan(**strict(p, BackupPlan=("BackupPlan", plan), BackupPlanTags="BackupPlanTags"))
        return {"Ref": made["BackupPlanId"], "BackupPlanId": made["BackupPlanId"], "BackupPlanArn": made["BackupPlanArn"]}

    def Backup_BackupSelection(self, p):
        selection = lambda v: strict(v, SelectionName="SelectionName", IamRoleArn="IamRoleArn", Resources="Resources", NotResources="NotResources",
                                     ListOfTags=("ListOfTags", list_of_tags), Conditions=("Conditions", conditions))
        made = self.backup.create_backup_selection(**strict(p, BackupPlanId="BackupPlanId", BackupSelection=("BackupSelection", selection)))
        return {"Ref": made["SelectionId"] + "_" + made["BackupPlanId"], "SelectionId": made["SelectionId"], "BackupPlanId": made["BackupPlanId"]}

    def Backup_RestoreTestingPlan(self, p):
        labels = tags(p.pop("Tags", []))
        points = lambda v: strict(v, Algorithm="Algorithm", RecoveryPointTypes="RecoveryPointTypes", IncludeVaults="IncludeVaults", ExcludeVaults="ExcludeVaults",
                                  SelectionWindowDays=("SelectionWindowDays", int))
        plan = strict(p, RestoreTestingPlanName="RestoreTestingPlanName", ScheduleExpression="ScheduleExpression", StartWindowHours=("StartWindowHours", int),
                      RecoveryPointSelection=("RecoveryPointSelection", points))
        made = self.backup.create_restore_testing_plan(RestoreTestingPlan=plan, Tags=labels)
        return {"Ref": made["RestoreTestingPlanName"], "RestoreTestingPlanArn": made["RestoreTestingPlanArn"]}

    def Backup_RestoreTestingSelection(self, p):
        plan = p.pop("RestoreTestingPlanName")
        selection = strict(p, RestoreTestingSelectionName="RestoreTestingSelectionName", ProtectedResourceType="ProtectedResourceType", IamRoleArn="IamRoleArn",
                           ProtectedResourceArns="ProtectedResourceArns", ValidationWindowHours=("ValidationWindowHours", int))
        made = self.backup.create_restore_testing_selection(RestoreTestingPlanName=plan, RestoreTestingSelection=selection)
        return {"Ref": made["RestoreTestingSelectionName"], "Plan": plan}

    def unmake(self, kind, made):
        if kind == "AWS::Backup::BackupSelection":
            self.backup.delete_backup_selection(BackupPlanId=made["BackupPlanId"], SelectionId=made["SelectionId"])
        elif kind == "AWS::Backup::BackupPlan":
            self.backup.delete_backup_plan(BackupPlanId=made["Ref"])
        elif kind == "AWS::Backup::RestoreTestingSelection":
            self.backup.delete_restore_testing_selection(RestoreTestingPlanName=made["Plan"], RestoreTestingSelectionName=made["Ref"])
        elif kind == "AWS::Backup::RestoreTestingPlan":
            self.backup.delete_restore_testing_plan(RestoreTestingPlanName=made["Ref"])
        else:
            raise ValueError(f"{kind} is not retained")


def deploy(options):
    with open(options.template_file, encoding="utf-8") as f:
        text = f.read()
    if len(text.encode()) > 51_200 and not options.s3_bucket:
        raise ValueError("the template is too large for a request: CloudFormation takes 51,200 bytes")
    stack = Stack(yaml.load(text, Reader), dict(g.split("=", 1) for g in options.parameter_overrides))
    maker, made = Maker(options.region), []
    for name, resource in stack.order():
        if set(resource) - {"Type", "Properties", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy"}:
            raise ValueError(f"unknown attributes of {name}: {set(resource)}")
        if resource["Type"] == "AWS::IAM::Role" and "CAPABILITY_NAMED_IAM" not in options.capabilities:
            raise ValueError("InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_NAMED_IAM]")
        stack.made[name] = maker.make(resource["Type"], stack.resolve(resource["Properties"]))
        made.append([resource["Type"], resource.get("DeletionPolicy", "Delete"), stack.made[name]])
    for output in stack.template["Outputs"].values():
        if stack.wanted(output) and not stack.resolve(output["Value"]):
            raise ValueError("an output is empty")
    with open(state(options), "w", encoding="utf-8") as f:
        json.dump(made, f)


def delete(options):
    with open(state(options), encoding="utf-8") as f:
        made = json.load(f)
    maker = Maker(options.region)
    for kind, policy, resource in reversed(made):
        if policy not in ("Retain", "RetainExceptOnCreate"):
            maker.unmake(kind, resource)


def state(options):
    """What is remembered of a stack, in the folder of the caller."""
    return f"{options.stack_name}-{options.region}.stack.json"


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("service", choices=["cloudformation"])
    parser.add_argument("command", choices=["deploy", "delete-stack"])
    parser.add_argument("--region", required=True)
    parser.add_argument("--stack-name", required=True)
    parser.add_argument("--template-file")
    parser.add_argument("--capabilities", nargs="+", default=[])
    parser.add_argument("--parameter-overrides", nargs="+", default=[])
    parser.add_argument("--s3-bucket")
    parser.add_argument("--no-fail-on-empty-changeset", action="store_true")
    options = parser.parse_args()
    if not re.fullmatch("[A-Za-z][A-Za-z0-9-]{0,127}", options.stack_name):
        raise ValueError("a stack cannot have this name")
    {"deploy": deploy, "delete-stack": delete}[options.command](options)


if __name__ == "__main__":
    main()
