"""Every operation of Account, EC2, Application Auto Scaling, CloudWatch and Resource Groups Tagging through boto3."""

from harness import ACCOUNT, REGION, has, refused, same, true

from boto_dynamodb import TABLE, active


def regions(aws):
    a, e = aws.account, aws.ec2
    pages = a.pages("list_regions", PaginationConfig={"PageSize": 5})
    listed = {r["RegionName"]: r["RegionOptStatus"] for p in pages for r in p["Regions"]}
    true(len(pages) > 3 and listed[REGION] == "ENABLED_BY_DEFAULT", listed)
    disabled = sorted(name for name, status in listed.items() if status == "DISABLED")[0]
    same(a.get_region_opt_status(RegionName=disabled)["RegionOptStatus"], "DISABLED")
    a.enable_region(RegionName=disabled)
    aws.advance("1h")
    same(a.get_region_opt_status(RegionName=disabled)["RegionOptStatus"], "ENABLED")
    aws.client("dynamodb", region=disabled).list_tables()
    a.disable_region(RegionName=disabled)
    aws.advance("1h")
    refused("UnrecognizedClientException", aws.client("dynamodb", region=disabled).list_tables)
    true(a.get_account_information()["AccountId"] == ACCOUNT, "account")
    names = [r["RegionName"] for r in e.describe_regions()["Regions"]]
    true(REGION in names and disabled not in names, names)
    every = {r["RegionName"]: r["OptInStatus"] for r in e.describe_regions(AllRegions=True)["Regions"]}
    same(every[disabled], "not-opted-in")
    attributes = e.describe_account_attributes(AttributeNames=["supported-platforms"])["AccountAttributes"]
    same(attributes[0]["AttributeValues"][0]["AttributeValue"], "VPC")


def scaling(aws):
    s = aws.application_autoscaling
    aws.dynamodb.create_table(TableName="orders", BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
                              KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    aws.advance("1m")
    target = dict(ServiceNamespace="dynamodb", ResourceId="table/orders", ScalableDimension="dynamodb:table:ReadCapacityUnits")
    arn = s.register_scalable_target(**target, MinCapacity=5, MaxCapacity=50, Tags={"a": "1"})["ScalableTargetARN"]
    s.register_scalable_target(**target | {"ScalableDimension": "dynamodb:table:WriteCapacityUnits"}, MinCapacity=1, MaxCapacity=9)
    pages = s.pages("describe_scalable_targets", ServiceNamespace="dynamodb", PaginationConfig={"PageSize": 1})
    found = {t["ScalableDimension"]: (t["MinCapacity"], t["MaxCapacity"]) for p in pages for t in p["ScalableTargets"]}
    same(found, {"dynamodb:table:ReadCapacityUnits": (5, 50), "dynamodb:table:WriteCapacityUnits": (1, 9)})
    tracking = {"TargetValue": 70.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"}}
    policy = s.put_scaling_policy(PolicyName="reads", PolicyType="TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration=tracking, **target)["PolicyARN"]
    got = s.describe_scaling_policies(ServiceNamespace="dynamodb")["ScalingPolicies"]
    same([(p["PolicyARN"], p["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]) for p in got], [(policy, 70.0)])
    same(s.describe_scheduled_actions(ServiceNamespace="dynamodb")["ScheduledActions"], [])
    s.tag_resource(ResourceARN=arn, Tags={"b": "2"})
    s.untag_resource(ResourceARN=arn, TagKeys=["a"])
    same(s.list_tags_for_resource(ResourceARN=arn)["Tags"], {"b": "2"})
    s.delete_scaling_policy(PolicyName="reads", **target)
    same(s.describe_scaling_policies(ServiceNamespace="dynamodb")["ScalingPolicies"], [])
    s.deregister_scalable_target(**target)
    refused("ObjectNotFoundException", s.deregister_scalable_target, **target)


def alarms(aws):
    c = aws.cloudwatch
    for i in range(3):
        c.put_metric_alarm(AlarmName=f"throttled-{i}", Namespace="AWS/DynamoDB", MetricName="ReadThrottleEvents", Statistic="Sum", Period=60, EvaluationPeriods=1,
                           Threshold=1.5, ComparisonOperator="GreaterThanThreshold", Dimensions=[{"Name": "TableName", "Value": "orders"}], Tags=[{"Key": "a", "Value": "1"}])
    pages = c.pages("describe_alarms", AlarmNamePrefix="throttled", PaginationConfig={"PageSize": 2})
    alarms_ = [a for p in pages for a in p["MetricAlarms"]]
    same([a["AlarmName"] for a in alarms_], ["throttled-0", "throttled-1", "throttled-2"])
    has(alarms_[0], Threshold=1.5, Dimensions=[{"Name": "TableName", "Value": "orders"}], StateValue="INSUFFICIENT_DATA")
    same(c.list_tags_for_resource(ResourceARN=alarms_[0]["AlarmArn"])["Tags"], [{"Key": "a", "Value": "1"}])
    c.delete_alarms(AlarmNames=["throttled-0", "throttled-1"])
    same([a["AlarmName"] for a in c.describe_alarms()["MetricAlarms"]], ["throttled-2"])


def tags(aws):
    t = aws.resourcegroupstaggingapi
    for i in range(3):
        active(aws, f"table-{i}", Tags=[{"Key": "team", "Value": f"t{i}"}])
    vault = aws.backup.create_backup_vault(BackupVaultName="vault", BackupVaultTags={"team": "ops"})["BackupVaultArn"]
    pages = t.pages("get_resources", ResourceTypeFilters=["dynamodb:table"], PaginationConfig={"PageSize": 2})
    found = {r["ResourceARN"]: r["Tags"] for p in pages for r in p["ResourceTagMappingList"]}
    same(found, {TABLE + f"table-{i}": [{"Key": "team", "Value": f"t{i}"}] for i in range(3)})
    out = t.tag_resources(ResourceARNList=[TABLE + "table-0", vault, TABLE + "none"], Tags={"backup": "yes"})
    same(list(out["FailedResourcesMap"]), [TABLE + "none"])
    aws.advance("1m")
    chosen = t.get_resources(TagFilters=[{"Key": "backup", "Values": ["yes", "no"]}])["ResourceTagMappingList"]
    same(sorted(r["ResourceARN"] for r in chosen), sorted([TABLE + "table-0", vault]))
    same(sorted(k for p in t.pages("get_tag_keys") for k in p["TagKeys"]), ["backup", "team"])
    same(sorted(v for p in t.pages("get_tag_values", Key="team") for v in p["TagValues"]), ["ops", "t0", "t1", "t2"])
    same(t.untag_resources(ResourceARNList=[TABLE + "table-0"], TagKeys=["backup"])["FailedResourcesMap"], {})
    aws.advance("1m")
    same([r["ResourceARN"] for r in t.get_resources(TagFilters=[{"Key": "backup"}])["ResourceTagMappingList"]], [vault])


SCENARIOS = [regions, scaling, alarms, tags]
