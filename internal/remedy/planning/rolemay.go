package planning

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
)

// managed is what AWS's own policies for AWS Backup allow on tables, by the end of their ARN and as far as is asked here. It counts only
// where a policy's text was not read.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
func managed() map[string][]string {
	return map[string][]string{
		":iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup": {
			"dynamodb:StartAwsBackupJob", "dynamodb:ListTagsOfResource", "dynamodb:DescribeTable", "dynamodb:CreateBackup",
		},
		":iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores": {
			"dynamodb:RestoreTableFromBackup", "dynamodb:RestoreTableFromAwsBackup", "dynamodb:DescribeTable",
		},
	}
}

// roleView is what a role's own policies let it do, without what resource policies say.
type roleView struct {
	arn      string
	state    iampolicy.Answer // No: there is no such role; Maybe: it was not read
	policies iampolicy.Policies
}

func newRoleView(u *estate.Unit, arn string) *roleView {
	v := &roleView{arn: arn}
	role := find(u.Roles.Items, func(r *estate.Role) estate.Fact[string] { return r.ARN }, arn)
	if role == nil {
		return v
	}
	exists, ok := role.Exists.Get()
	switch {
	case !ok:
		return v
	case !exists:
		v.state = iampolicy.No
		return v
	}
	v.state = iampolicy.Yes
	v.policies.Identity, v.policies.Boundary = documents(role)
	return v
}

// may says whether the role may do an action on a resource of its account.
func (v *roleView) may(action, resource string) iampolicy.Answer {
	if v.state != iampolicy.Yes {
		return v.state
	}
	return iampolicy.Evaluate(iampolicy.Request{Action: action, Resource: resource, Principal: v.principal()}, v.policies).Answer
}

func (v *roleView) principal() iampolicy.Principal {
	return iampolicy.Principal{ARN: v.arn, Account: splitARN(v.arn).account}
}

// documents are a role's policies; what could not be read stands as a policy that may say anything.
func documents(role *estate.Role) (identity []iampolicy.Named, boundary *iampolicy.Named) {
	attached, known := role.Attached.Get()
	if !known && !role.Attached.IsAbsent() || !role.Policies.IsWhole() {
		identity = append(identity, iampolicy.Named{Name: "unread"})
	}
	limit, limited := role.Boundary.Get()
	if limited || role.Boundary.IsUnknown() {
		boundary = &iampolicy.Named{Name: "boundary"}
	}
	seen := map[string]bool{}
	for i := range role.Policies.Items {
		p := &role.Policies.Items[i]
		arn := p.ARN.Or("")
		doc := parsed(p)
		seen[arn] = true
		if limited && arn == limit {
			boundary = &iampolicy.Named{Name: p.ID, Document: doc}
		}
		if arn == "" || slices.Contains(attached, arn) {
			identity = append(identity, iampolicy.Named{Name: p.ID, Document: doc})
		}
	}
	for _, arn := range attached {
		if !seen[arn] {
			identity = append(identity, iampolicy.Named{Name: arn, Document: ofAWS(arn)})
		}
	}
	return identity, boundary
}

func parsed(p *estate.RolePolicy) *iampolicy.Document {
	text, ok := p.Text.Get()
	if !ok {
		return ofAWS(p.ARN.Or(""))
	}
	doc, err := iampolicy.Parse(iampolicy.Identity, text)
	if err != nil {
		return nil
	}
	return doc
}

// ofAWS is what is known of AWS's managed policies without reading them: nil for all but those of AWS Backup.
func ofAWS(arn string) *iampolicy.Document {
	for end, actions := range managed() {
		if strings.HasSuffix(arn, end) {
			return &iampolicy.Document{Version: "2012-10-17", Statements: []iampolicy.Statement{{Sid: "Tables", Actions: actions, Resources: []string{"*"}}}}
		}
	}
	return nil
}
