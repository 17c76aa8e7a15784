package dynamodb

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

// maxDestinations is how many Kinesis streams one table may feed.
const maxDestinations = 2

func (s *Service) describeKinesis(c *api.Call, in *dynamodb.DescribeKinesisStreamingDestinationInput) (*dynamodb.DescribeKinesisStreamingDestinationOutput, error) {
	t, err := s.findSettled(c, in.TableName)
	if err != nil {
		return nil, err
	}
	out := &dynamodb.DescribeKinesisStreamingDestinationOutput{TableName: aws.String(t.name), KinesisDataStreamDestinations: []types.KinesisDataStreamDestination{}}
	out.KinesisDataStreamDestinations = append(out.KinesisDataStreamDestinations, t.kinesis...)
	return out, nil
}

func (t *table) destination(arn *string) int {
	return slices.IndexFunc(t.kinesis, func(d types.KinesisDataStreamDestination) bool { return aws.ToString(d.StreamArn) == aws.ToString(arn) })
}

// settle moves a destination to its final state after a while.
func (s *Service) settle(t *table, arn *string, status types.DestinationStatus) {
	s.after(t, settingTime, func() {
		if i := t.destination(arn); i >= 0 {
			t.kinesis[i].DestinationStatus = status
		}
	})
}

func (s *Service) enableKinesis(c *api.Call, in *dynamodb.EnableKinesisStreamingDestinationInput) (*dynamodb.EnableKinesisStreamingDestinationOutput, error) {
	t, err := s.findActive(c, in.TableName)
	if err != nil {
		return nil, err
	}
	i := t.destination(in.StreamArn)
	active := 0
	for _, d := range t.kinesis {
		if d.DestinationStatus == types.DestinationStatusActive || d.DestinationStatus == types.DestinationStatusEnabling {
			active++
		}
	}
	switch {
	case i >= 0 && t.kinesis[i].DestinationStatus != types.DestinationStatusDisabled:
		return nil, invalid("Table is not in a valid state to enable Kinesis Streaming Destination: KinesisStreamingDestination must be DISABLED to perform ENABLE operation.")
	case active >= maxDestinations:
		return nil, fail("LimitExceededException", "Subscriber limit exceeded: a table can have at most %d active Kinesis streaming destinations", maxDestinations)
	}
	d := types.KinesisDataStreamDestination{StreamArn: in.StreamArn, DestinationStatus: types.DestinationStatusEnabling, ApproximateCreationDateTimePrecision: types.ApproximateCreationDateTimePrecisionMillisecond}
	if cfg := in.EnableKinesisStreamingConfiguration; cfg != nil && cfg.ApproximateCreationDateTimePrecision != "" {
		d.ApproximateCreationDateTimePrecision = cfg.ApproximateCreationDateTimePrecision
	}
	if i >= 0 {
		t.kinesis[i] = d
	} else {
		t.kinesis = append(t.kinesis, d)
	}
	s.settle(t, in.StreamArn, types.DestinationStatusActive)
	return &dynamodb.EnableKinesisStreamingDestinationOutput{TableName: aws.String(t.name), StreamArn: in.StreamArn, DestinationStatus: d.DestinationStatus,
		EnableKinesisStreamingConfiguration: &types.EnableKinesisStreamingConfiguration{ApproximateCreationDateTimePrecision: d.ApproximateCreationDateTimePrecision}}, nil
}

func (s *Service) disableKinesis(c *api.Call, in *dynamodb.DisableKinesisStreamingDestinationInput) (*dynamodb.DisableKinesisStreamingDestinationOutput, error) {
	t, err := s.findActive(c, in.TableName)
	if err != nil {
		return nil, err
	}
	i := t.destination(in.StreamArn)
	if i < 0 || t.kinesis[i].DestinationStatus != types.DestinationStatusActive {
		return nil, invalid("Table is not in a valid state to disable Kinesis Streaming Destination: KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.")
	}
	t.kinesis[i].DestinationStatus = types.DestinationStatusDisabling
	s.settle(t, in.StreamArn, types.DestinationStatusDisabled)
	return &dynamodb.DisableKinesisStreamingDestinationOutput{TableName: aws.String(t.name), StreamArn: in.StreamArn, DestinationStatus: types.DestinationStatusDisabling}, nil
}
