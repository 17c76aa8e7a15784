package price

import (
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
	"github.com/restorable/restorable/internal/remedy"
)

// Estimator says what the actions of a plan cost by a list of prices. It is safe for use from several goroutines.
type Estimator struct{ Prices List }

// List names the prices.
func (e Estimator) List() remedy.PriceList { return e.Prices.Of() }

// Cost is what an action costs. The unit is the one in which it acts, as it will be once all actions are done; tables are those that the
// action changes or takes into backups. What makes backups carries their cost, so that nothing is counted twice: a plan costs nothing, its
// selections do.
func (e Estimator) Cost(u *estate.Unit, a *remedy.Action, tables []*estate.Table) remedy.Cost {
	switch c := a.Change; {
	case c.PITR != nil:
		return e.pitr(u, a, tables)
	case c.RegionSettings != nil:
		return e.settings(u, a, tables)
	case c.Selection != nil:
		return e.selection(u, c.Selection, tables)
	case c.PlanRules != nil:
		return e.planRules(u, a, tables)
	case c.Backup != nil:
		return e.backup(u, c.Backup, tables)
	case c.TestingSelection != nil:
		return e.tests(u, c.TestingSelection, tables)
	default:
		return Free(e.free(c))
	}
}

// free says why what makes no backups costs nothing.
func (e Estimator) free(c remedy.Change) string {
	switch {
	case c.Plan != nil, c.TestingPlan != nil:
		return "a plan is free: what its selections take in costs"
	case c.VaultLock != nil:
		return "a vault lock is free; what it keeps cannot be deleted to save money"
	case c.VaultNotifications != nil:
		return "messages are charged by Amazon SNS, and are not reckoned"
	case c.Vault != nil && c.Vault.KeyARN != "", c.TableKey != nil && c.TableKey.Level == "customer":
		return fmt.Sprintf("the key costs %s a month whether it is used or not; its requests are not reckoned", usd(e.Prices.Key.USD))
	case c.TableKey != nil && c.TableKey.Level == "aws-managed":
		return "requests to the key are charged, and are not reckoned"
	}
	return "free"
}

func (e Estimator) pitr(u *estate.Unit, a *remedy.Action, tables []*estate.Table) remedy.Cost {
	cost := e.each(tables, func(t *estate.Table) remedy.Cost { return e.Prices.PITRCost(SizeOf(u, t)) })
	switch {
	case a.Change.PITR.Enabled && a.Before["pitr"] == "ENABLED":
		return Free("the price is the same for every period")
	case a.Change.PITR.Enabled:
		return cost
	}
	return Negative(cost)
}

// each adds up what tables cost. One table's basis speaks for itself; of several only what is missing is told.
func (e Estimator) each(tables []*estate.Table, of func(t *estate.Table) remedy.Cost) remedy.Cost {
	if len(tables) == 0 {
		return NotKnown("the tables that it concerns are not known")
	}
	costs := make([]remedy.Cost, len(tables))
	incomplete := 0
	for i, t := range tables {
		if costs[i] = of(t); !costs[i].Known {
			incomplete++
		}
	}
	if len(tables) == 1 {
		return costs[0]
	}
	total := Sum(costs...)
	total.Basis = fmt.Sprintf("%d tables, such as %s: %s", len(tables), tables[0].Name.Or(tables[0].ID), costs[0].Basis)
	if incomplete > 0 {
		total.Basis += fmt.Sprintf("; of %d the cost is not wholly known", incomplete)
	}
	return total
}

// settings: opting in starts the plans that wait for it; advanced features start the copies and the moves to cold storage that wait for
// them. Neither costs anything by itself.
func (e Estimator) settings(u *estate.Unit, a *remedy.Action, tables []*estate.Table) remedy.Cost {
	if len(tables) == 0 {
		return Free("free: no plan takes in a table by it")
	}
	c := a.Change.RegionSettings
	optIn := c.OptIn["DynamoDB"] && a.Before["dynamodb_opt_in"] != "on"
	advanced := c.Management["DynamoDB"] && a.Before["dynamodb_advanced_features"] != "on"
	if !optIn && !advanced {
		return Free("free")
	}
	return e.each(tables, func(t *estate.Table) remedy.Cost { return e.Begins(u, t, optIn, advanced) })
}

