package access

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
	"github.com/restorable/restorable/internal/protection"
)

// writes are the actions on tables that change items, tables or what protects them.
func writes() []string {
	return []string{"BatchWriteItem", "CreateTable", "DeleteBackup", "DeleteItem", "DeleteResourcePolicy", "DeleteTable", "ImportTable", "PartiQLDelete", "PartiQLInsert", "PartiQLUpdate",
		"PutItem", "PutResourcePolicy", "RestoreTableFromBackup", "RestoreTableToPointInTime", "UpdateContinuousBackups", "UpdateItem", "UpdateTable", "UpdateTimeToLive"}
}

// statements goes through the account's own policies: customer managed ones and those inside of users, groups and roles.
func (a *Account) statements(u *estate.Unit, basis []estate.Reading) {
	l := newLibrary(iampolicy.Identity)
	f := &findings{whole: allKnown(basis), basis: slices.Clone(basis)}
	for i := range u.Policies.Items {
		p := &u.Policies.Items[i]
		if iampolicy.AccountOf(p.ID) != "aws" {
			f.look(l, "policy "+p.Name.Or(p.ID), estate.Read("iam_policy.text", p.ID, p.Text), p.Text)
		}
	}
	for i := range u.Users.Items {
		f.inline(l, u.Users.Items[i].ID, u.Users.Items[i].Inline)
	}
	for i := range u.Groups.Items {
		f.inline(l, u.Groups.Items[i].ID, u.Groups.Items[i].Inline)
	}
	for i := range u.IAMRoles.Items {
		f.inline(l, u.IAMRoles.Items[i].ID, u.IAMRoles.Items[i].Inline)
	}
	a.Broad, a.Fine = f.answer(f.broad), f.answer(f.fine)
}

type findings struct {
	broad, fine []string
	whole       bool
	basis       []estate.Reading
}

func (f *findings) answer(list []string) protection.Answer[[]string] {
	a := protection.Answer[[]string]{Basis: f.basis}
	if f.whole || len(list) > 0 {
		a.Fact = distinct(append([]string{}, list...))
	}
	return a
}

func (f *findings) inline(l *library, owner string, list estate.List[estate.Inline]) {
	if !list.IsWhole() {
		f.unread(estate.Read("inline", owner, list.Whole))
	}
	for i := range list.Items {
		p := &list.Items[i]
		f.look(l, "inline policy "+p.ID+" of "+Label(owner), estate.Read("inline.text", owner, p.Text), p.Text)
	}
}

func (f *findings) unread(r estate.Reading) {
	f.whole = false
	if len(f.basis) < manyReadings {
		f.basis = append(f.basis, r)
	}
}

func (f *findings) look(l *library, name string, reading estate.Reading, text estate.Fact[string]) {
	doc := l.read(text)
	if doc == nil {
		f.unread(reading)
		return
	}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Deny {
			continue
		}
		what := excess(s)
		switch {
		case what == "":
		case fineGrained(s):
			f.fine = append(f.fine, name+", "+statementName(i, s.Sid)+" allows "+what+", confined by "+strings.Join(keysOf(s), ", "))
		default:
			f.broad = append(f.broad, name+", "+statementName(i, s.Sid)+" allows "+what+conditionText(s))
		}
	}
}

// excess names what a statement gives that is more than anybody needs: every action on tables, or an action that writes on every table.
func excess(s *iampolicy.Statement) string {
	if s.CoversAction("dynamodb:"+somewhere) && (len(s.Actions) == 0 || slices.ContainsFunc(s.Actions, wholeService)) {
		return "dynamodb:* on " + strings.Join(few(resourcesOf(s)), ", ")
	}
	if !everyTable(s) {
		return ""
	}
	var which []string
	for _, name := range writes() {
		if s.CoversAction("dynamodb:" + name) {
			which = append(which, "dynamodb:"+name)
		}
	}
	if len(which) == 0 {
		return ""
	}
	return strings.Join(few(which), ", ") + " on " + strings.Join(few(resourcesOf(s)), ", ")
}

// wholeService says whether an action pattern is about all of DynamoDB.
func wholeService(a string) bool {
	return iampolicy.MatchAction(a, "dynamodb:"+somewhere) && iampolicy.MatchAction(a, "dynamodb:PutItem") && iampolicy.MatchAction(a, "dynamodb:DeleteTable") && iampolicy.MatchAction(a, "dynamodb:Query")
}

func resourcesOf(s *iampolicy.Statement) []string {
	if len(s.Resources) > 0 {
		return s.Resources
	}
	return []string{"all but " + strings.Join(few(s.NotResources), ", ")}
}

// everyTable says whether the statement is about tables whatever their names.
func everyTable(s *iampolicy.Statement) bool {
	const unlikely = "arn:aws:dynamodb:xx-nowhere-1:" + strangerAccount + ":table/no-such-table-anywhere"
	if len(s.NotResources) > 0 {
		return !slices.ContainsFunc(s.NotResources, func(p string) bool { return coversIn(p, unlikely) })
	}
	return slices.ContainsFunc(s.Resources, func(p string) bool { return coversIn(p, unlikely) })
}

// coversIn compares the table's name alone: a pattern may name partition, Region and account.
func coversIn(pattern, arn string) bool {
	have, want := strings.SplitN(pattern, ":", 6), strings.SplitN(arn, ":", 6)
	if len(have) < 6 {
		return iampolicy.MatchARN(pattern, arn)
	}
	copy(want[1:5], []string{have[1], "dynamodb", have[3], have[4]})
	return iampolicy.MatchARN(have[2], "dynamodb") && iampolicy.MatchARN(have[5], want[5])
}

func keysOf(s *iampolicy.Statement) []string {
	var out []string
	for _, c := range s.Conditions {
		out = append(out, c.Key)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// fineGrained: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
func fineGrained(s *iampolicy.Statement) bool {
	return slices.ContainsFunc(s.Conditions, func(c iampolicy.Condition) bool {
		return strings.EqualFold(c.Key, "dynamodb:LeadingKeys") || strings.EqualFold(c.Key, "dynamodb:Attributes")
	})
}

func conditionText(s *iampolicy.Statement) string {
	if keys := keysOf(s); len(keys) > 0 {
		return " (under " + strings.Join(keys, ", ") + ")"
	}
	return ""
}
