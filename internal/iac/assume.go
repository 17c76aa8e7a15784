package iac

import (
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// assumeOperation is what evidence names as the source of what a person says of the place to which templates are deployed.
const assumeOperation = "assume"

// Assumption is what a person says that templates do not declare.
type Assumption struct {
	At        build.Pos // where it is said
	Account   string    // empty: not said
	Region    string    // empty: not said
	OptIn     *bool     // DynamoDB is opted in to AWS Backup; nil: not said
	Advanced  *bool     // its advanced features are on; nil: not said
	Roles     []string  // globs on ARNs of roles that exist and let AWS Backup in
	Vaults    []string  // names of vaults that exist
	Plans     []Plan    // every plan that exists beside those of the templates, when PlansSaid
	PlansSaid bool
}

// Plan is a backup plan that lives elsewhere.
type Plan struct {
	At        build.Pos
	Name      string
	Schedule  string            // cron(…)
	Retention int64             // days; 0: for ever
	Vault     string            // empty: Default
	Start     int64             // minutes within which backups begin; 0: AWS's default
	Complete  int64             // minutes within which they end; 0: AWS's default
	Tables    []string          // names, * for any text; empty: any
	Tags      map[string]string // values likewise; all must hold; empty: any
}

// assumedID begins the ids of what a person says is there.
const assumedID = "assumed:"

// assumer adds to one unit.
type assumer struct {
	*Assumption
	u   *estate.Unit
	src estate.Source
}

// assume adds to a unit what is said; what templates declare wins over it.
func assume(u *estate.Unit, said *Assumption) {
	if said == nil {
		return
	}
	a := &assumer{said, u, record(u, said.At)}
	if region := a.Region; region != "" && u.Region.IsUnknown() {
		u.Region, u.Partition = estate.KnownFact(region, a.src), estate.KnownFact(build.PartitionOf(region), a.src)
	}
	if a.Account != "" && u.Account.IsUnknown() {
		u.Account = estate.KnownFact(a.Account, a.src)
	}
	if a.OptIn != nil && u.Settings.OptIn.IsUnknown() {
		u.Settings.OptIn = estate.KnownFact(map[string]bool{"DynamoDB": *a.OptIn}, a.src)
	}
	if a.Advanced != nil && u.Settings.Management.IsUnknown() {
		u.Settings.Management = estate.KnownFact(map[string]bool{"DynamoDB": *a.Advanced}, a.src)
	}
	if a.PlansSaid && !u.Plans.IsWhole() {
		a.plans()
	}
	for _, name := range a.Vaults {
		a.vault(name)
	}
	a.roles()
}

func record(u *estate.Unit, at build.Pos) estate.Source {
	return u.Record(estate.Provenance{Operation: assumeOperation, File: at.File, Line: at.Line, Column: at.Column})
}

// plans are all there are with these: neither plans nor selections are elsewhere.
func (a *assumer) plans() {
	whole := estate.KnownFact(true, a.src)
	a.u.Plans.Whole = closed(a.u, a.u.Plans.Whole, whole)
	for i := range a.u.Plans.Items {
		a.u.Plans.Items[i].Selections.Whole = whole
	}
	for _, p := range a.Plans {
		a.u.Plans.Items = append(a.u.Plans.Items, a.plan(p))
	}
}

func (a *assumer) plan(p Plan) estate.Plan {
	src := record(a.u, p.At)
	id := assumedID + p.Name
	text := func(s string) estate.Fact[string] { return estate.KnownFact(s, src) }
	vault := p.Vault
	if vault == "" {
		vault = "Default"
	}
	a.vault(vault)
	rule := estate.Rule{ID: id + "/rule", Name: text(p.Name), Vault: text(vault), AirGappedVault: estate.AbsentFact[string](src), Schedule: text(p.Schedule),
		Timezone: estate.AbsentFact[string](src), StartWindow: estate.AbsentFact[int64](src), CompletionWindow: estate.AbsentFact[int64](src),
		ColdAfterDays: estate.AbsentFact[int64](src), DeleteAfterDays: estate.AbsentFact[int64](src), Continuous: estate.KnownFact(false, src),
		RecoveryPointTags: estate.AbsentFact[map[string]string](src)}
	if p.Retention > 0 {
		rule.DeleteAfterDays = estate.KnownFact(p.Retention, src)
	}
	if p.Start > 0 {
		rule.StartWindow = estate.KnownFact(p.Start, src)
	}
	if p.Complete > 0 {
		rule.CompletionWindow = estate.KnownFact(p.Complete, src)
	}
	rule.Copies.Whole = estate.KnownFact(true, src)
	out := estate.Plan{ID: id, Name: text(p.Name), PlanID: text(id), FromOrganization: estate.KnownFact(false, src)}
	out.Rules = estate.List[estate.Rule]{Items: []estate.Rule{rule}, Whole: estate.KnownFact(true, src)}
	out.Selections = estate.List[estate.Selection]{Items: []estate.Selection{a.selection(p, id, src)}, Whole: estate.KnownFact(true, src)}
	return out
}

// selection: names narrow by resources, tags by conditions, of which all must hold.
func (a *assumer) selection(p Plan, id string, src estate.Source) estate.Selection {
	none := estate.AbsentFact[[]estate.TagMatch](src)
	s := estate.Selection{ID: id + "/selection", Name: estate.KnownFact(p.Name, src), RoleARN: estate.KnownFact(id+"/role", src),
		NotResources: estate.AbsentFact[[]string](src), ListOfTags: none, StringEquals: none, StringNotEquals: none, StringLike: none, StringNotLike: none}
	resources := []string{"*"}
	if len(p.Tables) > 0 {
		resources = nil
	}
	for _, table := range p.Tables {
		resources = append(resources, "arn:"+a.u.Partition.Or("aws")+":dynamodb:*:*:table/"+table)
	}
	s.Resources = estate.KnownFact(resources, src)
	var tags []estate.TagMatch
	for _, key := range slices.Sorted(maps.Keys(p.Tags)) {
		tags = append(tags, estate.TagMatch{Key: "aws:ResourceTag/" + key, Value: p.Tags[key]})
	}
	if len(tags) > 0 {
		s.StringLike = estate.KnownFact(tags, src)
	}
	a.role(id + "/role")
	return s
}

// vault is one that exists and takes backups. It is not taken to be locked, so that it saves nobody from whoever deletes backups.
func (a *assumer) vault(name string) {
	for i := range a.u.Vaults.Items {
		if a.u.Vaults.Items[i].Name.Or("") == name {
			return
		}
	}
	a.u.Vaults.Items = append(a.u.Vaults.Items, estate.Vault{ID: assumedID + "vault/" + name, Name: estate.KnownFact(name, a.src),
		ARN:  estate.KnownFact("arn:"+a.u.Partition.Or("aws")+":backup:"+a.u.Region.Or("${AWS::Region}")+":"+a.u.Account.Or("${AWS::AccountId}")+":backup-vault:"+name, a.src),
		Type: estate.KnownFact("BACKUP_VAULT", a.src), KeyARN: estate.AbsentFact[string](a.src), Locked: estate.KnownFact(false, a.src),
		LockDate: estate.AbsentFact[estate.Instant](a.src), MinRetention: estate.AbsentFact[int64](a.src), MaxRetention: estate.AbsentFact[int64](a.src)})
}

// trusting is the trust policy of a role that lets AWS Backup in.
const trusting = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// working lets a role do all that a backup takes.
const working = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// roles adds those that selections name, templates do not declare, and somebody answers for.
func (a *assumer) roles() {
	declared := map[string]bool{}
	for i := range a.u.Roles.Items {
		declared[a.u.Roles.Items[i].ARN.Or("")] = true
	}
	for i := range a.u.Plans.Items {
		for _, s := range a.u.Plans.Items[i].Selections.Items {
			arn, ok := s.RoleARN.Get()
			if ok && !declared[arn] && slices.ContainsFunc(a.Roles, func(glob string) bool { return star(glob, arn) }) {
				declared[arn] = true
				a.role(arn)
			}
		}
	}
}

// role is one that works: whoever says that it is there answers for it.
func (a *assumer) role(arn string) {
	r := estate.Role{ID: assumedID + arn, ARN: estate.KnownFact(arn, a.src), Name: estate.KnownFact(arn[strings.LastIndexByte(arn, '/')+1:], a.src),
		Exists: estate.KnownFact(true, a.src), Trust: estate.KnownFact(trusting, a.src), Boundary: estate.AbsentFact[string](a.src),
		Attached: estate.KnownFact([]string{}, a.src)}
	r.Policies.Whole = estate.KnownFact(true, a.src)
	r.Policies.Items = []estate.RolePolicy{{ID: "inline:assumed", Name: estate.KnownFact("assumed", a.src), ARN: estate.AbsentFact[string](a.src), Text: estate.KnownFact(working, a.src)}}
	a.u.Roles.Items = append(a.u.Roles.Items, r)
}

// star matches a text against a pattern in which * stands for any text.
func star(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		at := strings.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return strings.HasSuffix(rest, parts[last])
}