// Begins is what a table's backups cost more once the Region's settings change: by opting in, those of the selections that waited for it;
// by advanced features, copies and cold storage of those that select it anyway. The unit has the settings as they will be.
func (e Estimator) Begins(u *estate.Unit, t *estate.Table, optIn, advanced bool) remedy.Cost {
	costs := []remedy.Cost{{Known: true}}
	for i := range u.Plans.Items {
		p := &u.Plans.Items[i]
		before, after := selects(u, p, t, !optIn), selects(u, p, t, true)
		for j := range p.Rules.Items {
			r := &p.Rules.Items[j]
			switch {
			case after && !before:
				costs = append(costs, e.rule(u, r, t))
			case after && advanced:
				costs = append(costs, e.advancedPart(u, r, t))
			}
		}
	}
	total := Sum(costs...)
	total.Basis = basis(costs)
	return total
}

func selects(u *estate.Unit, p *estate.Plan, t *estate.Table, optedIn bool) bool {
	return slices.ContainsFunc(p.Selections.Items, func(s estate.Selection) bool {
		yes, _ := protection.NewSelector(&s).Decide(u, t, optedIn)
		return yes
	})
}

// advancedPart is what a rule costs with advanced features less what it costs without.
func (e Estimator) advancedPart(u *estate.Unit, r *estate.Rule, t *estate.Table) remedy.Cost {
	s := SizeOf(u, t)
	life, ok := lifecycle(r.ColdAfterDays, r.DeleteAfterDays)
	if !ok {
		return NotKnown("how long the rule keeps is not known")
	}
	with := e.Prices.RuleCost(s, schedule(r), r.Timezone.Or(""), life, true)
	without := e.Prices.RuleCost(s, schedule(r), r.Timezone.Or(""), life, false)
	total := Sum(with, Negative(without), e.copies(u, r, t, life))
	total.Basis = "copies and cold storage of rule " + r.Name.Or(r.ID)
	return total
}

func (e Estimator) selection(u *estate.Unit, c *remedy.Selection, tables []*estate.Table) remedy.Cost {
	var plan *estate.Plan
	for i := range u.Plans.Items {
		if p := &u.Plans.Items[i]; p.PlanID.Or("") == string(c.Plan) {
			plan = p
		}
	}
	if c.Step == remedy.Delete {
		return Free("free; recovery points that are there stay and are charged until they expire")
	}
	if plan == nil || !plan.Rules.IsWhole() {
		return NotKnown("the rules of the plan are not known")
	}
	return e.each(tables, func(t *estate.Table) remedy.Cost {
		costs := make([]remedy.Cost, len(plan.Rules.Items))
		for i := range plan.Rules.Items {
			costs[i] = e.rule(u, &plan.Rules.Items[i], t)
		}
		total := Sum(costs...)
		total.Basis = basis(costs)
		return total
	})
}

// rule is what a rule's points of a table cost, copies included.
func (e Estimator) rule(u *estate.Unit, r *estate.Rule, t *estate.Table) remedy.Cost {
	life, ok := lifecycle(r.ColdAfterDays, r.DeleteAfterDays)
	if !ok || r.Schedule.IsUnknown() || r.Timezone.IsUnknown() {
		return NotKnown("the rule's schedule or lifecycle is not known")
	}
	on, known := advanced(u)
	own := e.Prices.RuleCost(SizeOf(u, t), schedule(r), r.Timezone.Or(""), life, on)
	if !known && (life.ColdAfterDays > 0 || len(r.Copies.Items) > 0) {
		own.Known, own.Basis = false, own.Basis+"; whether copies and cold storage take effect is not known"
	}
	if !on || len(r.Copies.Items) == 0 {
		return own
	}
	copies := e.copies(u, r, t, life)
	total := Sum(own, copies)
	total.Basis = basis([]remedy.Cost{own, copies})
	return total
}

func (e Estimator) copies(u *estate.Unit, r *estate.Rule, t *estate.Table, life Lifecycle) remedy.Cost {
	costs := []remedy.Cost{{Known: r.Copies.IsWhole()}}
	perDay, ok := PerDay(schedule(r), r.Timezone.Or(""))
	for i := range r.Copies.Items {
		c := &r.Copies.Items[i]
		own, known := lifecycle(c.ColdAfterDays, c.DeleteAfterDays)
		if c.ColdAfterDays.IsAbsent() && c.DeleteAfterDays.IsAbsent() {
			own = life // a copy without a lifecycle follows its source's
		}
		destination, named := c.VaultARN.Get()
		if !ok || !known || !named {
			costs = append(costs, NotKnown("a copy of the rule is not wholly known"))
			continue
		}
		costs = append(costs, e.Prices.CopiesCost(SizeOf(u, t), perDay, own, true, regionOf(destination) != u.Region.Or("")))
	}
	total := Sum(costs...)
	total.Basis = basis(costs)
	return total
}

