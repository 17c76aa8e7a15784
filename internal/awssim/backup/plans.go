package backup

import (
	"encoding/base64"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

const (
	maxPlans    = 300
	maxVersions = 2000
)

// plan is a backup plan with all its versions; a deleted plan keeps them.
type plan struct {
	area       *area
	id, arn    string
	seq        uint64
	request    string
	tags       map[string]string
	versions   []*version // the last is the current one
	selections []*selection
	deleted    time.Time
	lastRun    time.Time
	opted      bool // made by an organisation policy: read only, opt-in judged by the management account
}

// version is one document of a plan.
type version struct {
	plan     *plan
	id       string
	created  time.Time
	document string // the document as it was given, to find the same again
	name     string
	rules    []*rule
	advanced []types.AdvancedBackupSetting
}

func (p *plan) current() *version { return p.versions[len(p.versions)-1] }
func (p *plan) alive() bool       { return p.deleted.IsZero() }
func (p *plan) rank() rank        { return rank{At: -int64(p.seq), Seq: p.seq} }

// livePlan finds a plan that was not deleted.
func (s *Service) livePlan(c *api.Call, id *string) (*plan, error) {
	p, err := s.anyPlan(c, id)
	if err != nil {
		return nil, err
	}
	if !p.alive() {
		return nil, errNoPlan()
	}
	return p, nil
}

func (s *Service) anyPlan(c *api.Call, id *string) (*plan, error) {
	if id == nil || *id == "" {
		return nil, missingParameter("BackupPlanId")
	}
	p, ok := s.area(c.Scope).plans[*id]
	if !ok {
		return nil, errNoPlan()
	}
	return p, nil
}

func errNoPlan() error { return notFound("Failed reading Backup plan with provided version") }

func (s *Service) createBackupPlan(c *api.Call, in *sdk.CreateBackupPlanInput) (*sdk.CreateBackupPlanOutput, error) {
	a := s.area(c.Scope)
	if in.BackupPlan == nil {
		return nil, missingParameter("BackupPlan")
	}
	if err := s.checkPlan(in.BackupPlan); err != nil {
		return nil, err
	}
	document := documentOf(in.BackupPlan)
	for p := range a.plansInOrder() {
		if !p.alive() || p.opted {
			continue
		}
		if id := deref(in.CreatorRequestId); id != "" && p.request == id {
			return p.createdAnswer(), nil
		}
		if p.current().document == document {
			return nil, alreadyExists("Backup plan with the same plan document already exists", p.arn, p.request)
		}
	}
	if a.livePlans() >= maxPlans && !s.o.LiftQuotas {
		return nil, limitExceeded("You have reached the limit of %d backup plans in this Region.", maxPlans)
	}
	p := s.makePlan(a, s.w.UUID())
	p.request, p.tags = deref(in.CreatorRequestId), maps.Clone(in.BackupPlanTags)
	s.addVersion(p, in.BackupPlan)
	a.settings.firstUse()
	return p.createdAnswer(), nil
}

func (s *Service) makePlan(a *area, id string) *plan {
	p := &plan{area: a, id: id, arn: a.ARN("backup", "backup-plan:"+id), seq: s.next(), tags: map[string]string{}}
	a.plans[id] = p
	return p
}

// addVersion makes a document the current one and starts its schedules.
func (s *Service) addVersion(p *plan, in *types.BackupPlanInput) *version {
	v := &version{
		plan: p, created: s.w.Now(), document: documentOf(in),
		id:   base64.StdEncoding.EncodeToString([]byte(s.w.UUID())),
		name: deref(in.BackupPlanName), advanced: in.AdvancedBackupSettings,
	}
	for i := range in.Rules {
		v.rules = append(v.rules, s.makeRule(v, &in.Rules[i]))
	}
	p.versions = append(p.versions, v)
	for _, r := range v.rules {
		s.scheduleRule(r, s.w.Now())
	}
	return v
}

// documentOf is a plan's document in one spelling, by which the same document is recognised.
func documentOf(in *types.BackupPlanInput) string {
	raw, _ := json.Marshal(in) // plain data
	return string(raw)
}

func (p *plan) createdAnswer() *sdk.CreateBackupPlanOutput {
	v := p.current()
	return &sdk.CreateBackupPlanOutput{
		AdvancedBackupSettings: v.advanced, BackupPlanArn: &p.arn, BackupPlanId: &p.id, CreationDate: &p.versions[0].created, VersionId: &v.id,
	}
}

func (a *area) livePlans() (n int) {
	for _, p := range a.plans {
		if p.alive() {
			n++
		}
	}
	return n
}

// plansInOrder yields the plans as they were made, deleted ones included.
func (a *area) plansInOrder() iter.Seq[*plan] {
	return slices.Values(slices.SortedFunc(maps.Values(a.plans), func(x, y *plan) int { return int(x.seq) - int(y.seq) }))
}

func (s *Service) updateBackupPlan(c *api.Call, in *sdk.UpdateBackupPlanInput) (*sdk.UpdateBackupPlanOutput, error) {
	p, err := s.livePlan(c, in.BackupPlanId)
	if err != nil {
		return nil, err
	}
	if in.BackupPlan == nil {
		return nil, missingParameter("BackupPlan")
	}
	if p.opted {
		return nil, errManaged()
	}
	// That the name cannot change is documented; the shape and text of the refusal are not (UNCONFIRMED 7).
	if deref(in.BackupPlan.BackupPlanName) != p.current().name {
		return nil, invalid("Backup plan name cannot be changed")
	}
	if err := s.checkPlan(in.BackupPlan); err != nil {
		return nil, err
	}
	if len(p.versions) >= maxVersions && !s.o.LiftQuotas {
		return nil, limitExceeded("You have reached the limit of %d versions of a backup plan.", maxVersions)
	}
	v := s.addVersion(p, in.BackupPlan)
	return &sdk.UpdateBackupPlanOutput{AdvancedBackupSettings: v.advanced, BackupPlanArn: &p.arn, BackupPlanId: &p.id, CreationDate: &v.created, VersionId: &v.id}, nil
}

func errManaged() error {
	return badRequest("This backup plan is managed by an organization backup policy and cannot be changed in this account.")
}

func (s *Service) deleteBackupPlan(c *api.Call, in *sdk.DeleteBackupPlanInput) (*sdk.DeleteBackupPlanOutput, error) {
	p, err := s.livePlan(c, in.BackupPlanId)
	if err != nil {
		return nil, err
	}
	if p.opted {
		return nil, errManaged()
	}
	if len(p.selections) > 0 {
		return nil, badRequest("Related backup plan selections must be deleted prior to backup plan deletion")
	}
	p.deleted = c.Now
	return &sdk.DeleteBackupPlanOutput{BackupPlanArn: &p.arn, BackupPlanId: &p.id, DeletionDate: &p.deleted, VersionId: &p.current().id}, nil
}

func (s *Service) getBackupPlan(c *api.Call, in *sdk.GetBackupPlanInput) (*sdk.GetBackupPlanOutput, error) {
	p, err := s.anyPlan(c, in.BackupPlanId)
	if err != nil {
		return nil, err
	}
	v := p.current()
	if in.VersionId != nil {
		i := slices.IndexFunc(p.versions, func(v *version) bool { return v.id == *in.VersionId })
		if i < 0 {
			return nil, errNoPlan()
		}
		v = p.versions[i]
	} else if !p.alive() {
		return nil, errNoPlan()
	}
	if in.MaxScheduledRunsPreview < 0 || in.MaxScheduledRunsPreview > 10 {
		return nil, invalid("Invalid MaxScheduledRunsPreview. It must be between 0 and 10.")
	}
	return &sdk.GetBackupPlanOutput{
		AdvancedBackupSettings: v.advanced, BackupPlan: v.shown(), BackupPlanArn: &p.arn, BackupPlanId: &p.id,
		CreationDate: &v.created, CreatorRequestId: ptr(p.request), DeletionDate: moment(p.deleted), LastExecutionDate: moment(p.lastRun), VersionId: &v.id,
		ScheduledRunsPreview: v.preview(c.Now, int(in.MaxScheduledRunsPreview)),
	}, nil
}

func (v *version) shown() *types.BackupPlan {
	out := &types.BackupPlan{BackupPlanName: &v.name, AdvancedBackupSettings: v.advanced, Rules: []types.BackupRule{}}
	for _, r := range v.rules {
		out.Rules = append(out.Rules, r.shown)
	}
	return out
}

// preview merges the next runs of all rules.
func (v *version) preview(now time.Time, limit int) []types.ScheduledPlanExecutionMember {
	var out []types.ScheduledPlanExecutionMember
	for _, r := range v.rules {
		at := now
		for range limit {
			if at = r.schedule.Next(at); at.IsZero() {
				break
			}
			kind := types.RuleExecutionTypeSnapshots
			if deref(r.shown.EnableContinuousBackup) {
				kind = types.RuleExecutionTypeContinuousAndSnapshots
			}
			out = append(out, types.ScheduledPlanExecutionMember{ExecutionTime: always(at.UTC()), RuleId: r.shown.RuleId, RuleExecutionType: kind})
		}
	}
	slices.SortStableFunc(out, func(a, b types.ScheduledPlanExecutionMember) int { return a.ExecutionTime.Compare(*b.ExecutionTime) })
	return out[:min(limit, len(out))]
}

func (s *Service) listBackupPlans(c *api.Call, in *sdk.ListBackupPlansInput) (*sdk.ListBackupPlansOutput, error) {
	keep := func(p *plan) bool { return p.alive() || deref(in.IncludeDeleted) }
	found, token, err := page(in.MaxResults, in.NextToken, s.area(c.Scope).plansInOrder(), (*plan).rank, keep)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListBackupPlansOutput{BackupPlansList: []types.BackupPlansListMember{}, NextToken: token}
	for _, p := range found {
		m := p.current().member()
		m.CreationDate = &p.versions[0].created
		out.BackupPlansList = append(out.BackupPlansList, m)
	}
	return out, nil
}

func (v *version) member() types.BackupPlansListMember {
	p := v.plan
	return types.BackupPlansListMember{
		AdvancedBackupSettings: v.advanced, BackupPlanArn: &p.arn, BackupPlanId: &p.id, BackupPlanName: &v.name, CreationDate: &v.created,
		CreatorRequestId: ptr(p.request), DeletionDate: moment(p.deleted), LastExecutionDate: moment(p.lastRun), VersionId: &v.id,
	}
}

func (s *Service) listBackupPlanVersions(c *api.Call, in *sdk.ListBackupPlanVersionsInput) (*sdk.ListBackupPlanVersionsOutput, error) {
	p, err := s.anyPlan(c, in.BackupPlanId)
	if err != nil {
		return nil, err
	}
	index := map[*version]int{}
	for i, v := range p.versions {
		index[v] = i
	}
	of := func(v *version) rank { return rank{At: int64(index[v])} }
	newestFirst := slices.Clone(p.versions)
	slices.Reverse(newestFirst)
	found, token, err := page(in.MaxResults, in.NextToken, slices.Values(newestFirst), of, nil)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListBackupPlanVersionsOutput{BackupPlanVersionsList: []types.BackupPlansListMember{}, NextToken: token}
	for _, v := range found {
		out.BackupPlanVersionsList = append(out.BackupPlanVersionsList, v.member())
	}
	return out, nil
}

func (s *Service) exportBackupPlan(c *api.Call, in *sdk.ExportBackupPlanTemplateInput) (*sdk.ExportBackupPlanTemplateOutput, error) {
	p, err := s.livePlan(c, in.BackupPlanId)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(map[string]any{"BackupPlan": p.current().shown()})
	if err != nil {
		return nil, invalid("Backup plan cannot be exported: %v", err)
	}
	return &sdk.ExportBackupPlanTemplateOutput{BackupPlanTemplateJson: always(string(raw))}, nil
}

// planFromJSON reads a plan's document, as a user would paste it, and checks it as CreateBackupPlan does.
func (s *Service) planFromJSON(_ *api.Call, in *sdk.GetBackupPlanFromJSONInput) (*sdk.GetBackupPlanFromJSONOutput, error) {
	text := deref(in.BackupPlanTemplateJson)
	if text == "" {
		return nil, missingParameter("BackupPlanTemplateJson")
	}
	var wrapped struct{ BackupPlan *types.BackupPlanInput }
	if err := json.Unmarshal([]byte(text), &wrapped); err != nil {
		return nil, invalid("Invalid JSON: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	document := wrapped.BackupPlan
	if document == nil {
		document = &types.BackupPlanInput{}
		if err := json.Unmarshal([]byte(text), document); err != nil {
			return nil, invalid("Invalid JSON: %s", strings.TrimPrefix(err.Error(), "json: "))
		}
	}
	if err := s.checkPlan(document); err != nil {
		return nil, err
	}
	v := &version{name: deref(document.BackupPlanName), advanced: document.AdvancedBackupSettings}
	for i := range document.Rules {
		r := s.makeRule(v, &document.Rules[i])
		r.shown.RuleId = nil
		v.rules = append(v.rules, r)
	}
	return &sdk.GetBackupPlanFromJSONOutput{BackupPlan: v.shown()}, nil
}
