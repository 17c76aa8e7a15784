package drill_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/drill"
)

// damage is done to the restored table between its restore and the comparison.
type damage struct {
	name   string
	before drill.State
	do     func(s *shop, table string)
	tells  string // what the reason must name
}

func change(attribute string, v types.AttributeValue) func(*shop, string) {
	return func(s *shop, table string) {
		item := order(7)
		item[attribute] = v
		s.put(s.db, table, item)
	}
}

func damages() []damage {
	id := func(i int) map[string]types.AttributeValue {
		return map[string]types.AttributeValue{"id": order(i)["id"]}
	}
	return []damage{
		{"one attribute of one item", drill.Comparing, change("customer", &types.AttributeValueMemberS{Value: "C"}), "items differ"},
		{"a number in its last digit", drill.Comparing, change("total", &types.AttributeValueMemberN{Value: "12345678901234567890.12346"}), "items differ"},
		{"a set that lost a member", drill.Comparing, change("colours", &types.AttributeValueMemberSS{Value: []string{"red", "blue"}}), "items differ"},
		{"an empty text that is null", drill.Comparing, change("note", &types.AttributeValueMemberNULL{Value: true}), "items differ"},
		{"a byte", drill.Comparing, change("raw", &types.AttributeValueMemberB{Value: []byte{0, 1, 254}}), "items differ"},
		{"a number that is a text", drill.Comparing, change("total", &types.AttributeValueMemberS{Value: "12345678901234567890.12345"}), "items differ"},
		{"one item missing", drill.Comparing, func(s *shop, table string) {
			s.must(s.db.DeleteItem(s.t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: id(7)}))
		}, "items differ"},
		{"one item more", drill.Comparing, func(s *shop, table string) { s.put(s.db, table, order(items+5)) }, "items differ"},
		{"an index missing", drill.Completing, func(s *shop, table string) {
			s.must(s.db.UpdateTable(s.t.Context(), &dynamodb.UpdateTableInput{TableName: &table,
				GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: aws.String("by-customer")}}}}))
			s.advance(10 * time.Minute)
		}, "global indexes"},
		{"a time to live that deletes", drill.Completing, func(s *shop, table string) {
			s.must(s.db.UpdateTimeToLive(s.t.Context(), &dynamodb.UpdateTimeToLiveInput{TableName: &table, TimeToLiveSpecification: &types.TimeToLiveSpecification{Enabled: aws.Bool(true), AttributeName: aws.String("total")}}))
			s.advance(time.Hour)
		}, "time to live"},
		{"other capacity", drill.Completing, func(s *shop, table string) {
			s.must(s.db.UpdateTable(s.t.Context(), &dynamodb.UpdateTableInput{TableName: &table, BillingMode: types.BillingModeProvisioned,
				ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(5), WriteCapacityUnits: aws.Int64(5)},
				GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Update: &types.UpdateGlobalSecondaryIndexAction{IndexName: aws.String("by-customer"),
					ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(5), WriteCapacityUnits: aws.Int64(5)}}}}}))
			s.advance(10 * time.Minute)
		}, "billing"},
	}
}

// TestPlantedDamageIsCaught plants damage in restored tables: none may pass.
func TestPlantedDamageIsCaught(t *testing.T) {
	for _, x := range damages() {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			s := openShop(t, false)
			e := s.engine()
			d := s.lay(e, drill.Asked{From: drill.FromPITR}, "")
			e.Before = func(d *drill.Drill, to drill.State) {
				if to == x.before {
					x.do(s, d.Target.Name)
				}
			}
			s.must(nil, e.Run(t.Context(), d))
			if d.Verdict != drill.Refuted || d.State != drill.Failed {
				t.Fatalf("%s, %s: %+v, %+v", d.Verdict, d.State, d.Reasons, d.Items)
			}
			named := false
			for _, r := range d.Reasons {
				named = named || strings.Contains(r.Text, x.tells)
			}
			if !named {
				t.Errorf("no reason names %q: %+v", x.tells, d.Reasons)
			}
			if len(s.left()) > 0 || d.Cleanup.State != drill.Removed {
				t.Errorf("a drill that failed left %v: %+v", s.left(), d.Cleanup)
			}
		})
	}
}
