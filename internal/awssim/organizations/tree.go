package organizations

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/restorable/restorable/internal/awssim/world"
)

// organization is one root with its units, accounts and policies. Targets are named by id: "r-…", "ou-…" or an account number.
type organization struct {
	partition, id, management, features string
	root                                string
	units                               map[string]*unit
	accounts                            map[string]*account
	policies                            map[string]*policy
	enabled                             map[string]bool     // policy types
	attached                            map[string][]string // policy ids by target, in the order of attachment
	delegated                           map[string][]string // services by the account that administers them
	tags                                map[string]map[string]string
	changed                             time.Time // last change to anything that policies depend on
}

type unit struct{ id, name, parent string }

type account struct {
	id, name, email, parent, joinedBy string
	joined                            time.Time
	state                             types.AccountState
}

type policy struct {
	id, name, description, kind, content string
	aws                                  bool
}

type request struct {
	id, management, name, account, state string
	asked, done                          time.Time
}

func (s *Service) create(sc world.Scope, features string) *organization {
	o := &organization{partition: sc.Partition, id: "o-" + s.letters(10), management: sc.Account, features: features, root: "r-" + s.letters(4),
		units: map[string]*unit{}, accounts: map[string]*account{}, policies: map[string]*policy{}, enabled: map[string]bool{},
		attached: map[string][]string{}, delegated: map[string][]string{}, tags: map[string]map[string]string{}}
	o.policies[fullAccess] = &policy{id: fullAccess, name: "FullAWSAccess", description: "Allows access to every operation", kind: controlPolicy, aws: true,
		content: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`}
	s.organizations[o.id] = o
	s.join(o, sc.Account, "management", "management@example.com", "INVITED")
	return o
}

func (s *Service) join(o *organization, id, name, email, by string) {
	o.accounts[id] = &account{id: id, name: name, email: email, parent: o.root, joinedBy: by, joined: s.world.Now(), state: types.AccountStateActive}
	s.member[id] = o
	if o.enabled[controlPolicy] {
		o.attached[id] = append(o.attached[id], fullAccess)
	}
	o.changed = s.world.Now()
}

// letters draws n lower-case letters and digits, as the ids of Organizations have them.
func (s *Service) letters(n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(s.world.Hex(min(16, n-b.Len())))
	}
	return b.String()
}

// parent of a unit or account; ok is false for the root and for what does not exist.
func (o *organization) parent(id string) (string, bool) {
	if u, ok := o.units[id]; ok {
		return u.parent, true
	}
	if a, ok := o.accounts[id]; ok {
		return a.parent, true
	}
	return "", false
}

// exists answers for the root, units and accounts.
func (o *organization) exists(target string) bool {
	_, below := o.parent(target)
	return below || target == o.root
}

func (o *organization) container(id string) bool { return id == o.root || o.units[id] != nil }

// lineage is the way from the root down to the target, both included.
func (o *organization) lineage(target string) []string {
	path := []string{target}
	for {
		p, ok := o.parent(path[len(path)-1])
		if !ok {
			break
		}
		path = append(path, p)
	}
	slices.Reverse(path)
	return path
}

func (o *organization) arn(kind, id string) string {
	return "arn:" + o.partition + ":organizations::" + o.management + ":" + kind + "/" + o.id + "/" + id
}

// targetARN names a root, unit or account; what does not exist is "*".
func (o *organization) targetARN(id string) string {
	switch {
	case id == o.root:
		return o.arn("root", id)
	case o.units[id] != nil:
		return o.arn("ou", id)
	case o.accounts[id] != nil:
		return o.arn("account", id)
	}
	return "*"
}

func (o *organization) policyARN(p *policy) string {
	if p.aws {
		return "arn:" + o.partition + ":organizations::aws:policy/" + strings.ToLower(p.kind) + "/" + p.id
	}
	return o.arn("policy", strings.ToLower(p.kind)+"/"+p.id)
}

func (o *organization) name(target string) string {
	switch {
	case target == o.root:
		return "Root"
	case o.units[target] != nil:
		return o.units[target].name
	case o.accounts[target] != nil:
		return o.accounts[target].name
	}
	return ""
}
