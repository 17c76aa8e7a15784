package awsapi

import (
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Scope is one account in one Region: its clients, its token buckets and AWS's clock as seen there.
// The clients only work through Invoke.
type Scope struct {
	Region string
	Clock  *Clock

	STS         *sts.Client
	Account     *account.Client
	DynamoDB    *dynamodb.Client
	Streams     *dynamodbstreams.Client
	Backup      *backup.Client
	Tagging     *resourcegroupstaggingapi.Client
	KMS         *kms.Client
	IAM         *iam.Client
	AutoScaling *applicationautoscaling.Client
	CloudWatch  *cloudwatch.Client
	S3          *s3.Client
	oversight

	Organizations *organizations.Client

	account  *Account
	accepted atomic.Bool // AWS took the credentials in this Region
	buckets  *buckets
}

func newScope(a *Account, region string) *Scope {
	s := &Scope{Region: region, Clock: &Clock{}, account: a}
	s.buckets = &buckets{off: a.session.opts.Rates == RatesOff, all: map[string]*bucket{}}
	cfg := a.cfg.Copy()
	cfg.Region = region
	cfg.APIOptions = append(cfg.APIOptions, instrument(s))
	at := a.session.baseEndpoint
	s.STS = sts.NewFromConfig(cfg, func(o *sts.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	s.Account = account.NewFromConfig(cfg, func(o *account.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	s.DynamoDB = dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	s.Streams = dynamodbstreams.NewFromConfig(cfg, func(o *dynamodbstreams.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	s.Backup = backup.NewFromConfig(cfg, func(o *backup.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	s.Tagging = resourcegroupstaggingapi.NewFromConfig(cfg, func(o *resourcegroupstaggingapi.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	s.KMS = kms.NewFromConfig(cfg, func(o *kms.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	s.IAM = iam.NewFromConfig(cfg, func(o *iam.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	s.AutoScaling = applicationautoscaling.NewFromConfig(cfg, func(o *applicationautoscaling.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	s.CloudWatch = cloudwatch.NewFromConfig(cfg, func(o *cloudwatch.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	s.S3 = s3.NewFromConfig(cfg, func(o *s3.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	s.Organizations = organizations.NewFromConfig(cfg, func(o *organizations.Options) { o.BaseEndpoint = at(o.BaseEndpoint) })
	s.oversight = newOversight(cfg, at)
	return s
}

// Limit is the rate at which the scope makes a call at present, per second; 0 means that nothing limits it.
func (s *Scope) Limit(id CallID) float64 {
	var lowest float64
	for _, b := range s.buckets.of(s.account.session.calls[id]) {
		if r := b.perSecond(); lowest == 0 || r < lowest {
			lowest = r
		}
	}
	return lowest
}
