#!/usr/bin/env python3
"""Write the wire models of the simulated AWS from an installed botocore.

    python3 tools/models/extract.py            writes internal/awssim/model/data/*.json
    python3 tools/models/extract.py --check    exit 1 when the committed files differ

Only what a codec needs is kept: no documentation, no examples, no endpoint rules.
Keys are sorted and shapes that no kept operation reaches are dropped, so that a new botocore gives a readable diff.
"""

import argparse
import json
import pathlib
import sys

import botocore
import botocore.loaders

DATA = pathlib.Path(__file__).resolve().parents[2] / "internal" / "awssim" / "model" / "data"

# None keeps every operation.
IAM = """
CreateRole GetRole ListRoles UpdateRole UpdateRoleDescription DeleteRole UpdateAssumeRolePolicy TagRole UntagRole ListRoleTags
PutRolePermissionsBoundary DeleteRolePermissionsBoundary CreateServiceLinkedRole DeleteServiceLinkedRole GetServiceLinkedRoleDeletionStatus
PutRolePolicy GetRolePolicy ListRolePolicies DeleteRolePolicy AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies
ListInstanceProfilesForRole
CreateUser GetUser ListUsers UpdateUser DeleteUser TagUser UntagUser ListUserTags
PutUserPolicy GetUserPolicy ListUserPolicies DeleteUserPolicy AttachUserPolicy DetachUserPolicy ListAttachedUserPolicies
PutUserPermissionsBoundary DeleteUserPermissionsBoundary
CreateGroup GetGroup ListGroups DeleteGroup AddUserToGroup RemoveUserFromGroup
PutGroupPolicy GetGroupPolicy ListGroupPolicies DeleteGroupPolicy AttachGroupPolicy DetachGroupPolicy ListAttachedGroupPolicies
CreateAccessKey ListAccessKeys UpdateAccessKey DeleteAccessKey GetAccessKeyLastUsed ListGroupsForUser
CreatePolicy GetPolicy ListPolicies DeletePolicy CreatePolicyVersion GetPolicyVersion ListPolicyVersions DeletePolicyVersion
SetDefaultPolicyVersion ListEntitiesForPolicy TagPolicy UntagPolicy ListPolicyTags
GetAccountAuthorizationDetails GetAccountSummary ListAccountAliases SimulatePrincipalPolicy
""".split()

EC2 = """
DescribeRegions DescribeAccountAttributes CreateVpc DescribeVpcs DeleteVpc CreateVpcEndpoint DescribeVpcEndpoints ModifyVpcEndpoint DeleteVpcEndpoints
""".split()

CLOUDTRAIL = """
CreateTrail UpdateTrail DeleteTrail GetTrail DescribeTrails ListTrails GetTrailStatus StartLogging StopLogging
GetEventSelectors PutEventSelectors LookupEvents AddTags RemoveTags ListTags
""".split()

EVENTS = """
PutRule DescribeRule ListRules DeleteRule EnableRule DisableRule PutTargets RemoveTargets ListTargetsByRule
TagResource UntagResource ListTagsForResource
""".split()

LAMBDA = """
CreateEventSourceMapping GetEventSourceMapping ListEventSourceMappings UpdateEventSourceMapping DeleteEventSourceMapping
""".split()

SERVICES = {
    "dynamodb": None,
    "dynamodbstreams": None,
    "backup": None,
    "resourcegroupstaggingapi": None,
    "kms": None,
    "sts": None,
    "organizations": None,
    "application-autoscaling": None,
    "account": None,
    "iam": IAM,
    "ec2": EC2,
    "cloudtrail": CLOUDTRAIL,
    "events": EVENTS,
    "lambda": LAMBDA,
    "cloudwatch": ["DescribeAlarms", "PutMetricAlarm", "DeleteAlarms", "ListTagsForResource"],
    "kinesis": ["DescribeStream", "DescribeStreamSummary", "ListStreams"],
}

# The prefix of a service's IAM actions where it is not its signing name.
ACTION_PREFIX = {"resourcegroupstaggingapi": "tag", "cloudwatch": "cloudwatch"}

METADATA = ["apiVersion", "endpointPrefix", "jsonVersion", "protocol", "protocols", "serviceId", "signingName", "targetPrefix", "xmlNamespace"]
SHAPE = ["type", "required", "min", "max", "pattern", "enum", "flattened", "timestampFormat", "payload", "locationName", "exception", "fault", "union", "error"]
REF = ["shape", "location", "locationName", "queryName", "timestampFormat", "flattened", "idempotencyToken"]


def pick(source, keys):
    return {k: source[k] for k in keys if k in source}


def reference(ref):
    return pick(ref, REF)


def shape(source):
    kept = pick(source, SHAPE)
    if "error" in kept:
        kept["error"] = pick(kept["error"], ["code", "httpStatusCode"])
    if "members" in source:
        kept["members"] = {name: reference(ref) for name, ref in source["members"].items()}
    for part in ("member", "key", "value"):
        if part in source:
            kept[part] = reference(source[part])
    return kept


def operation(source):
    kept = {"http": pick(source["http"], ["method", "requestUri", "responseCode"])}
    if "input" in source:
        kept["input"] = source["input"]["shape"]
    if "output" in source:
        kept["output"] = source["output"]["shape"]
        if "resultWrapper" in source["output"]:
            kept["resultWrapper"] = source["output"]["resultWrapper"]
    if source.get("errors"):
        kept["errors"] = sorted(e["shape"] for e in source["errors"])
    return kept


def roots(op):
    return [op[k] for k in ("input", "output") if k in op] + op.get("errors", [])


def references(kept):
    refs = list(kept.get("members", {}).values()) + [kept[k] for k in ("member", "key", "value") if k in kept]
    return [r["shape"] for r in refs]


def reachable(model, operations):
    todo = [s for op in operations.values() for s in roots(op)]
    # Errors that a service answers to any operation are reached through none.
    todo += [name for name, s in model["shapes"].items() if s.get("exception")]
    shapes = {}
    while todo:
        name = todo.pop()
        if name in shapes:
            continue
        shapes[name] = shape(model["shapes"][name])
        todo += references(shapes[name])
    return shapes


def extract(loader, service, names):
    model = loader.load_service_model(service, "service-2")
    operations = {n: operation(o) for n, o in model["operations"].items() if names is None or n in names}
    missing = set(names or []) - set(operations)
    if missing:
        sys.exit(f"{service} has no operation {', '.join(sorted(missing))}")
    metadata = pick(model["metadata"], METADATA)
    metadata.setdefault("signingName", metadata["endpointPrefix"])
    metadata["actionPrefix"] = ACTION_PREFIX.get(service, metadata["signingName"])
    document = {
        "source": f"botocore {botocore.__version__}, Apache-2.0",
        "metadata": metadata,
        "operations": operations,
        "shapes": reachable(model, operations),
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).replace('},"', '},\n"') + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args()
    loader = botocore.loaders.create_loader()
    stale = []
    for service, names in SERVICES.items():
        text, path = extract(loader, service, names), DATA / f"{service}.json"
        if options.check:
            if not path.exists() or path.read_text() != text:
                stale.append(path.name)
        else:
            path.write_text(text)
    if stale:
        sys.exit(f"botocore {botocore.__version__} gives other models: {', '.join(stale)}; run tools/models/extract.py")


if __name__ == "__main__":
    main()
