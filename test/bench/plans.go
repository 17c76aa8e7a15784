package bench

import (
	"fmt"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

func (m *maker) plans() {
	m.source(estate.Provenance{Operation: "backup:ListBackupPlans"})
	m.u.Plans.Whole = m.whole()
	for i := range m.Plans {
		m.u.Plans.Items = append(m.u.Plans.Items, m.plan(i))
	}
}

func (m *maker) plan(i int) estate.Plan {
	id := m.planID(i)
	m.source(estate.Provenance{Operation: "backup:GetBackupPlan", Resource: arn("backup", "backup-plan:"+id)})
	return estate.Plan{
		ID: arn("backup", "backup-plan:"+id), ARN: m.text(arn("backup", "backup-plan:"+id)), PlanID: m.text(id), Name: m.text(fmt.Sprintf("plan-%03d", i)), Version: m.text("v1"),
		CreatedAt: m.at(seen().Add(-300 * 24 * time.Hour)), LastRun: m.at(seen().Add(-7 * time.Hour)), FromOrganization: known(m, false),
		Rules:      estate.List[estate.Rule]{Whole: m.whole(), Items: []estate.Rule{m.rule(i, "nightly", "cron(0 5 ? * * *)", 35), m.rule(i, "weekly", "cron(0 7 ? * SUN *)", 365)}},
		Selections: estate.List[estate.Selection]{Whole: m.whole(), Items: []estate.Selection{m.selection(i)}},
	}
}

func (m *maker) rule(i int, name, schedule string, days int64) estate.Rule {
	r := estate.Rule{
		ID: m.ruleID(i), Name: m.text(name), Vault: m.text(m.vaultName(i)), AirGappedVault: absent[string](m), Schedule: m.text(schedule), Timezone: m.text("Etc/UTC"),
		StartWindow: known(m, int64(60)), CompletionWindow: known(m, int64(10080)), ColdAfterDays: absent[int64](m), DeleteAfterDays: known(m, days),
		Continuous: known(m, false), Copies: estate.List[estate.Copy]{Whole: m.whole()}, RecoveryPointTags: known(m, map[string]string{}),
	}
	if name != "nightly" {
		r.ID += "-" + name
	}
	return r
}

// selection i is one of the five ways in which people select tables; each selects a tenth or less of them.
func (m *maker) selection(i int) estate.Selection {
	none := known(m, []estate.TagMatch{})
	s := estate.Selection{
		ID: fmt.Sprintf("%08x-2222-4000-8000-%012x", i, i), Name: m.text("tables"), RoleARN: m.text(roleARN()), Resources: known(m, []string{}), NotResources: known(m, []string{}),
		ListOfTags: none, StringEquals: none, StringNotEquals: none, StringLike: none, StringNotLike: none,
	}
	tier := []estate.TagMatch{{Key: "aws:ResourceTag/backup", Value: fmt.Sprintf("tier-%02d", i)}}
	switch i % 5 {
	case 0:
		s.Resources = known(m, m.named(i))
	case 1:
		s.ListOfTags = known(m, []estate.TagMatch{{Key: "backup", Value: fmt.Sprintf("tier-%02d", i)}})
	case 2:
		s.Resources = known(m, []string{arn("dynamodb", fmt.Sprintf("table/%s-service-*%02d", m.team(i), i))})
	case 3:
		s.Resources, s.StringEquals = known(m, []string{"*"}), known(m, tier)
	case 4:
		s.Resources, s.NotResources = known(m, []string{"arn:aws:dynamodb:*:*:table/*"}), known(m, []string{arn("dynamodb", "table/sessions-*")})
		s.StringLike = known(m, tier)
		s.StringNotEquals = known(m, []estate.TagMatch{{Key: "aws:ResourceTag/stage", Value: "dev"}})
	}
	return s
}

// named are the tables of a plan by their ARNs: AWS takes 500 without wildcards.
func (m *maker) named(i int) []string {
	var out []string
	for t := i; t < m.Tables && len(out) < 500; t += m.Plans {
		out = append(out, m.text(m.tableARN(t)).Or(""))
	}
	return out
}
