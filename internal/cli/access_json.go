package cli

import (
	"github.com/restorable/restorable/internal/access"
)

// accessDocument is docs/schemas/access-v1.schema.json.
type accessDocument struct {
	SchemaVersion string              `json:"schema_version"`
	Tool          toolNamed           `json:"tool"`
	Complete      bool                `json:"complete"` // every account's identities were read whole
	Accounts      []accessAccountJSON `json:"accounts"`
}

type accessAccountJSON struct {
	Account    string                `json:"account"`
	Partition  string                `json:"partition"`
	Regions    []string              `json:"regions"`
	Complete   bool                  `json:"complete"`
	Principals []accessPrincipalJSON `json:"principals"`
	Harmless   int                   `json:"harmless"` // users and roles that can do nothing of it
	Exposed    []accessExposedJSON   `json:"exposed"`
	Unknown    []accessUnreadJSON    `json:"unknown"`
	Left       []string              `json:"not_considered"`
}

type accessPrincipalJSON struct {
	ARN       string               `json:"arn"`
	Name      string               `json:"name"`
	Kind      string               `json:"kind"`
	Linked    bool                 `json:"service_linked"`
	OfBackup  bool                 `json:"aws_backup_alone"`
	Destroy   string               `json:"destroy"`
	Shorten   string               `json:"shorten"`
	Read      string               `json:"read"`
	Boundary  *string              `json:"boundary"`
	LastUsed  *string              `json:"last_used"`
	Assumable *[]accessTrusterJSON `json:"assumable_by"` // null: a user, or not known
	Grants    []accessGrantJSON    `json:"grants"`
}

type accessTrusterJSON struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Outside   bool   `json:"outside"`
	Condition bool   `json:"conditional"`
}

type accessGrantJSON struct {
	Action     string   `json:"action"`
	Kind       string   `json:"kind"`
	Answer     string   `json:"answer"`
	Policy     *string  `json:"policy"`
	Inline     bool     `json:"inline"`
	Group      *string  `json:"group"`
	OfVault    bool     `json:"vault_policy"`
	Statement  *int     `json:"statement"` // from 1
	Sid        *string  `json:"sid"`
	On         []string `json:"on"`
	Conditions []string `json:"conditions"`
}

type accessExposedJSON struct {
	Type      string   `json:"type"`
	Name      string   `json:"name"`
	ARN       string   `json:"arn"`
	Region    string   `json:"region"`
	Who       string   `json:"who"`
	Actions   []string `json:"actions"`
	Statement int      `json:"statement"`
	Sid       *string  `json:"sid"`
}

type accessUnreadJSON struct {
	Fact      string  `json:"fact"`
	Resource  *string `json:"resource"`
	Region    string  `json:"region"`
	Operation *string `json:"operation"`
	Code      *string `json:"code"`
	Message   *string `json:"message"`
}

func accessDocumentOf(reports []*reach) accessDocument {
	out := accessDocument{SchemaVersion: "1", Tool: toolNamed{Name: "restorable", Version: Version}, Complete: true, Accounts: []accessAccountJSON{}}
	for _, r := range reports {
		out.Complete = out.Complete && r.complete()
		out.Accounts = append(out.Accounts, accessAccountOf(r))
	}
	return out
}

func accessAccountOf(r *reach) accessAccountJSON {
	out := accessAccountJSON{Account: r.Account, Partition: r.Partition, Complete: r.complete(), Harmless: r.Harmless, Regions: []string{},
		Principals: []accessPrincipalJSON{}, Exposed: []accessExposedJSON{}, Unknown: []accessUnreadJSON{},
		Left: []string{"service control policies", "resource control policies", "key policies"}}
	for _, u := range r.units {
		out.Regions = append(out.Regions, u.Region.Or(""))
	}
	for i := range r.Principals {
		out.Principals = append(out.Principals, accessPrincipalOf(&r.Principals[i]))
	}
	for _, e := range r.Exposed {
		out.Exposed = append(out.Exposed, accessExposedJSON{Type: e.Type, Name: e.Name, ARN: e.ARN, Region: e.Region, Who: e.Who, Actions: e.Actions, Statement: e.Statement + 1, Sid: textOrNull(e.Sid)})
	}
	for _, m := range r.Missing {
		out.Unknown = append(out.Unknown, accessUnreadJSON{Fact: m.Fact, Resource: textOrNull(m.Resource), Region: m.Region, Operation: textOrNull(m.Operation), Code: textOrNull(m.Code), Message: textOrNull(m.Message)})
	}
	return out
}

func accessPrincipalOf(p *access.Principal) accessPrincipalJSON {
	out := accessPrincipalJSON{ARN: p.ARN, Name: p.Label, Kind: p.Kind, Linked: p.Linked, OfBackup: p.OfBackup, Boundary: textOrNull(p.Boundary),
		Destroy: p.Can(access.Destroy).String(), Shorten: p.Can(access.Shorten).String(), Read: p.Can(access.Read).String(), Grants: []accessGrantJSON{}}
	if at, ok := p.LastUsed.Get(); ok {
		text := at.String()
		out.LastUsed = &text
	}
	if p.Trusted {
		by := []accessTrusterJSON{}
		for _, t := range p.Trusters {
			by = append(by, accessTrusterJSON{Kind: t.Kind, Name: t.Name, Outside: t.Foreign, Condition: t.Maybe})
		}
		out.Assumable = &by
	}
	for _, g := range p.Grants {
		out.Grants = append(out.Grants, accessGrantOf(g))
	}
	return out
}

func accessGrantOf(g access.Grant) accessGrantJSON {
	out := accessGrantJSON{Action: g.Action, Kind: string(g.Kind), Answer: g.Answer.String(), Policy: textOrNull(g.Origin.Policy), Inline: g.Origin.Inline, Group: textOrNull(g.Origin.Group),
		OfVault: g.Resource, Sid: textOrNull(g.Sid), On: append([]string{}, g.On...), Conditions: append([]string{}, g.Conditions...)}
	if g.Statement >= 0 {
		n := g.Statement + 1
		out.Statement = &n
	}
	return out
}
