"""Every operation of DynamoDB and DynamoDB Streams through boto3."""

import datetime
import decimal
import json

import boto3
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

from harness import ACCOUNT, REGION, has, refused, same, true

TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/"


def simple(aws, name="orders", **more):
    out = aws.dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], **more)
    return out["TableDescription"]


def active(aws, name="orders", **more):
    simple(aws, name, **more)
    aws.advance("1m")
    return aws.dynamodb.describe_table(TableName=name)["Table"]


def table_life(aws):
    d = aws.dynamodb
    created = simple(aws, DeletionProtectionEnabled=True, Tags=[{"Key": "team", "Value": "shop"}])
    has(created, TableStatus="CREATING", TableArn=TABLE + "orders", ItemCount=0, DeletionProtectionEnabled=True)
    refused("ResourceInUseException", d.create_table, TableName="orders", BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    aws.advance("1m")
    d.raw.get_waiter("table_exists").wait(TableName="orders", WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    table = d.describe_table(TableName="orders")["Table"]
    has(table, TableStatus="ACTIVE", TableId=created["TableId"])
    same(table["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")
    refused("ValidationException", d.delete_table, TableName="orders", message="deletion")
    changed = d.update_table(TableName="orders", DeletionProtectionEnabled=False)["TableDescription"]
    same(changed["TableName"], "orders")
    aws.advance("1m")
    same(d.describe_table(TableName="orders")["Table"]["DeletionProtectionEnabled"], False)
    same(d.delete_table(TableName="orders")["TableDescription"]["TableStatus"], "DELETING")
    aws.advance("1m")
    d.raw.get_waiter("table_not_exists").wait(TableName="orders", WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    refused("ResourceNotFoundException", d.describe_table, message="Requested resource not found: Table: orders not found", TableName="orders")


def table_lists(aws):
    d = aws.dynamodb
    for i in range(5):
        simple(aws, f"table-{i}")
    first = d.list_tables(Limit=2)
    has(first, TableNames=["table-0", "table-1"], LastEvaluatedTableName="table-1")
    names = [n for page in d.pages("list_tables", PaginationConfig={"PageSize": 2}) for n in page["TableNames"]]
    same(names, [f"table-{i}" for i in range(5)])
    same(d.list_global_tables()["GlobalTables"], [])
    refused("GlobalTableNotFoundException", d.describe_global_table, GlobalTableName="nobody")
    refused("GlobalTableNotFoundException", d.describe_global_table_settings, GlobalTableName="nobody")
    has(d.describe_limits(), AccountMaxReadCapacityUnits=80000, TableMaxReadCapacityUnits=40000)
    endpoint = d.describe_endpoints()["Endpoints"][0]
    true(endpoint["Address"] and endpoint["CachePeriodInMinutes"] > 0, "endpoint")


def rich_table(aws):
    d = aws.dynamodb
    key = aws.kms.create_key(Description="orders")["KeyMetadata"]["Arn"]
    d.create_table(
        TableName="rich", BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 6},
        KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": t} for n, t in (("p", "S"), ("s", "N"), ("g", "B"))],
        LocalSecondaryIndexes=[{"IndexName": "local", "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "g", "KeyType": "RANGE"}],
                                "Projection": {"ProjectionType": "KEYS_ONLY"}}],
        GlobalSecondaryIndexes=[{"IndexName": "global", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                                 "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]},
                                 "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2}}],
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}, TableClass="STANDARD_INFREQUENT_ACCESS",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    aws.advance("10m")
    t = d.describe_table(TableName="rich")["Table"]
    same((t["ProvisionedThroughput"]["ReadCapacityUnits"], t["ProvisionedThroughput"]["WriteCapacityUnits"]), (5, 6))
    same(t["LocalSecondaryIndexes"][0]["Projection"], {"ProjectionType": "KEYS_ONLY"})
    g = t["GlobalSecondaryIndexes"][0]
    has(g, IndexStatus="ACTIVE", IndexArn=TABLE + "rich/index/global", Projection={"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]})
    has(t["SSEDescription"], Status="ENABLED", SSEType="KMS", KMSMasterKeyArn=key)
    same(t["TableClassSummary"]["TableClass"], "STANDARD_INFREQUENT_ACCESS")
    true(t["LatestStreamArn"].startswith(TABLE + "rich/stream/"), "stream ARN")
    d.update_table(TableName="rich", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "global"}}])
    aws.advance("10m")
    true("GlobalSecondaryIndexes" not in d.describe_table(TableName="rich")["Table"], "index is gone")


def replicas(aws):
    d = aws.dynamodb
    active(aws, "world", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    d.update_table(TableName="world", ReplicaUpdates=[{"Create": {"RegionName": "us-east-1"}}])
    aws.advance("30m")
    replica = d.describe_table(TableName="world")["Table"]["Replicas"][0]
    has(replica, RegionName="us-east-1", ReplicaStatus="ACTIVE")
    d.put_item(TableName="world", Item={"id": {"S": "1"}})
    aws.advance("1m")
    there = aws.client("dynamodb", region="us-east-1")
    same(there.get_item(TableName="world", Key={"id": {"S": "1"}})["Item"]["id"], {"S": "1"})
    scaling = d.describe_table_replica_auto_scaling(TableName="world")["TableAutoScalingDescription"]
    has(scaling, TableName="world", TableStatus="ACTIVE")


ITEM = {
    "id": "1", "text": "grün\x00", "empty": "", "number": decimal.Decimal("-1.50"), "wide": decimal.Decimal("12345678901234567890.123456789012345678"),
    "tiny": decimal.Decimal("1E-130"), "yes": True, "nothing": None, "bytes": Binary(b"\x00\xff"), "list": ["a", decimal.Decimal(2), [None]],
    "map": {"a": {"b": decimal.Decimal(3)}}, "strings": {"a", "b"}, "numbers": {decimal.Decimal(1), decimal.Decimal("2.5")}, "binaries": {Binary(b"1"), Binary(b"2")},
}


def wire(item):
    return {k: TypeSerializer().serialize(v) for k, v in item.items()}


def plain(item):
    return {k: TypeDeserializer().deserialize(v) for k, v in item.items()}


def items(aws):
    d = aws.dynamodb
    active(aws)
    put = d.put_item(TableName="orders", Item=wire(ITEM), ReturnConsumedCapacity="TOTAL")
    same(put["ConsumedCapacity"]["CapacityUnits"], 1.0)
    same(plain(d.get_item(TableName="orders", Key={"id": {"S": "1"}}, ConsistentRead=True)["Item"]), ITEM)
    d.put_item(TableName="orders", Item={"id": {"S": "huge"}, "n": {"N": "9.9999999999999999999999999999999999999E+125"}})
    huge = d.get_item(TableName="orders", Key={"id": {"S": "huge"}})["Item"]["n"]["N"]  # boto3's Decimal context cannot hold AWS's plain notation
    same(huge, "9" * 38 + "0" * 88)
    refused("ConditionalCheckFailedException", d.put_item, TableName="orders", Item=wire({"id": "1"}), ConditionExpression="attribute_not_exists(id)")
    up = d.update_item(TableName="orders", Key={"id": {"S": "1"}}, ReturnValues="ALL_NEW", ExpressionAttributeNames={"#n": "number", "#m": "map", "#l": "list", "#c": "counter"},
                       UpdateExpression="SET #n = #n + :d, #m.a.b = list_append(#l, :e) REMOVE tiny ADD #c :d DELETE strings :s",
                       ExpressionAttributeValues=wire({":d": decimal.Decimal(2), ":e": ["z"], ":s": {"a"}}))
    new = plain(up["Attributes"])
    same(new["number"], decimal.Decimal("0.50"))
    same(new["map"], {"a": {"b": ["a", decimal.Decimal(2), [None], "z"]}})
    same((new["counter"], new["strings"], "tiny" in new), (decimal.Decimal(2), {"b"}, False))
    old = d.delete_item(TableName="orders", Key={"id": {"S": "1"}}, ReturnValues="ALL_OLD")["Attributes"]
    same(plain(old), new)
    true("Item" not in d.get_item(TableName="orders", Key={"id": {"S": "1"}}), "item is gone")
    refused("ResourceNotFoundException", d.get_item, message="Requested resource not found", TableName="none", Key={"id": {"S": "1"}})
    refused("ValidationException", d.get_item, message="The provided key element does not match the schema", TableName="orders", Key={"x": {"S": "1"}})


def batches(aws):
    d = aws.dynamodb
    active(aws)
    out = d.batch_write_item(RequestItems={"orders": [{"PutRequest": {"Item": {"id": {"S": str(i)}, "n": {"N": str(i)}}}} for i in range(25)]})
    same(out["UnprocessedItems"], {})
    out = d.batch_get_item(RequestItems={"orders": {"Keys": [{"id": {"S": str(i)}} for i in range(0, 30)], "ProjectionExpression": "n"}})
    same(sorted(int(i["n"]["N"]) for i in out["Responses"]["orders"]), list(range(25)))
    same(out["UnprocessedKeys"], {})
    refused("ValidationException", d.batch_write_item, RequestItems={"orders": [{"DeleteRequest": {"Key": {"id": {"S": "1"}}}}] * 2}, message="duplicates")
    pages = d.pages("scan", TableName="orders", PaginationConfig={"PageSize": 10})
    same([p["Count"] for p in pages], [10, 10, 5])
    segments = [i["id"]["S"] for s in range(4) for i in d.scan(TableName="orders", Segment=s, TotalSegments=4)["Items"]]
    same(sorted(segments, key=int), [str(i) for i in range(25)])
    counted = d.scan(TableName="orders", Select="COUNT", FilterExpression="n < :five", ExpressionAttributeValues={":five": {"N": "5"}})
    same((counted["Count"], counted["ScannedCount"], "Items" in counted), (5, 25, False))


def queries(aws):
    resource = aws.dynamodb
    resource.create_table(
        TableName="events", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": t} for n, t in (("p", "S"), ("s", "N"))])
    aws.advance("1m")
    for i in (10, -3, 2, 100, 7):
        resource.put_item(TableName="events", Item={"p": {"S": "a"}, "s": {"N": str(i)}, "even": {"BOOL": i % 2 == 0}})
    query = dict(TableName="events", KeyConditionExpression="p = :p", ExpressionAttributeValues={":p": {"S": "a"}})
    same([i["s"]["N"] for i in resource.query(**query)["Items"]], ["-3", "2", "7", "10", "100"])
    pages = resource.pages("query", **query, ScanIndexForward=False, PaginationConfig={"PageSize": 2})
    same([[i["s"]["N"] for i in p["Items"]] for p in pages], [["100", "10"], ["7", "2"], ["-3"]])
    between = resource.query(TableName="events", KeyConditionExpression="p = :p AND s BETWEEN :a AND :b", ProjectionExpression="s",
                             ExpressionAttributeValues={":p": {"S": "a"}, ":a": {"N": "2"}, ":b": {"N": "10"}})
    same(between["Items"], [{"s": {"N": n}} for n in ("2", "7", "10")])


def transactions(aws):
    d = aws.dynamodb
    active(aws)
    put = {"Put": {"TableName": "orders", "Item": {"id": {"S": "1"}}}}
    has(d.transact_write_items(TransactItems=[put], ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"][0], TableName="orders")
    answer = refused("TransactionCanceledException", d.transact_write_items, TransactItems=[
        {"Put": {"TableName": "orders", "Item": {"id": {"S": "2"}}}},
        {"ConditionCheck": {"TableName": "orders", "Key": {"id": {"S": "1"}}, "ConditionExpression": "attribute_not_exists(id)"}}])
    same([r["Code"] for r in answer["CancellationReasons"]], ["None", "ConditionalCheckFailed"])
    got = d.transact_get_items(TransactItems=[{"Get": {"TableName": "orders", "Key": {"id": {"S": i}}}} for i in "12"])["Responses"]
    same(got, [{"Item": {"id": {"S": "1"}}}, {}])


def table_settings(aws):
    d = aws.dynamodb
    active(aws)
    arn = TABLE + "orders"
    has(d.describe_time_to_live(TableName="orders")["TimeToLiveDescription"], TimeToLiveStatus="DISABLED")
    has(d.update_time_to_live(TableName="orders", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})["TimeToLiveSpecification"], AttributeName="until", Enabled=True)
    aws.advance("2h")
    same(d.describe_time_to_live(TableName="orders")["TimeToLiveDescription"], {"TimeToLiveStatus": "ENABLED", "AttributeName": "until"})
    d.tag_resource(ResourceArn=arn, Tags=[{"Key": f"k{i:02}", "Value": str(i)} for i in range(15)])
    aws.advance("1m")
    pages = d.pages("list_tags_of_resource", ResourceArn=arn)
    same({t["Key"]: t["Value"] for p in pages for t in p["Tags"]}, {f"k{i:02}": str(i) for i in range(15)})
    d.untag_resource(ResourceArn=arn, TagKeys=[f"k{i:02}" for i in range(14)])
    aws.advance("1m")
    same(d.list_tags_of_resource(ResourceArn=arn)["Tags"], [{"Key": "k14", "Value": "14"}])
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "dynamodb:GetItem", "Resource": arn}]})
    refused("PolicyNotFoundException", d.get_resource_policy, ResourceArn=arn)
    revision = d.put_resource_policy(ResourceArn=arn, Policy=policy)["RevisionId"]
    aws.advance("1m")
    got = d.get_resource_policy(ResourceArn=arn)
    same((json.loads(got["Policy"]), got["RevisionId"]), (json.loads(policy), revision))
    same(d.delete_resource_policy(ResourceArn=arn)["RevisionId"] is not None, True)
    stream = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/orders"
    has(d.enable_kinesis_streaming_destination(TableName="orders", StreamArn=stream), DestinationStatus="ENABLING", StreamArn=stream)
    aws.advance("5m")
    has(d.describe_kinesis_streaming_destination(TableName="orders")["KinesisDataStreamDestinations"][0], StreamArn=stream, DestinationStatus="ACTIVE")
    has(d.disable_kinesis_streaming_destination(TableName="orders", StreamArn=stream), DestinationStatus="DISABLING")
    has(d.describe_contributor_insights(TableName="orders"), ContributorInsightsStatus="DISABLED")
    has(d.update_contributor_insights(TableName="orders", ContributorInsightsAction="ENABLE"), ContributorInsightsStatus="ENABLING")
    aws.advance("5m")
    listed = d.list_contributor_insights()["ContributorInsightsSummaries"]
    same([(s["TableName"], s["ContributorInsightsStatus"]) for s in listed], [("orders", "ENABLED")])


def backups(aws):
    d = aws.dynamodb
    active(aws)
    d.put_item(TableName="orders", Item={"id": {"S": "1"}})
    details = [d.create_backup(TableName="orders", BackupName=f"backup-{i}")["BackupDetails"] for i in range(3)]
    has(details[0], BackupName="backup-0", BackupStatus="CREATING", BackupType="USER")
    aws.advance("1m")
    arn = details[0]["BackupArn"]
    described = d.describe_backup(BackupArn=arn)["BackupDescription"]
    same((described["BackupDetails"]["BackupStatus"], described["SourceTableDetails"]["TableName"]), ("AVAILABLE", "orders"))
    pages = d.pages("list_backups", TableName="orders", PaginationConfig={"PageSize": 2})
    same([len(p["BackupSummaries"]) for p in pages], [2, 1])
    same({s["BackupName"] for p in pages for s in p["BackupSummaries"]}, {"backup-0", "backup-1", "backup-2"})
    restored = d.restore_table_from_backup(TargetTableName="again", BackupArn=arn)["TableDescription"]
    has(restored, TableStatus="CREATING", TableName="again")
    has(restored["RestoreSummary"], SourceBackupArn=arn, RestoreInProgress=True)
    refused("BackupInUseException", d.restore_table_from_backup, TargetTableName="third", BackupArn=arn)
    aws.advance("30m")
    same(d.scan(TableName="again")["Items"], [{"id": {"S": "1"}}])
    same(d.delete_backup(BackupArn=arn)["BackupDescription"]["BackupDetails"]["BackupArn"], arn)
    refused("BackupNotFoundException", d.describe_backup, message="Backup not found: " + arn, BackupArn=arn)
    refused("TableNotFoundException", d.create_backup, TableName="none", BackupName="none")


def recovery_in_time(aws):
    d = aws.dynamodb
    active(aws)
    status = d.describe_continuous_backups(TableName="orders")["ContinuousBackupsDescription"]
    same((status["ContinuousBackupsStatus"], status["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]), ("ENABLED", "DISABLED"))
    refused("PointInTimeRecoveryUnavailableException", d.restore_table_to_point_in_time, SourceTableName="orders", TargetTableName="again", UseLatestRestorableTime=True)
    on = d.update_continuous_backups(TableName="orders", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7})
    has(on["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"], PointInTimeRecoveryStatus="ENABLED", RecoveryPeriodInDays=7)
    d.put_item(TableName="orders", Item={"id": {"S": "good"}})
    aws.advance("1h")
    then = aws.now()
    aws.advance("1m")
    d.delete_item(TableName="orders", Key={"id": {"S": "good"}})
    aws.advance("1h")
    out = d.restore_table_to_point_in_time(SourceTableName="orders", TargetTableName="then", RestoreDateTime=then)["TableDescription"]
    has(out["RestoreSummary"], SourceTableArn=TABLE + "orders", RestoreInProgress=True)
    aws.advance("1h")
    same(d.scan(TableName="then")["Items"], [{"id": {"S": "good"}}])
    refused("InvalidRestoreTimeException", d.restore_table_to_point_in_time, SourceTableName="orders", TargetTableName="never",
            RestoreDateTime=then - datetime.timedelta(days=3))
    refused("TableNotFoundException", d.describe_continuous_backups, message="Table not found: none", TableName="none")


def streams(aws):
    d, s = aws.dynamodb, aws.dynamodbstreams
    active(aws, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    key = {"id": {"S": "1"}}
    d.put_item(TableName="orders", Item=key)
    d.update_item(TableName="orders", Key=key, UpdateExpression="SET n = :n", ExpressionAttributeValues={":n": {"N": "1"}})
    d.delete_item(TableName="orders", Key=key)
    stream = s.list_streams(TableName="orders")["Streams"][0]
    described = s.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]
    has(described, StreamStatus="ENABLED", StreamViewType="NEW_AND_OLD_IMAGES", TableName="orders")
    iterator = s.get_shard_iterator(StreamArn=stream["StreamArn"], ShardId=described["Shards"][0]["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    first = s.get_records(ShardIterator=iterator, Limit=2)
    rest = s.get_records(ShardIterator=first["NextShardIterator"])
    records = first["Records"] + rest["Records"]
    same([r["eventName"] for r in records], ["INSERT", "MODIFY", "REMOVE"])
    same(records[1]["dynamodb"]["NewImage"], {"id": {"S": "1"}, "n": {"N": "1"}})
    same((records[2]["eventSource"], records[2]["awsRegion"], records[2]["dynamodb"]["Keys"]), ("aws:dynamodb", REGION, key))
    refused("ResourceNotFoundException", s.describe_stream, StreamArn=stream["StreamArn"][:-3] + "999")


def resource_interface(aws):
    """boto3's own higher interface, as most programs use it."""
    db = boto3.resource("dynamodb", endpoint_url=aws.url, region_name=REGION, aws_access_key_id=ACCOUNT, aws_secret_access_key="any")
    active(aws)
    table = db.Table("orders")
    with table.batch_writer() as batch:
        for i in range(60):
            batch.put_item(Item={"id": str(i), "n": decimal.Decimal(i)})
    same(table.scan()["Count"], 60)
    same(table.get_item(Key={"id": "7"})["Item"], {"id": "7", "n": decimal.Decimal(7)})
    same(table.table_status, "ACTIVE")


def unimplemented(aws):
    refused("ValidationException", aws.dynamodb.execute_statement, Statement="SELECT * FROM orders", message="ExecuteStatement")


SCENARIOS = [table_life, table_lists, rich_table, replicas, items, batches, queries, transactions, table_settings, backups, recovery_in_time, streams, resource_interface, unimplemented]
