"""Every operation of CloudTrail, EventBridge, Lambda's event source mappings and EC2's networks through boto3."""

import datetime
import json

from harness import ACCOUNT, REGION, has, refused, same, true

from boto_dynamodb import TABLE, active

OTHER = "us-east-1"


def trails(aws):
    c = aws.cloudtrail
    arn = c.create_trail(Name="all", S3BucketName="logs", IsMultiRegionTrail=True, TagsList=[{"Key": "a", "Value": "1"}])["TrailARN"]
    c.create_trail(Name="here", S3BucketName="logs")
    refused("TrailAlreadyExistsException", c.create_trail, Name="here", S3BucketName="logs")
    refused("InvalidTrailNameException", c.create_trail, Name="a b c", S3BucketName="logs")
    refused("OrganizationsNotInUseException", c.create_trail, Name="org", S3BucketName="logs", IsOrganizationTrail=True)
    has(c.get_trail(Name="all")["Trail"], TrailARN=arn, HomeRegion=REGION, IsMultiRegionTrail=True, HasCustomEventSelectors=False)
    same(sorted(t["Name"] for t in c.list_trails()["Trails"]), ["all", "here"])
    there = aws.client("cloudtrail", region=OTHER)
    same([t["Name"] for t in there.describe_trails()["trailList"]], ["all"], "the shadow of a trail of all Regions")
    same(there.describe_trails(includeShadowTrails=False)["trailList"], [])
    refused("TrailNotFoundException", there.get_trail_status, Name="all")
    same(there.get_trail_status(Name=arn)["IsLogging"], False)
    refused("InvalidHomeRegionException", there.start_logging, Name=arn)
    c.start_logging(Name="all")
    status = there.get_trail_status(Name=arn)
    true(status["IsLogging"] and status["StartLoggingTime"], status)
    c.stop_logging(Name="all")
    same(c.get_trail_status(Name="all")["IsLogging"], False)
    same(c.update_trail(Name="here", S3BucketName="other", IsMultiRegionTrail=True)["S3BucketName"], "other")
    same(len(there.describe_trails()["trailList"]), 2)
    c.add_tags(ResourceId=arn, TagsList=[{"Key": "b", "Value": "2"}])
    c.remove_tags(ResourceId=arn, TagsList=[{"Key": "a"}])
    same(c.list_tags(ResourceIdList=[arn])["ResourceTagList"], [{"ResourceId": arn, "TagsList": [{"Key": "b", "Value": "2"}]}])
    c.delete_trail(Name="here")
    refused("TrailNotFoundException", c.delete_trail, Name="here")


