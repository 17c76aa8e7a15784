package access

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
)

// Truster is somebody whom a role's trust policy lets assume it, one step away.
type Truster struct {
	Kind    string // "service", "account", "principal", "federated" or "anyone"
	Name    string // a service, an account, an ARN or a provider
	Foreign bool   // of another account, or of none
	Maybe   bool   // under a condition
}

// The kinds of trusters.
const (
	ByService   = "service"
	ByAccount   = "account"
	ByPrincipal = "principal"
	ByFederated = "federated"
	ByAnyone    = "anyone"
)

// trusters reads a trust policy; ok is false when it is not known.
func (l *library) trusters(text estate.Fact[string], account string) (out []Truster, ok bool) {
	doc := l.read(text)
	if doc == nil {
		return nil, false
	}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Deny || s.Principals == nil || !assumes(s) {
			continue
		}
		for _, t := range named(s.Principals, account) {
			t.Maybe = len(s.Conditions) > 0
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out, true
}

// assumes says whether a statement is about any of the ways to assume a role.
func assumes(s *iampolicy.Statement) bool {
	for _, action := range []string{"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"} {
		if s.CoversAction(action) {
			return true
		}
	}
	return false
}

func named(ps *iampolicy.Principals, account string) []Truster {
	var out []Truster
	if ps.Anyone {
		out = append(out, Truster{Kind: ByAnyone, Name: "*", Foreign: true})
	}
	for _, entry := range ps.AWS {
		if entry == "*" {
			continue
		}
		of := iampolicy.AccountOf(entry)
		t := Truster{Kind: ByPrincipal, Name: entry, Foreign: of != account}
		if entry == of || strings.HasSuffix(entry, ":root") {
			t.Kind, t.Name = ByAccount, of
		}
		out = append(out, t)
	}
	for _, service := range ps.Service {
		out = append(out, Truster{Kind: ByService, Name: service})
	}
	for _, provider := range ps.Federated {
		of := iampolicy.AccountOf(provider)
		out = append(out, Truster{Kind: ByFederated, Name: provider, Foreign: of != account})
	}
	return out
}

// backupServices are those that AWS Backup works as.
func backupServices() []string {
	return []string{backupService, "restore-testing.backup.amazonaws.com", "reports.backup.amazonaws.com"}
}

// ofBackup says whether AWS Backup, and nobody else, may assume the role: one that backups are made with.
func ofBackup(trusters []Truster) bool {
	for _, t := range trusters {
		if t.Kind != ByService || !slices.Contains(backupServices(), t.Name) {
			return false
		}
	}
	return len(trusters) > 0
}