// planRules is what the rules cost as they will be, less what they cost as they were.
func (e Estimator) planRules(u *estate.Unit, a *remedy.Action, tables []*estate.Table) remedy.Cost {
	if a.Inverse.Change == nil || a.Inverse.Change.PlanRules == nil {
		return NotKnown("what the rules cost before is not known")
	}
	after, before := a.Change.PlanRules.Set, a.Inverse.Change.PlanRules.Set
	return e.each(tables, func(t *estate.Table) remedy.Cost {
		more, less := e.drafted(u, after, t), e.drafted(u, before, t)
		total := Sum(more, Negative(less))
		total.Basis = more.Basis
		if less.Monthly != 0 {
			total.Basis += "; less the " + remedy.USD(less.Monthly) + " a month of before"
		}
		return total
	})
}

func (e Estimator) drafted(u *estate.Unit, rules []remedy.Rule, t *estate.Table) remedy.Cost {
	costs := make([]remedy.Cost, len(rules))
	for i := range rules {
		costs[i] = e.rule(u, asRule(&rules[i]), t)
	}
	total := Sum(costs...)
	total.Basis = basis(costs)
	return total
}

func (e Estimator) backup(u *estate.Unit, c *remedy.Backup, tables []*estate.Table) remedy.Cost {
	return e.each(tables, func(t *estate.Table) remedy.Cost {
		if c.Native != "" {
			return e.Prices.NativeCost(SizeOf(u, t))
		}
		return e.Prices.OnDemandCost(SizeOf(u, t), c.DeleteAfterDays)
	})
}

func (e Estimator) tests(u *estate.Unit, c *remedy.TestingSelection, tables []*estate.Table) remedy.Cost {
	if c.Step == remedy.Delete {
		return Free("free")
	}
	for i := range u.RestoreTestingPlans.Items {
		p := &u.RestoreTestingPlans.Items[i]
		if p.Name.Or("") != c.Plan || !p.Schedule.IsKnown() {
			continue
		}
		return e.each(tables, func(t *estate.Table) remedy.Cost {
			return e.Prices.RestoreTestsCost(SizeOf(u, t), p.Schedule.Or(""), p.Timezone.Or(""))
		})
	}
	return NotKnown("how often the test runs is not known")
}

// basis joins what is said of the parts of a cost.
func basis(costs []remedy.Cost) string {
	var parts []string
	for _, c := range costs {
		if c.Basis != "" && !slices.Contains(parts, c.Basis) {
			parts = append(parts, c.Basis)
		}
	}
	return strings.Join(parts, "; and ")
}

// advanced is whether AWS Backup's advanced features for DynamoDB are on, without which copies and cold storage do not take effect.
func advanced(u *estate.Unit) (on, known bool) {
	optIn, ok1 := u.Settings.OptIn.Get()
	management, ok2 := u.Settings.Management.Get()
	return optIn["DynamoDB"] && management["DynamoDB"], ok1 && ok2
}

func schedule(r *estate.Rule) string { return r.Schedule.Or(DefaultSchedule) }

func lifecycle(cold, remove estate.Fact[int64]) (Lifecycle, bool) {
	return Lifecycle{ColdAfterDays: cold.Or(0), DeleteAfterDays: remove.Or(0)}, !cold.IsUnknown() && !remove.IsUnknown()
}

func regionOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[3]
	}
	return ""
}

// asRule is a drafted rule as the estate would hold it.
func asRule(c *remedy.Rule) *estate.Rule {
	r := &estate.Rule{
		ID: c.Name, Name: estate.KnownFact(c.Name, 0), Schedule: text(c.Schedule), Timezone: text(c.Timezone),
		ColdAfterDays: days(c.ColdAfterDays), DeleteAfterDays: days(c.DeleteAfterDays), Copies: estate.List[estate.Copy]{Whole: estate.KnownFact(true, 0)},
	}
	for _, cc := range c.Copies {
		r.Copies.Items = append(r.Copies.Items, estate.Copy{
			ID: cc.VaultARN, VaultARN: estate.KnownFact(cc.VaultARN, 0), ColdAfterDays: days(cc.ColdAfterDays), DeleteAfterDays: days(cc.DeleteAfterDays),
		})
	}
	return r
}

func text(s string) estate.Fact[string] {
	if s == "" {
		return estate.AbsentFact[string](0)
	}
	return estate.KnownFact(s, 0)
}

func days(n int64) estate.Fact[int64] {
	if n == 0 {
		return estate.AbsentFact[int64](0)
	}
	return estate.KnownFact(n, 0)
}