def selectors(aws):
    c = aws.cloudtrail
    c.create_trail(Name="all", S3BucketName="logs")
    first = c.get_event_selectors(TrailName="all")["EventSelectors"]
    same(first, [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [], "ExcludeManagementEventSources": []}])
    data = [{"Type": "AWS::DynamoDB::Table", "Values": ["arn:aws:dynamodb"]}]
    got = c.put_event_selectors(TrailName="all", EventSelectors=[{"ReadWriteType": "WriteOnly", "DataResources": data, "ExcludeManagementEventSources": ["kms.amazonaws.com"]}])
    same(got["EventSelectors"][0]["IncludeManagementEvents"], True)
    same(c.get_event_selectors(TrailName="all")["EventSelectors"][0]["DataResources"], data)
    advanced = [{"Name": "writes", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::DynamoDB::Table"]}]}]
    c.put_event_selectors(TrailName="all", AdvancedEventSelectors=advanced)
    after = c.get_event_selectors(TrailName="all")
    same((after.get("EventSelectors", []), after["AdvancedEventSelectors"]), ([], advanced), "advanced selectors take the place of basic ones")
    same(c.get_trail(Name="all")["Trail"]["HasCustomEventSelectors"], True)
    refused("InvalidEventSelectorsException", c.put_event_selectors, TrailName="all", AdvancedEventSelectors=[{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}])
    refused("InvalidEventSelectorsException", c.put_event_selectors, TrailName="all", EventSelectors=[{"ExcludeManagementEventSources": ["s3.amazonaws.com"]}])


def history(aws):
    active(aws, "orders")
    backup = aws.dynamodb.create_backup(TableName="orders", BackupName="once")["BackupDetails"]["BackupArn"]
    aws.advance("1m")
    aws.dynamodb.put_item(TableName="orders", Item={"id": {"S": "1"}})
    aws.dynamodb.delete_backup(BackupArn=backup)
    refused("BackupNotFoundException", aws.dynamodb.delete_backup, BackupArn=backup)
    for on in (True, False):
        aws.dynamodb.update_continuous_backups(TableName="orders", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on})
    c = aws.cloudtrail

    def look(key, value, **more):
        return c.lookup_events(LookupAttributes=[{"AttributeKey": key, "AttributeValue": value}], **more)["Events"]

    done, undone = sorted(look("EventName", "DeleteBackup"), key=lambda e: "errorCode" in e["CloudTrailEvent"])
    record = json.loads(done["CloudTrailEvent"])
    same((done["EventSource"], done["Username"], done["ReadOnly"]), ("dynamodb.amazonaws.com", "root", "false"))
    same((record["requestParameters"], record["awsRegion"], record["userIdentity"]["type"]), ({"backupArn": backup}, REGION, "Root"))
    same(json.loads(undone["CloudTrailEvent"])["errorCode"], "BackupNotFoundException")
    off = json.loads(look("EventName", "UpdateContinuousBackups")[0]["CloudTrailEvent"])
    same(off["requestParameters"]["pointInTimeRecoverySpecification"], {"pointInTimeRecoveryEnabled": False}, "the newest comes first")
    same(look("EventName", "PutItem"), [], "data events are no part of the history")
    same(aws.client("cloudtrail", region=OTHER).lookup_events()["Events"][1:], [], "a history is its Region's")
    pages = c.pages("lookup_events", LookupAttributes=[{"AttributeKey": "ReadOnly", "AttributeValue": "false"}], PaginationConfig={"PageSize": 2})
    events = [e["EventId"] for p in pages for e in p["Events"]]
    true(len(pages) > 2 and len(events) == len(set(events)), events)
    same(look("EventId", done["EventId"]), [done])
    now = aws.now()
    same(look("EventName", "DeleteBackup", EndTime=now - datetime.timedelta(hours=1)), [])
    refused("InvalidTimeRangeException", c.lookup_events, StartTime=now, EndTime=now - datetime.timedelta(hours=1))
    aws.advance("2161h")
    same(look("EventName", "DeleteBackup"), [], "90 days are kept")


def rules(aws):
    e = aws.events
    pattern = json.dumps({"source": ["aws.backup"], "detail": {"state": ["FAILED"]}})
    arn = e.put_rule(Name="failed", EventPattern=pattern, Tags=[{"Key": "a", "Value": "1"}])["RuleArn"]
    e.put_rule(Name="nightly", ScheduleExpression="rate(1 day)", State="DISABLED")
    refused("InvalidEventPatternException", e.put_rule, Name="odd", EventPattern='{"source": "aws.backup"}')
    refused("ValidationException", e.put_rule, Name="nothing")
    has(e.describe_rule(Name="failed"), Arn=arn, EventPattern=pattern, State="ENABLED", EventBusName="default")
    pages = e.pages("list_rules", PaginationConfig={"PageSize": 1})
    same({r["Name"]: r["State"] for p in pages for r in p["Rules"]}, {"failed": "ENABLED", "nightly": "DISABLED"})
    same([r["Name"] for r in e.list_rules(NamePrefix="fa")["Rules"]], ["failed"])
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"
    same(e.put_targets(Rule="failed", Targets=[{"Id": "1", "Arn": topic}, {"Id": "2", "Arn": topic + "2"}])["FailedEntryCount"], 0)
    same(e.put_targets(Rule="failed", Targets=[{"Id": "2", "Arn": topic}])["FailedEntryCount"], 0)
    same([(t["Id"], t["Arn"]) for t in e.list_targets_by_rule(Rule="failed")["Targets"]], [("1", topic), ("2", topic)])
    refused("ValidationException", e.delete_rule, Name="failed")
    same(e.remove_targets(Rule="failed", Ids=["1", "2", "3"])["FailedEntries"][0]["TargetId"], "3")
    e.disable_rule(Name="failed")
    same(e.describe_rule(Name="failed")["State"], "DISABLED")
    e.enable_rule(Name="failed")
    same(e.describe_rule(Name="failed")["State"], "ENABLED")
    e.tag_resource(ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}])
    e.untag_resource(ResourceARN=arn, TagKeys=["a"])
    same(e.list_tags_for_resource(ResourceARN=arn)["Tags"], [{"Key": "b", "Value": "2"}])
    e.delete_rule(Name="failed")
    refused("ResourceNotFoundException", e.describe_rule, Name="failed")
    refused("ResourceNotFoundException", e.list_rules, EventBusName="other")


