package dynamodb

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

func (s *Service) insightTable(c *api.Call, ref, indexName *string) (*table, error) {
	t, err := s.findSettled(c, ref)
	if err != nil {
		return nil, err
	}
	if indexName != nil && t.index(*indexName) == nil {
		return nil, fail("ResourceNotFoundException", "Requested resource not found: Index: %s not found", *indexName)
	}
	return t, nil
}

func (s *Service) describeContributorInsights(c *api.Call, in *dynamodb.DescribeContributorInsightsInput) (*dynamodb.DescribeContributorInsightsOutput, error) {
	t, err := s.insightTable(c, in.TableName, in.IndexName)
	if err != nil {
		return nil, err
	}
	out := &dynamodb.DescribeContributorInsightsOutput{TableName: aws.String(t.name), IndexName: in.IndexName, ContributorInsightsStatus: types.ContributorInsightsStatusDisabled}
	i := t.insights[aws.ToString(in.IndexName)]
	if i == nil {
		return out, nil
	}
	out.ContributorInsightsStatus, out.ContributorInsightsMode, out.LastUpdateDateTime = i.status, i.mode, aws.Time(i.at)
	if i.status == types.ContributorInsightsStatusEnabled {
		out.ContributorInsightsRuleList = t.rules(aws.ToString(in.IndexName))
	}
	return out, nil
}

// rules are the names of the CloudWatch rules that AWS makes: most accessed and most throttled, for the partition key and, if there is one, both keys.
func (t *table) rules(indexName string) []string {
	keys, of := t.def.keys, t.name
	if indexName != "" {
		of += "-" + indexName
		keys = t.index(indexName).keys
	}
	kinds := []string{"PKC", "PKT"}
	if _, sort := keyNames(keys); sort != "" {
		kinds = []string{"PKC", "SKC", "PKT", "SKT"}
	}
	var out []string
	for _, k := range kinds {
		out = append(out, "DynamoDBContributorInsights-"+k+"-"+of+"-"+t.id[:13])
	}
	return out
}

func (s *Service) updateContributorInsights(c *api.Call, in *dynamodb.UpdateContributorInsightsInput) (*dynamodb.UpdateContributorInsightsOutput, error) {
	t, err := s.insightTable(c, in.TableName, in.IndexName)
	if err != nil {
		return nil, err
	}
	i := &insight{status: types.ContributorInsightsStatusEnabling, mode: in.ContributorInsightsMode, at: s.w.Now()}
	settled := types.ContributorInsightsStatusEnabled
	if in.ContributorInsightsAction == types.ContributorInsightsActionDisable {
		i.status, settled = types.ContributorInsightsStatusDisabling, types.ContributorInsightsStatusDisabled
	} else if i.mode == "" {
		i.mode = types.ContributorInsightsModeAccessedAndThrottledKeys
	}
	t.insights[aws.ToString(in.IndexName)] = i
	s.after(t, settingTime, func() { i.status = settled })
	return &dynamodb.UpdateContributorInsightsOutput{TableName: aws.String(t.name), IndexName: in.IndexName, ContributorInsightsStatus: i.status, ContributorInsightsMode: i.mode}, nil
}

func (s *Service) listContributorInsights(c *api.Call, in *dynamodb.ListContributorInsightsInput) (*dynamodb.ListContributorInsightsOutput, error) {
	var all []types.ContributorInsightsSummary
	var places []string
	for _, name := range s.region(c.Scope).names() {
		t := s.region(c.Scope).tables[name]
		if in.TableName != nil {
			if _, want := address(c.Scope, *in.TableName); want != name {
				continue
			}
		}
		for _, x := range sortedKeys(t.insights) {
			all = append(all, types.ContributorInsightsSummary{
				TableName: aws.String(name), IndexName: nonEmpty(x), ContributorInsightsStatus: t.insights[x].status, ContributorInsightsMode: t.insights[x].mode})
			places = append(places, name+"/"+x)
		}
	}
	limit := 100
	if in.MaxResults > 0 {
		limit = min(limit, int(in.MaxResults))
	}
	out := &dynamodb.ListContributorInsightsOutput{ContributorInsightsSummaries: []types.ContributorInsightsSummary{}}
	for i, sum := range all {
		if in.NextToken != nil && strings.Compare(places[i], *in.NextToken) <= 0 {
			continue
		}
		if len(out.ContributorInsightsSummaries) == limit {
			out.NextToken = aws.String(places[i-1])
			break
		}
		out.ContributorInsightsSummaries = append(out.ContributorInsightsSummaries, sum)
	}
	return out, nil
}
