package backup

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/world"
)

const orgPoll = time.Hour // effective policies are looked at this often, and whenever an account's Region is first used

// pollOrganisation keeps the plans of organisation backup policies up to date.
func (s *Service) pollOrganisation() {
	if s.o.Org == nil {
		return
	}
	s.w.After(orgPoll, func() {
		for _, a := range s.order {
			s.syncOrganisation(a)
		}
		s.pollOrganisation()
	})
}

// ApplyOrganisationPolicy brings the plans that an account's effective backup policy asks for into being, in every Region that it names.
// Whoever changes a backup policy calls it for the accounts concerned; without that the change is noticed within the hour, in the Regions that were used.
func (s *Service) ApplyOrganisationPolicy(partition, account string) {
	if s.o.Org == nil {
		return
	}
	document, _ := s.o.Org.BackupPolicy(account)
	policy, err := parseOrgPolicy(document)
	if err != nil {
		policy = orgPolicy{}
	}
	for _, name := range sortedKeys(policy.Plans) {
		for _, region := range policy.Plans[name].Regions {
			s.syncOrganisation(s.area(world.Scope{Partition: partition, Account: account, Region: region}))
		}
	}
	for _, a := range s.order {
		if a.Account == account {
			s.syncOrganisation(a)
		}
	}
}

// syncOrganisation makes, changes and deletes the read-only plans of one account and Region. A policy that is not valid applies nothing (semantics 5.3).
func (s *Service) syncOrganisation(a *area) {
	if s.o.Org == nil {
		return
	}
	document, _ := s.o.Org.BackupPolicy(a.Account)
	if s.account(a.Account).policies[a.Region] == document {
		return
	}
	s.account(a.Account).policies[a.Region] = document
	policy, err := parseOrgPolicy(document)
	if err != nil {
		return // an invalid policy neither makes nor changes a plan
	}
	wanted := map[string]bool{}
	for _, name := range sortedKeys(policy.Plans) {
		p := policy.Plans[name]
		if !contains(p.Regions, a.Region) {
			continue
		}
		wanted[name] = true
		s.materialise(a, name, p)
	}
	for p := range a.plansInOrder() {
		if p.opted && p.alive() && !wanted[p.current().name] {
			p.deleted, p.selections = s.w.Now(), nil
		}
	}
}

func contains(list []string, x string) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}

// materialise makes an organisation's plan, or a new version of it.
func (s *Service) materialise(a *area, name string, o orgPlan) {
	in, err := o.input(name, a.Scope)
	if err != nil || s.checkPlan(in) != nil {
		return
	}
	var p *plan
	for old := range a.plansInOrder() {
		if old.opted && old.alive() && old.current().name == name {
			p = old
		}
	}
	if p == nil {
		p = s.makePlan(a, "orgs/"+s.w.UUID())
		p.opted = true
	}
	if len(p.versions) == 0 || p.current().document != documentOf(in) {
		s.addVersion(p, in)
	}
	p.tags = o.tags()
	p.selections = nil
	for _, sel := range o.selections(a.Scope) {
		p.selections = append(p.selections, &selection{id: s.w.UUID(), seq: s.next(), created: s.w.Now(), shown: sel, document: selectionDocument(&sel)})
	}
}

// orgPolicy is an effective backup policy: merged, operators removed. Scalars are strings; some writers leave them bare.
type orgPolicy struct {
	Plans map[string]orgPlan `json:"plans"`
}

type orgPlan struct {
	Regions    oneOrMany          `json:"regions"`
	Rules      map[string]orgRule `json:"rules"`
	Selections struct {
		Tags map[string]struct {
			Role  scalar    `json:"iam_role_arn"`
			Key   scalar    `json:"tag_key"`
			Value oneOrMany `json:"tag_value"`
		} `json:"tags"`
		Resources map[string]orgResources `json:"resources"`
	} `json:"selections"`
	Tags map[string]orgTag `json:"backup_plan_tags"`
}

type orgTag struct {
	Key   scalar `json:"tag_key"`
	Value scalar `json:"tag_value"`
}

type orgResources struct {
	Role       scalar    `json:"iam_role_arn"`
	Types      oneOrMany `json:"resource_types"`
	NotTypes   oneOrMany `json:"not_resource_types"`
	Conditions map[string]map[string]struct {
		Key   scalar `json:"condition_key"`
		Value scalar `json:"condition_value"`
	} `json:"conditions"`
}

type orgRule struct {
	Schedule   scalar             `json:"schedule_expression"`
	Zone       scalar             `json:"schedule_expression_timezone"`
	Start      scalar             `json:"start_backup_window_minutes"`
	Complete   scalar             `json:"complete_backup_window_minutes"`
	Vault      scalar             `json:"target_backup_vault_name"`
	AirGapped  scalar             `json:"target_logically_air_gapped_backup_vault_arn"`
	Continuous scalar             `json:"enable_continuous_backup"`
	Lifecycle  orgLifecycle       `json:"lifecycle"`
	Copies     map[string]orgCopy `json:"copy_actions"`
	Tags       map[string]orgTag  `json:"recovery_point_tags"`
}

type orgLifecycle struct {
	Cold   scalar `json:"move_to_cold_storage_after_days"`
	Delete scalar `json:"delete_after_days"`
}

