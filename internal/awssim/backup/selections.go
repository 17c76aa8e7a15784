package backup

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"github.com/restorable/restorable/internal/awssim/api"
)

// The fixed and raisable limits of semantics 1.5.
const (
	maxSelections    = 100
	maxTagSelections = 10
	maxPlainARNs     = 500
	maxWildARNs      = 30
	maxConditions    = 30
)

// selection is an immutable assignment of resources to a plan.
type selection struct {
	id       string
	seq      uint64
	created  time.Time
	request  string
	shown    types.BackupSelection
	document string
}

func (x *selection) rank() rank { return rank{At: -int64(x.seq), Seq: x.seq} }

// usesTags tells whether the selection cannot be evaluated without reading tags.
func (x *selection) usesTags() bool {
	return len(x.shown.ListOfTags) > 0 || x.shown.Conditions != nil && conditionCount(x.shown.Conditions) > 0
}

func conditionCount(c *types.Conditions) int {
	if c == nil {
		return 0
	}
	return len(c.StringEquals) + len(c.StringLike) + len(c.StringNotEquals) + len(c.StringNotLike)
}

func (s *Service) createBackupSelection(c *api.Call, in *sdk.CreateBackupSelectionInput) (*sdk.CreateBackupSelectionOutput, error) {
	sel := in.BackupSelection
	if sel == nil {
		return nil, missingParameter("BackupSelection")
	}
	p, err := s.livePlan(c, in.BackupPlanId)
	if err != nil {
		// No ResourceNotFoundException is modelled for this operation.
		return nil, invalid("Cannot find Backup plan with ID '%s'", deref(in.BackupPlanId))
	}
	if p.opted {
		return nil, errManaged()
	}
	if err := s.checkSelection(sel); err != nil {
		return nil, err
	}
	document := selectionDocument(sel)
	for _, old := range p.selections {
		if id := deref(in.CreatorRequestId); id != "" && old.request == id {
			return old.createdAnswer(p), nil
		}
		if old.document == document {
			return nil, alreadyExists("Backup selection with the same selection document already exists", p.arn, old.request)
		}
	}
	if err := s.selectionQuota(p, sel); err != nil {
		return nil, err
	}
	x := &selection{id: s.w.UUID(), seq: s.next(), created: c.Now, request: deref(in.CreatorRequestId), shown: *sel, document: document}
	p.selections = append(p.selections, x)
	s.link(c, principal)
	return x.createdAnswer(p), nil
}

func selectionDocument(sel *types.BackupSelection) string {
	raw, _ := json.Marshal(sel) // plain data
	return string(raw)
}

func (x *selection) createdAnswer(p *plan) *sdk.CreateBackupSelectionOutput {
	return &sdk.CreateBackupSelectionOutput{BackupPlanId: &p.id, SelectionId: &x.id, CreationDate: &x.created}
}

func (s *Service) checkSelection(sel *types.BackupSelection) error {
	switch {
	case !namePattern.MatchString(deref(sel.SelectionName)):
		return invalid("Invalid selection name. It must contain 1 to 50 alphanumeric or '-_.' characters.")
	case len(sel.Resources) == 0 && len(sel.ListOfTags) == 0:
		return invalid("Invalid backup selection. Either 'ListOfTags' or 'Resources' section must be non-empty.")
	case !isRoleARN(deref(sel.IamRoleArn)):
		return invalid("Invalid IAM role ARN: %s", deref(sel.IamRoleArn))
	}
	if err := checkPatterns("Resources", sel.Resources); err != nil {
		return err
	}
	if err := checkPatterns("NotResources", sel.NotResources); err != nil {
		return err
	}
	for _, t := range sel.ListOfTags {
		if t.ConditionType != types.ConditionTypeStringequals || deref(t.ConditionKey) == "" {
			return invalid("Invalid condition in ListOfTags. The only supported condition type is STRINGEQUALS.")
		}
	}
	if conditionCount(sel.Conditions) > maxConditions || len(sel.ListOfTags) > maxConditions {
		return invalid("A backup selection can have at most %d conditions and %d tags.", maxConditions, maxConditions)
	}
	return s.checkSelectionRole(*sel.IamRoleArn, len(sel.ListOfTags) > 0)
}

