package build

import "github.com/restorable/restorable/internal/estate"

const planElsewhere = "the plan of this selection is not among the templates"

// StrayPlan is the plan of a selection, declared at a place, whose plan is not among the templates: it selects all the same, for a plan of
// which nothing else is known.
func StrayPlan(b *Builder, p Pos, planID estate.Fact[string], s estate.Selection) estate.Plan {
	text, whole := Unknown[string](b, p, NotInTemplate, planElsewhere), Unknown[bool](b, p, NotInTemplate, planElsewhere)
	at := Unknown[estate.Instant](b, p, NotInTemplate, planElsewhere)
	return estate.Plan{
		ID: s.ID + "/plan", ARN: text, PlanID: planID, Name: text, Version: text, CreatedAt: at, LastRun: at,
		FromOrganization: Known(b, false, p), // nobody adds selections to a plan of an organisation's
		Tags:             Unknown[map[string]string](b, p, NotInTemplate, planElsewhere),
		Rules:            estate.List[estate.Rule]{Whole: whole},
		Selections:       estate.List[estate.Selection]{Items: []estate.Selection{s}, Whole: whole},
	}
}

// StrayTestingPlan is StrayPlan for restore testing; name is what the selection calls its plan.
func StrayTestingPlan(b *Builder, p Pos, name estate.Fact[string], s estate.RestoreTestingSelection) estate.RestoreTestingPlan {
	text, names := Unknown[string](b, p, NotInTemplate, planElsewhere), Unknown[[]string](b, p, NotInTemplate, planElsewhere)
	number := Unknown[int64](b, p, NotInTemplate, planElsewhere)
	return estate.RestoreTestingPlan{ID: s.ID + "/plan", Name: name, Schedule: text, Timezone: text, StartWindowHours: number,
		LastRun: Undeployed[estate.Instant](b, p), Algorithm: text, PointTypes: names, IncludeVaults: names, ExcludeVaults: names, WindowDays: number,
		Selections: estate.List[estate.RestoreTestingSelection]{Items: []estate.RestoreTestingSelection{s},
			Whole: Elsewhere[bool](b, p, "more selections")}}
}