type orgCopy struct {
	To        scalar       `json:"target_backup_vault_arn"`
	Lifecycle orgLifecycle `json:"lifecycle"`
}

// scalar reads a string, number or boolean as a string.
type scalar string

func (x *scalar) UnmarshalJSON(raw []byte) error {
	var text string
	if len(raw) > 0 && raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
		*x = scalar(text)
		return nil
	}
	*x = scalar(raw)
	return nil
}

func (x scalar) text() *string { return ptr(string(x)) }

func (x scalar) number() (*int64, error) {
	if x == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(string(x), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("read number %q: %w", string(x), err)
	}
	return &n, nil
}

func parseOrgPolicy(document string) (orgPolicy, error) {
	var p orgPolicy
	if document == "" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(document), &p); err != nil {
		return orgPolicy{}, fmt.Errorf("read backup policy: %w", err)
	}
	return p, nil
}

func substitute(x string, sc world.Scope) string {
	return strings.NewReplacer("$account", sc.Account, "$region", sc.Region).Replace(x)
}

// input is the plan as CreateBackupPlan would be given it.
func (o orgPlan) input(name string, sc world.Scope) (*types.BackupPlanInput, error) {
	in := &types.BackupPlanInput{BackupPlanName: &name}
	for _, rule := range sortedKeys(o.Rules) {
		r, err := o.Rules[rule].input(rule, sc)
		if err != nil {
			return nil, err
		}
		in.Rules = append(in.Rules, *r)
	}
	return in, nil
}

func (r orgRule) input(name string, sc world.Scope) (*types.BackupRuleInput, error) {
	start, err1 := r.Start.number()
	complete, err2 := r.Complete.number()
	lifecycle, err3 := r.Lifecycle.input()
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", name, err)
		}
	}
	in := &types.BackupRuleInput{
		RuleName: &name, TargetBackupVaultName: r.Vault.text(), ScheduleExpression: r.Schedule.text(), ScheduleExpressionTimezone: r.Zone.text(),
		StartWindowMinutes: start, CompletionWindowMinutes: complete, Lifecycle: lifecycle, RecoveryPointTags: tagsFrom(r.Tags),
		EnableContinuousBackup:                 ptr(r.Continuous == "true"),
		TargetLogicallyAirGappedBackupVaultArn: ptr(substitute(string(r.AirGapped), sc)),
	}
	for _, to := range sortedKeys(r.Copies) {
		l, err := r.Copies[to].Lifecycle.input()
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", name, err)
		}
		dest := substitute(orDefault(r.Copies[to].To.text(), to), sc)
		in.CopyActions = append(in.CopyActions, types.CopyAction{DestinationBackupVaultArn: &dest, Lifecycle: l})
	}
	return in, nil
}

func (l orgLifecycle) input() (*types.Lifecycle, error) {
	cold, err := l.Cold.number()
	if err != nil {
		return nil, err
	}
	days, err := l.Delete.number()
	if err != nil || cold == nil && days == nil {
		return nil, err
	}
	return &types.Lifecycle{MoveToColdStorageAfterDays: cold, DeleteAfterDays: days}, nil
}

func tagsFrom(tags map[string]orgTag) map[string]string {
	out := map[string]string{}
	for t := range maps.Values(tags) {
		out[string(t.Key)] = string(t.Value)
	}
	return out
}

func (o orgPlan) tags() map[string]string { return tagsFrom(o.Tags) }

// selections are the assignments by tag and those by resource type.
func (o orgPlan) selections(sc world.Scope) []types.BackupSelection {
	var out []types.BackupSelection
	for _, name := range sortedKeys(o.Selections.Tags) {
		t := o.Selections.Tags[name]
		sel := types.BackupSelection{SelectionName: always(name), IamRoleArn: always(substitute(string(t.Role), sc))}
		for _, v := range t.Value {
			sel.ListOfTags = append(sel.ListOfTags, types.Condition{ConditionType: types.ConditionTypeStringequals, ConditionKey: t.Key.text(), ConditionValue: always(v)})
		}
		out = append(out, sel)
	}
	for _, name := range sortedKeys(o.Selections.Resources) {
		r := o.Selections.Resources[name]
		out = append(out, types.BackupSelection{
			SelectionName: always(name), IamRoleArn: always(substitute(string(r.Role), sc)), Resources: r.Types, NotResources: r.NotTypes, Conditions: r.conditions(),
		})
	}
	return out
}

func (r orgResources) conditions() *types.Conditions {
	c := &types.Conditions{}
	into := map[string]*[]types.ConditionParameter{
		"string_equals": &c.StringEquals, "string_not_equals": &c.StringNotEquals, "string_like": &c.StringLike, "string_not_like": &c.StringNotLike,
	}
	for _, operator := range sortedKeys(r.Conditions) {
		list, known := into[operator]
		if !known {
			continue
		}
		for _, name := range sortedKeys(r.Conditions[operator]) {
			p := r.Conditions[operator][name]
			*list = append(*list, types.ConditionParameter{ConditionKey: p.Key.text(), ConditionValue: always(string(p.Value))})
		}
	}
	return c
}
