package agreement

import (
	"maps"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/awssim/simtest"
)

const tables = "arn:aws:dynamodb:" + simtest.Region + ":" + simtest.Account + ":table/"

func tableNames() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"orders", "Orders", "orders-2", "orders_archive", "prod-orders", "ord", "awsbackup-restore-test-orders", "my-awsbackup-restore-test", "a.b"})
}

func tagKeys() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"backup", "backup", "backup", "env", "env", "Backup", "backup2", "ResourceTag/backup", "awsbackup-restore-test"})
}

// tagValues has cases, prefixes, spaces of ASCII and of others, letters of several bytes, and what looks like a pattern.
func tagValues() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"yes", "Yes", "yes-2", "", "prod", "prod server", "prod\u00a0server", "prod\u3000x", "größe", "p.d", "production", " prod", "prod\u00a0server"})
}

func patterns() *rapid.Generator[string] {
	concrete := rapid.Map(tableNames(), func(n string) string { return tables + n })
	return rapid.OneOf(concrete, rapid.SampledFrom([]string{
		"*", "arn:*", "arn:aws:dynamodb:*", "arn:aws:dynamodb:*:*:*", "arn:aws:dynamodb:*:*:table/*", "arn:*:dynamodb:*:*:table/*", "arn:aws:*:*:*:table/orders",
		"arn:aws:dynamodb:" + simtest.Region + ":*:table/*", "arn:aws:dynamodb:*:" + simtest.Account + ":table/ord*", "arn:aws:dynamodb:*:*:table/*orders",
		"arn:aws:dynamodb:*:*:table/o*s", "arn:aws:dynamodb:*:*:table/orders?", "arn:aws:dynamodb:*:*:tab*", "arn:aws:dynamodb:*:table/orders", "arn:aws:dynamo*:*:*:table/*",
		"arn:aws:dynamodb:us-east-1:*:table/*", "arn:aws:dynamodb:*:999999999999:table/*", "arn:aws-cn:dynamodb:*:*:table/*", "arn:aws:dynamodb:us-east-1:" + simtest.Account + ":table/orders",
		"arn:aws:ec2:*:*:instance/*", "arn:aws:rds:*:*:db:*", "arn:aws:dynamodb:*:*:TABLE/*", "arn:aws:dynamodb:*:*:table/**", "arn:aws:dynamodb:*:*:table/orders/*",
	}))
}

// conditionKeys are mostly written as AWS wants them.
func conditionKeys(prefixed int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		key := tagKeys().Draw(t, "key")
		if rapid.IntRange(0, 9).Draw(t, "prefix") < prefixed {
			return "aws:ResourceTag/" + key
		}
		return key
	})
}

func conditions(most int) *rapid.Generator[[]backuptypes.ConditionParameter] {
	values := rapid.OneOf(tagValues(), rapid.SampledFrom([]string{"*", "prod*", "*server", "p*d*", "y*", "prod *", "*ö*", "?es", "pro?", "**"}))
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) backuptypes.ConditionParameter {
		return backuptypes.ConditionParameter{ConditionKey: aws.String(conditionKeys(8).Draw(t, "key")), ConditionValue: aws.String(values.Draw(t, "value"))}
	}), 0, most)
}

func listOfTags() *rapid.Generator[[]backuptypes.Condition] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) backuptypes.Condition {
		return backuptypes.Condition{ConditionType: backuptypes.ConditionTypeStringequals,
			ConditionKey: aws.String(conditionKeys(3).Draw(t, "key")), ConditionValue: aws.String(tagValues().Draw(t, "value"))}
	}), 0, 2)
}

