"""Asks moto's DynamoDB, with its policies enforced, as users with the identity policies of a file: moto_policies.py URL CASES.

CASES is [{"name", "documents": [policy, …], "groups": [policy, …], "table", "action"}, …]; prints [allowed, …] as JSON. moto lets the first
requests pass that set the scene: it is started with INITIAL_NO_AUTH_ACTION_COUNT, and told anew before each case."""

import json
import sys

import boto3
import requests
from botocore.exceptions import ClientError

REGION = "eu-west-1"


def client(service, url, key="test", secret="test"):
    return boto3.client(service, endpoint_url=url, region_name=REGION, aws_access_key_id=key, aws_secret_access_key=secret)


def free(url, calls):
    requests.post(url + "/moto-api/reset-auth", data=str(calls), timeout=10).raise_for_status()


def user(url, number, case):
    """A user with the case's policies and a key."""
    free(url, 1000)
    iam = client("iam", url)
    name = f"user-{number}"
    iam.create_user(UserName=name)
    for n, document in enumerate(case["documents"] or []):
        iam.put_user_policy(UserName=name, PolicyName=f"own-{n}", PolicyDocument=json.dumps(document))
    for n, document in enumerate(case["managed"] or []):
        arn = iam.create_policy(PolicyName=f"managed-{number}-{n}", PolicyDocument=json.dumps(document))["Policy"]["Arn"]
        iam.attach_user_policy(UserName=name, PolicyArn=arn)
    for n, document in enumerate(case["groups"] or []):
        iam.create_group(GroupName=f"group-{number}-{n}")
        iam.put_group_policy(GroupName=f"group-{number}-{n}", PolicyName="group", PolicyDocument=json.dumps(document))
        iam.add_user_to_group(GroupName=f"group-{number}-{n}", UserName=name)
    return iam.create_access_key(UserName=name)["AccessKey"]


def call(dynamodb, action, table):
    item = {"pk": {"S": "1"}}
    return {
        "GetItem": lambda: dynamodb.get_item(TableName=table, Key=item),
        "PutItem": lambda: dynamodb.put_item(TableName=table, Item=item),
        "DeleteItem": lambda: dynamodb.delete_item(TableName=table, Key=item),
        "Scan": lambda: dynamodb.scan(TableName=table),
        "Query": lambda: dynamodb.query(TableName=table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "1"}}),
        "DescribeTable": lambda: dynamodb.describe_table(TableName=table),
    }[action]()


def main(url, file):
    cases = json.load(open(file))
    free(url, 1000)
    for table in sorted({c["table"] for c in cases}):
        client("dynamodb", url).create_table(TableName=table, KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}], AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
    answers = []
    for number, case in enumerate(cases):
        key = user(url, number, case)
        free(url, 0)
        try:
            call(client("dynamodb", url, key["AccessKeyId"], key["SecretAccessKey"]), case["action"], case["table"])
            answers.append(True)
        except ClientError as e:
            if "AccessDenied" not in str(e):  # moto words it as IAM does, in XML
                raise
            answers.append(False)
    json.dump(answers, sys.stdout)


main(*sys.argv[1:])
