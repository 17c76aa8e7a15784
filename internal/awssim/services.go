package awssim

import (
	"fmt"
	"time"

	"github.com/restorable/restorable/internal/awssim/account"
	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/autoscaling"
	"github.com/restorable/restorable/internal/awssim/backup"
	"github.com/restorable/restorable/internal/awssim/cloudtrail"
	"github.com/restorable/restorable/internal/awssim/cloudwatch"
	"github.com/restorable/restorable/internal/awssim/dynamodb"
	"github.com/restorable/restorable/internal/awssim/events"
	"github.com/restorable/restorable/internal/awssim/iam"
	"github.com/restorable/restorable/internal/awssim/kms"
	"github.com/restorable/restorable/internal/awssim/lambda"
	"github.com/restorable/restorable/internal/awssim/organizations"
	"github.com/restorable/restorable/internal/awssim/sign"
	"github.com/restorable/restorable/internal/awssim/sts"
	"github.com/restorable/restorable/internal/awssim/tagging"
	"github.com/restorable/restorable/internal/awssim/vpc"
	"github.com/restorable/restorable/internal/awssim/world"
)

// Parts are the services themselves, for those who fill or read them outside AWS's API.
// Their methods are called with the world's lock held, that is, inside World.Do.
type Parts struct {
	IAM           *iam.Service
	KMS           *kms.Service
	STS           *sts.Service
	Organizations *organizations.Service
	Account       *account.Service // and EC2
	AutoScaling   *autoscaling.Service
	CloudWatch    *cloudwatch.Service
	Tagging       *tagging.Service
	DynamoDB      *dynamodb.Service // and DynamoDB Streams
	Backup        *backup.Service
	CloudTrail    *cloudtrail.Service
	Events        *events.Service
	Lambda        *lambda.Service
	VPC           *vpc.Service // the networks of EC2
}

// Assemble makes every simulated service, empty.
func Assemble(o Options) (*Assembly, error) {
	w := world.New(o.World)
	p, err := parts(w, o)
	if err != nil {
		return nil, err
	}
	return &Assembly{
		World: w, Parts: p, Keys: []sign.Keys{p.IAM}, Authorizer: p.IAM, Regions: p.Account,
		Services: p.services(), Recorder: p.CloudTrail,
	}, nil
}

func parts(w *world.World, o Options) (Parts, error) {
	var p Parts
	var err error
	if p.IAM, err = iam.New(w); err != nil {
		return Parts{}, fmt.Errorf("make iam: %w", err)
	}
	p.KMS = kms.New(w)
	p.STS = sts.New(p.IAM, o.machine())
	p.Organizations = organizations.New(w)
	p.Account = account.New(w, p.Organizations)
	p.AutoScaling = autoscaling.New(w, p.IAM)
	p.CloudWatch = cloudwatch.New(w)
	p.DynamoDB = dynamodb.New(w, p.KMS, dynamodb.Options{LiftQuotas: !o.Rates})
	p.Backup = backup.New(w, backup.Options{Tables: p.DynamoDB, Roles: p.IAM, Linked: p.IAM, Keys: p.KMS, Org: p.Organizations, LiftQuotas: !o.Rates})
	p.Tagging = tagging.New(w, taggedTables{p.DynamoDB}, taggedBackups{w, operationsOf(p.Backup.API())}, taggedKeys{w, operationsOf(p.KMS.API())})
	p.CloudTrail, p.Events, p.Lambda, p.VPC = cloudtrail.New(w, p.Organizations), events.New(), lambda.New(w, p.DynamoDB), vpc.New(w)
	return p, nil
}

// services lists them all, in the order in which their models are loaded.
func (p Parts) services() []api.Service {
	ec2 := p.Account.EC2()
	ec2.Operations = append(ec2.Operations, p.VPC.Operations()...)
	return []api.Service{
		p.IAM.API(), p.KMS.API(), p.STS.API(), p.Organizations.API(), p.Account.API(), ec2, p.AutoScaling.API(), p.CloudWatch.API(),
		p.Tagging.API(), p.DynamoDB.API(), p.DynamoDB.StreamsAPI(), p.Backup.API(),
		p.CloudTrail.API(), p.Events.API(), p.Lambda.API(),
	}
}

// machine is the machine's clock.
func (o Options) machine() func() time.Time {
	if o.World.Real != nil {
		return o.World.Real
	}
	return time.Now
}