// selections include something, or AWS would refuse them.
func selections(role string) *rapid.Generator[backuptypes.BackupSelection] {
	return rapid.Custom(func(t *rapid.T) backuptypes.BackupSelection {
		sel := backuptypes.BackupSelection{IamRoleArn: &role, ListOfTags: listOfTags().Draw(t, "tags")}
		least := 0
		if len(sel.ListOfTags) == 0 {
			least = 1
		}
		sel.Resources = rapid.SliceOfN(patterns(), least, 2).Draw(t, "resources")
		if rapid.Bool().Draw(t, "narrowed") {
			sel.NotResources = rapid.SliceOfN(patterns(), 0, 1).Draw(t, "not")
			sel.Conditions = &backuptypes.Conditions{StringEquals: conditions(1).Draw(t, "equals"), StringNotEquals: conditions(1).Draw(t, "not equals"),
				StringLike: conditions(1).Draw(t, "like"), StringNotLike: conditions(1).Draw(t, "not like")}
		}
		return sel
	})
}

// TestSelection: a table gets jobs of a plan, whatever becomes of them, if and only if the evaluator says that the plan selects it.
func TestSelection(t *testing.T) {
	h := open(t)
	rapid.Check(t, func(t *rapid.T) {
		s := h.begin(t)
		role := s.role("backup")
		s.vault("main", "")
		for _, name := range rapid.SliceOfNDistinct(tableNames(), 1, 4, rapid.ID[string]).Draw(t, "tables") {
			s.table(name, "", rapid.MapOfN(tagKeys(), tagValues(), 0, 3).Draw(t, "tags of "+name))
		}
		var plans []string
		for i, cron := range []string{"cron(0 5 ? * * *)", "cron(30 * ? * * *)", "cron(0 2 ? * * *)"}[:rapid.IntRange(1, 3).Draw(t, "plans")] {
			id := s.plan("plan-"+string(rune('a'+i)), rule("only", "main", cron, 60, 7))
			for k := range rapid.IntRange(1, 2).Draw(t, "selections") {
				sel := selections(role).Draw(t, "selection")
				sel.SelectionName = aws.String("selection-" + string(rune('a'+k)))
				s.selection(id, sel)
			}
			plans = append(plans, id)
		}
		s.settings(rapid.Bool().Draw(t, "opt-in"), rapid.Bool().Draw(t, "advanced"))
		before := s.look()
		s.wait(26 * 3600e9)
		s.compareSelection(before, s.jobs(), plans)
	})
}

// compareSelection holds the plans' decisions against their jobs, by table.
func (s *stage) compareSelection(v view, jobs []backuptypes.BackupJob, plans []string) {
	s.Helper()
	did := map[string]map[string]bool{}
	for _, j := range jobs {
		if did[*j.ResourceArn] == nil {
			did[*j.ResourceArn] = map[string]bool{}
		}
		did[*j.ResourceArn][*j.CreatedBy.BackupPlanId] = true
	}
	for _, name := range sorted(v.cover) {
		c := v.cover[name]
		says := map[string]bool{}
		for i := range c.Plans.Items {
			p := &c.Plans.Items[i]
			says[s.planID(v, p.ID)] = s.decided("plan "+p.Plan+" selects "+name, p.Selects)
		}
		maps.DeleteFunc(says, func(_ string, selects bool) bool { return !selects })
		jobsOf := did[tables+name]
		if s.decided("selected "+name, c.Selected) != (len(jobsOf) > 0) {
			s.disagree("table %s: the evaluator says selected %v (%s), AWS Backup made jobs by %v", name, c.Selected, c.Selected.Why, sorted(jobsOf))
		}
		for _, id := range plans {
			if says[id] != jobsOf[id] {
				s.disagree("table %s and plan %s: the evaluator says %v (%s), AWS Backup made jobs: %v", name, id, says[id], c.Selected.Why, jobsOf[id])
			}
		}
	}
}

// planID is the id by which AWS's records name a plan of the estate.
func (s *stage) planID(v view, id string) string {
	for i := range v.unit.Plans.Items {
		if p := &v.unit.Plans.Items[i]; p.ID == id {
			return p.PlanID.Or("?")
		}
	}
	s.disagree("no plan %s in the estate", id)
	return ""
}
