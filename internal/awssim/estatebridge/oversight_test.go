package estatebridge_test

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	trailtypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/restorable/restorable/internal/awssim/api"
	simtrail "github.com/restorable/restorable/internal/awssim/cloudtrail"
)

// oversight makes a trail of each kind, rules, a reader of a stream, a network, a report plan, and destroys a backup before witnesses.
func (a actor) oversight() {
	a.do("cloudtrail",
		&cloudtrail.CreateTrailInput{Name: aws.String("all"), S3BucketName: aws.String("logs"), IsMultiRegionTrail: aws.Bool(true), CloudWatchLogsLogGroupArn: aws.String("arn:aws:logs:eu-west-1:111122223333:log-group:t:*"),
			CloudWatchLogsRoleArn: aws.String("arn:aws:iam::111122223333:role/logs")},
		&cloudtrail.StartLoggingInput{Name: aws.String("all")},
		&cloudtrail.PutEventSelectorsInput{TrailName: aws.String("all"), EventSelectors: []trailtypes.EventSelector{{ReadWriteType: trailtypes.ReadWriteTypeWriteOnly,
			DataResources: []trailtypes.DataResource{{Type: aws.String("AWS::DynamoDB::Table"), Values: []string{"arn:aws:dynamodb"}}}}}},
		&cloudtrail.CreateTrailInput{Name: aws.String("fine"), S3BucketName: aws.String("logs")},
		&cloudtrail.PutEventSelectorsInput{TrailName: aws.String("fine"), AdvancedEventSelectors: []trailtypes.AdvancedEventSelector{{Name: aws.String("management"),
			FieldSelectors: []trailtypes.AdvancedFieldSelector{{Field: aws.String("eventCategory"), Equals: []string{"Management"}}}}}},
	)
	a.do("events",
		&eventbridge.PutRuleInput{Name: aws.String("failed"), EventPattern: aws.String(`{"source":["aws.backup"]}`)},
		&eventbridge.PutTargetsInput{Rule: aws.String("failed"), Targets: []eventtypes.Target{{Id: aws.String("0"), Arn: aws.String("arn:aws:sns:eu-west-1:111122223333:alerts")}}},
		&eventbridge.PutRuleInput{Name: aws.String("instances"), EventPattern: aws.String(`{"source":["aws.ec2"]}`)},
	)
	stream := ask[dynamodb.DescribeTableOutput](a, "dynamodb", &dynamodb.DescribeTableInput{TableName: aws.String("rich")}).Table.LatestStreamArn
	a.do("lambda", &lambda.CreateEventSourceMappingInput{EventSourceArn: stream, FunctionName: aws.String("index"), StartingPosition: lambdatypes.EventSourcePositionLatest})
	vpc := ask[ec2.CreateVpcOutput](a, "ec2", &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), TagSpecifications: []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeVpc,
		Tags: []ec2types.Tag{{Key: aws.String("Name"), Value: aws.String("shop")}}}}}).Vpc
	a.do("ec2", &ec2.CreateVpcEndpointInput{VpcId: vpc.VpcId, ServiceName: aws.String("com.amazonaws.eu-west-1.dynamodb")})
	a.do("backup", &backup.CreateReportPlanInput{ReportPlanName: aws.String("jobs"), ReportSetting: &backuptypes.ReportSetting{ReportTemplate: aws.String("BACKUP_JOB_REPORT")},
		ReportDeliveryChannel: &backuptypes.ReportDeliveryChannel{S3BucketName: aws.String("reports")}})
	a.wait(time.Minute)
	a.as.World.Do(func() {
		call := &api.Call{Scope: home, Operation: "DeleteBackup", Now: a.as.World.Now(), Caller: api.Principal{Account: home.Account, ARN: "arn:aws:iam::111122223333:user/ann"}}
		in := &dynamodb.DeleteBackupInput{BackupArn: aws.String("arn:aws:dynamodb:eu-west-1:111122223333:table/rich/backup/01")}
		for _, err := range []*api.Error{nil, {Code: "AccessDeniedException"}} {
			a.as.Parts.CloudTrail.Record(simtrail.Entry{Call: call, Service: "dynamodb", Input: in, SourceIP: "192.0.2.1", Err: err})
		}
	})
}
