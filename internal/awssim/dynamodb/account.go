package dynamodb

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

// Default account quotas of "Quotas in Amazon DynamoDB" and the API reference's example of DescribeLimits.
const maxAccountUnits = 80000

func (s *Service) describeLimits(*api.Call, *dynamodb.DescribeLimitsInput) (*dynamodb.DescribeLimitsOutput, error) {
	return &dynamodb.DescribeLimitsOutput{
		AccountMaxReadCapacityUnits: aws.Int64(maxAccountUnits), AccountMaxWriteCapacityUnits: aws.Int64(maxAccountUnits),
		TableMaxReadCapacityUnits: aws.Int64(maxTableUnits), TableMaxWriteCapacityUnits: aws.Int64(maxTableUnits),
	}, nil
}

func (s *Service) describeEndpoints(c *api.Call, _ *dynamodb.DescribeEndpointsInput) (*dynamodb.DescribeEndpointsOutput, error) {
	return &dynamodb.DescribeEndpointsOutput{Endpoints: []types.Endpoint{{Address: aws.String("dynamodb." + c.Region + ".amazonaws.com"), CachePeriodInMinutes: 1440}}}, nil
}

// describeTableReplicaAutoScaling knows replicas but no scaling policies: those belong to Application Auto Scaling.
func (s *Service) describeTableReplicaAutoScaling(c *api.Call, in *dynamodb.DescribeTableReplicaAutoScalingInput) (*dynamodb.DescribeTableReplicaAutoScalingOutput, error) {
	t, err := s.find(c, in.TableName)
	if err != nil {
		return nil, err
	}
	d := &types.TableAutoScalingDescription{TableName: aws.String(t.name), TableStatus: s.visibleStatus(t), Replicas: []types.ReplicaAutoScalingDescription{}}
	for _, m := range append([]*table{t}, t.others()...) {
		if t.group != nil {
			d.Replicas = append(d.Replicas, types.ReplicaAutoScalingDescription{RegionName: aws.String(m.sc.Region), ReplicaStatus: replicaStatus(m.status)})
		}
	}
	return &dynamodb.DescribeTableReplicaAutoScalingOutput{TableAutoScalingDescription: d}, nil
}

// legacyGlobalTable answers the operations of global tables of version 2017.11.29: there are none.
func legacyGlobalTable[I, O any](name func(*I) *string) func(*api.Call, *I) (*O, error) {
	return func(_ *api.Call, in *I) (*O, error) {
		return nil, fail("GlobalTableNotFoundException", "Global table not found: Global table with name '%s' does not exist.", aws.ToString(name(in)))
	}
}

func (s *Service) listGlobalTables(*api.Call, *dynamodb.ListGlobalTablesInput) (*dynamodb.ListGlobalTablesOutput, error) {
	return &dynamodb.ListGlobalTablesOutput{GlobalTables: []types.GlobalTable{}}, nil
}