def readers(aws):
    m = aws.client("lambda")
    active(aws, "orders", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    stream = aws.dynamodb.describe_table(TableName="orders")["Table"]["LatestStreamArn"]
    made = m.create_event_source_mapping(EventSourceArn=stream, FunctionName="index", StartingPosition="LATEST", BatchSize=10)
    has(made, State="Creating", FunctionArn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:index", BatchSize=10)
    refused("ResourceConflictException", m.create_event_source_mapping, EventSourceArn=stream, FunctionName="index", StartingPosition="LATEST")
    refused("InvalidParameterValueException", m.create_event_source_mapping, EventSourceArn=stream + "9", FunctionName="index", StartingPosition="LATEST")
    second = m.create_event_source_mapping(EventSourceArn=stream, FunctionName=made["FunctionArn"] + ":live", StartingPosition="TRIM_HORIZON", Enabled=False)["UUID"]
    refused("ResourceInUseException", m.update_event_source_mapping, UUID=second, Enabled=True)
    aws.advance("1m")
    same({p["UUID"]: p["State"] for p in m.list_event_source_mappings()["EventSourceMappings"]}, {made["UUID"]: "Enabled", second: "Disabled"})
    pages = m.pages("list_event_source_mappings", EventSourceArn=stream, PaginationConfig={"PageSize": 1})
    same(len([p for page in pages for p in page["EventSourceMappings"]]), 2)
    same([p["UUID"] for p in m.list_event_source_mappings(FunctionName="index:live")["EventSourceMappings"]], [second])
    same(m.update_event_source_mapping(UUID=second, Enabled=True)["State"], "Enabling")
    aws.advance("1m")
    same(m.get_event_source_mapping(UUID=second)["State"], "Enabled")
    same(m.delete_event_source_mapping(UUID=second)["State"], "Deleting")
    aws.advance("1m")
    refused("ResourceNotFoundException", m.get_event_source_mapping, UUID=second)


def networks(aws):
    e, service = aws.ec2, f"com.amazonaws.{REGION}.dynamodb"
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "shop"}]}]
    vpc = e.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags)["Vpc"]["VpcId"]
    for i in range(1, 6):
        e.create_vpc(CidrBlock=f"10.{i}.0.0/16")
    refused("InvalidVpc.Range", e.create_vpc, CidrBlock="10.0.0.0/8")
    listed = e.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["sh*"]}])["Vpcs"]
    has(listed[0], VpcId=vpc, CidrBlock="10.0.0.0/16", IsDefault=False, Tags=[{"Key": "Name", "Value": "shop"}])
    pages = e.pages("describe_vpcs", PaginationConfig={"PageSize": 5})
    same([len(p["Vpcs"]) for p in pages], [5, 1])
    refused("InvalidVpcID.NotFound", e.describe_vpcs, VpcIds=["vpc-0123456789abcdef0"])
    refused("DryRunOperation", e.describe_vpcs, DryRun=True)
    gateway = e.create_vpc_endpoint(VpcId=vpc, ServiceName=service, RouteTableIds=["rtb-0123456789abcdef0"])["VpcEndpoint"]
    has(gateway, State="available", VpcEndpointType="Gateway", ServiceName=service)
    same(json.loads(gateway["PolicyDocument"])["Statement"][0]["Action"], "*", "the policy that AWS gives lets everything through")
    refused("RouteAlreadyExists", e.create_vpc_endpoint, VpcId=vpc, ServiceName=service, RouteTableIds=["rtb-0123456789abcdef0"])
    refused("InvalidServiceName", e.create_vpc_endpoint, VpcId=vpc, ServiceName="com.example.nothing")
    refused("InvalidVpcId.NotFound", e.create_vpc_endpoint, VpcId="vpc-0123456789abcdef0", ServiceName=service)
    own = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "dynamodb:*", "Resource": TABLE + "*"}]})
    other = e.create_vpc_endpoint(VpcId=vpc, ServiceName=service, VpcEndpointType="Interface", SubnetIds=["subnet-0123456789abcdef0"], PolicyDocument=own)["VpcEndpoint"]["VpcEndpointId"]
    aws.advance("1m")
    found = e.describe_vpc_endpoints(Filters=[{"Name": "service-name", "Values": [service]}])["VpcEndpoints"]
    same({p["VpcEndpointId"]: p["State"] for p in found}, {gateway["VpcEndpointId"]: "available", other: "available"})
    same(e.modify_vpc_endpoint(VpcEndpointId=other, ResetPolicy=True)["Return"], True)
    true(e.describe_vpc_endpoints(VpcEndpointIds=[other])["VpcEndpoints"][0]["PolicyDocument"] == gateway["PolicyDocument"], "reset")
    refused("DependencyViolation", e.delete_vpc, VpcId=vpc)
    same([u["ResourceId"] for u in e.delete_vpc_endpoints(VpcEndpointIds=[gateway["VpcEndpointId"], other, "vpce-0123456789abcdef0"])["Unsuccessful"]], ["vpce-0123456789abcdef0"])
    e.delete_vpc(VpcId=vpc)
    refused("InvalidVpcID.NotFound", e.delete_vpc, VpcId=vpc)


SCENARIOS = [trails, selectors, history, rules, readers, networks]
