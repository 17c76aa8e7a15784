package access

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/iampolicy"
)

// Somebody of whom a policy cannot know: an account, an organisation and a network of nobody's.
const (
	strangerAccount = "000000000000"
	strangerOrg     = "o-stranger00"
)

// stranger is somebody outside the account as whom a resource policy is asked.
type stranger struct {
	who iampolicy.Principal
	org string
}

// strangers are all the outsiders whom a policy can tell apart: those whom it names, in Principal or in a condition, and somebody whom it does not.
func strangers(doc *iampolicy.Document, at place) (out []stranger, orgs []string) {
	principals := []iampolicy.Principal{outsider(at, strangerAccount, "role/stranger")}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Principals != nil {
			for _, entry := range s.Principals.AWS {
				principals = append(principals, principalOf(entry, at))
			}
			for _, provider := range s.Principals.Federated {
				principals = append(principals, iampolicy.Principal{Federated: provider, Account: strangerAccount})
			}
		}
		for _, c := range s.Conditions {
			switch strings.ToLower(c.Key) {
			case "aws:principalaccount":
				for _, v := range c.Values {
					principals = append(principals, principalOf(v, at))
				}
			case "aws:principalarn":
				for _, v := range c.Values {
					principals = append(principals, likened(v, at)...)
				}
			case "aws:principalorgid":
				orgs = append(orgs, c.Values...)
			}
		}
	}
	slices.Sort(orgs)
	orgs = slices.Compact(orgs)
	for _, p := range principals {
		if p.Account == at.account || p.Account == "" {
			continue
		}
		for _, org := range append([]string{strangerOrg}, orgs...) {
			if s := (stranger{p, org}); !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out, orgs
}

func outsider(at place, account, name string) iampolicy.Principal {
	return iampolicy.Principal{ARN: "arn:" + at.partition + ":iam::" + account + ":" + name, Account: account}
}

// principalOf is somebody whom an entry of Principal, or an account in a condition, names. A bare unique id is that of somebody deleted: nobody.
func principalOf(entry string, at place) iampolicy.Principal {
	account := iampolicy.AccountOf(entry)
	if account == "" || entry == account || strings.HasSuffix(entry, ":root") {
		if account == "" {
			return iampolicy.Principal{}
		}
		return outsider(at, account, "role/stranger")
	}
	return iampolicy.Principal{ARN: entry, Account: account}
}

// likened are outsiders whose ARNs a pattern in a condition covers: of the account that it names, or of any.
func likened(pattern string, at place) []iampolicy.Principal {
	var out []iampolicy.Principal
	for _, account := range []string{iampolicy.AccountOf(pattern), strangerAccount} {
		if len(account) != len(strangerAccount) || strings.Trim(account, "0123456789") != "" {
			continue
		}
		if arn, ok := iampolicy.Witness(pattern, "arn:"+at.partition+":iam::"+account+":*"); ok {
			out = append(out, iampolicy.Principal{ARN: arn, Account: account})
		}
	}
	return out
}

// context is what a request by the stranger carries. Keys by which AWS counts a policy as not public hold a stranger's values or are absent,
// since only services send them; of all other keys a stranger may send what he likes, so that they are not known.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-bpa-rbp.html
func (s stranger) context() iampolicy.Context {
	return iampolicy.Context{
		"aws:PrincipalOrgID": {s.org}, "aws:PrincipalOrgPaths": {s.org + "/r-stranger/"}, "aws:UserId": {"AROASTRANGER:stranger"},
		"aws:SourceVpc": {"vpc-stranger"}, "aws:SourceVpce": {"vpce-stranger"}, "aws:Ec2InstanceSourceVpc": {"vpc-stranger"},
		"aws:SourceAccount": nil, "aws:SourceArn": nil, "aws:SourceOrgID": nil, "aws:SourceOrgPaths": nil, "aws:SourceOwner": nil,
		"aws:PrincipalServiceName": nil, "aws:PrincipalServiceNamesList": nil, "aws:PrincipalIsAWSService": {"false"},
		"aws:PrincipalType": {"AssumedRole"},
	}
}

// everything is what a stranger's own account lets him do.
func everything() []iampolicy.Named {
	return []iampolicy.Named{{Name: "everything", Document: &iampolicy.Document{Statements: []iampolicy.Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}}}}
}

// admitted says whether the policy lets a stranger do an action on a resource, under conditions that he may fulfil.
func (s stranger) admitted(doc *iampolicy.Document, action, arn string, at place) bool {
	r := iampolicy.Request{Action: action, Resource: arn, ResourceAccount: at.account, Principal: s.who, Context: s.context()}
	d := iampolicy.Evaluate(r, iampolicy.Policies{Identity: everything(), Resource: &iampolicy.Named{Name: "policy", Document: doc}})
	return d.Answer != iampolicy.No
}