// checkSelectionRole is AWS's look at the role when the selection is made. It says nothing of later: a role may be deleted or changed, and then the jobs fail.
func (s *Service) checkSelectionRole(role string, tags bool) error {
	if s.o.Roles == nil {
		return nil
	}
	if s.o.Roles.AssumableBy(role, principal) != nil {
		return invalid("IAM Role %s cannot be assumed by AWS Backup", role)
	}
	if tags && !s.o.Roles.Allows(role, "tag:GetResources", "*", nil) {
		return invalid("IAM Role %s is not authorized to call tag:GetResources", role)
	}
	return nil
}

func checkPatterns(field string, patterns []string) error {
	plain, wild := 0, 0
	for _, p := range patterns {
		if strings.Contains(p, "*") {
			wild++
		} else {
			plain++
		}
		if p != "*" && !strings.HasPrefix(p, "arn:") {
			return invalid("Invalid ARN in %s: %s", field, p)
		}
	}
	if plain > maxPlainARNs || wild > maxWildARNs {
		return invalid("%s can have at most %d ARNs without wildcards or %d with wildcards.", field, maxPlainARNs, maxWildARNs)
	}
	return nil
}

func (s *Service) selectionQuota(p *plan, sel *types.BackupSelection) error {
	if len(p.selections) >= maxSelections {
		return limitExceeded("A backup plan can have at most %d selections.", maxSelections)
	}
	if len(sel.ListOfTags) == 0 {
		return nil
	}
	tagged := 0
	for _, x := range p.selections {
		if len(x.shown.ListOfTags) > 0 {
			tagged++
		}
	}
	if tagged >= maxTagSelections {
		return limitExceeded("A backup plan can have at most %d selections that use tags.", maxTagSelections)
	}
	return nil
}

func (s *Service) findSelection(c *api.Call, planID, id *string) (*plan, int, error) {
	p, err := s.livePlan(c, planID)
	if err != nil {
		return nil, 0, notFound("Cannot find Backup plan with ID '%s'", deref(planID))
	}
	i := slices.IndexFunc(p.selections, func(x *selection) bool { return x.id == deref(id) })
	if i < 0 {
		return nil, 0, notFound("Cannot find Backup selection with ID '%s'", deref(id))
	}
	return p, i, nil
}

func (s *Service) getBackupSelection(c *api.Call, in *sdk.GetBackupSelectionInput) (*sdk.GetBackupSelectionOutput, error) {
	p, i, err := s.findSelection(c, in.BackupPlanId, in.SelectionId)
	if err != nil {
		return nil, err
	}
	x := p.selections[i]
	shown := x.shown
	return &sdk.GetBackupSelectionOutput{BackupPlanId: &p.id, BackupSelection: &shown, CreationDate: &x.created, CreatorRequestId: ptr(x.request), SelectionId: &x.id}, nil
}

func (s *Service) listBackupSelections(c *api.Call, in *sdk.ListBackupSelectionsInput) (*sdk.ListBackupSelectionsOutput, error) {
	p, err := s.livePlan(c, in.BackupPlanId)
	if err != nil {
		return nil, err
	}
	found, token, err := page(in.MaxResults, in.NextToken, slices.Values(p.selections), (*selection).rank, nil)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListBackupSelectionsOutput{BackupSelectionsList: []types.BackupSelectionsListMember{}, NextToken: token}
	for _, x := range found {
		out.BackupSelectionsList = append(out.BackupSelectionsList, types.BackupSelectionsListMember{
			BackupPlanId: &p.id, CreationDate: &x.created, CreatorRequestId: ptr(x.request), IamRoleArn: x.shown.IamRoleArn,
			SelectionId: &x.id, SelectionName: x.shown.SelectionName,
		})
	}
	return out, nil
}

func (s *Service) deleteBackupSelection(c *api.Call, in *sdk.DeleteBackupSelectionInput) (*sdk.DeleteBackupSelectionOutput, error) {
	p, i, err := s.findSelection(c, in.BackupPlanId, in.SelectionId)
	if err != nil {
		return nil, err
	}
	if p.opted {
		return nil, errManaged()
	}
	p.selections = slices.Delete(p.selections, i, i+1)
	return &sdk.DeleteBackupSelectionOutput{}, nil
}
