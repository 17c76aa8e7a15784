package access

import (
	"fmt"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
)

func drawStatement(t *rapid.T, effect string) string {
	action := rapid.SampledFrom([]string{`"*"`, `"backup:*"`, `"backup:Delete*"`, `"dynamodb:*"`, `["dynamodb:DeleteBackup","iam:PassRole"]`, `"backup:StartRestoreJob"`}).Draw(t, "action")
	resource := rapid.SampledFrom([]string{"*", "arn:aws:backup:*:*:recovery-point:*", "arn:aws:backup:*:*:backup-vault:m*", "arn:aws:dynamodb:*:*:table/o*", "arn:aws:dynamodb:*:999988887777:*"}).Draw(t, "resource")
	element := rapid.SampledFrom([]string{"Resource", "Resource", "NotResource"}).Draw(t, "element")
	condition := rapid.SampledFrom([]string{"", "", `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`, `,"Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}`}).Draw(t, "condition")
	return fmt.Sprintf(`{"Effect":%q,"Action":%s,%q:%q%s}`, effect, action, element, resource, condition)
}

func drawUnit(t *rapid.T) (*estate.Unit, []string) {
	var statements []string
	for range rapid.IntRange(1, 3).Draw(t, "statements") {
		statements = append(statements, drawStatement(t, rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(t, "effect")))
	}
	u := unit(role("r", inline(statements...), byOps))
	u.Vaults = listOf(vault("main", estate.AbsentFact[string](0), rapid.Bool().Draw(t, "locked")))
	return u, statements
}

func answers(u *estate.Unit) map[string]iampolicy.Answer {
	out := map[string]iampolicy.Answer{}
	for _, p := range Of([]*estate.Unit{u}).Principals {
		for _, g := range p.Grants {
			out[g.Action] = g.Answer
		}
	}
	return out
}

func wider(before, after map[string]iampolicy.Answer) string {
	for _, a := range actions() {
		was, is := before[a.Name], after[a.Name]
		if was == iampolicy.Maybe && !has(before, a.Name) {
			was = iampolicy.No
		}
		if is == iampolicy.Maybe && !has(after, a.Name) {
			is = iampolicy.No
		}
		if rank(is) > rank(was) {
			return fmt.Sprintf("%s was %v, is %v", a.Name, was, is)
		}
	}
	return ""
}

func has(m map[string]iampolicy.Answer, key string) bool { _, ok := m[key]; return ok }

// A denial, a boundary, a vault's denial and a lock only ever take away.
func TestWhatTakesAwayGivesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, statements := drawUnit(t)
		before := answers(u)
		switch rapid.IntRange(0, 3).Draw(t, "what") {
		case 0:
			u.IAMRoles.Items[0].Inline = inline(append(statements, drawStatement(t, "Deny"))...)
		case 1:
			u.IAMRoles.Items[0].Boundary = known("arn:aws:iam::111122223333:policy/limit")
			u.Policies = listOf(estate.IAMPolicy{ID: "arn:aws:iam::111122223333:policy/limit", Text: known(policyText(drawStatement(t, "Allow")))})
		case 2:
			u.Vaults.Items[0].Policy = known(policyText(denyKeep))
		default:
			u.Vaults.Items[0].Locked = known(true)
		}
		if what := wider(before, answers(u)); what != "" {
			t.Fatal(what)
		}
	})
}

// What was certain stays or becomes a maybe when a policy can no longer be read; nothing turns round.
func TestForgettingAPolicyTurnsNothingRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, _ := drawUnit(t)
		before := answers(u)
		switch rapid.IntRange(0, 2).Draw(t, "what") {
		case 0:
			u.IAMRoles.Items[0].Inline.Items[0].Text.Forget()
		case 1:
			u.IAMRoles.Items[0].Boundary.Forget()
		default:
			u.Vaults.Items[0].Policy.Forget()
		}
		after := answers(u)
		for _, a := range actions() {
			was, had := before[a.Name]
			is, have := after[a.Name]
			if had && was == iampolicy.Yes && !have || !had && have && is == iampolicy.Yes {
				t.Fatalf("%s was %v (%v), is %v (%v)", a.Name, was, had, is, have)
			}
		}
	})
}

func FuzzPolicies(f *testing.F) {
	f.Add(policyText(allowAll), policyText(denyKeep))
	f.Add(`{"Statement":{"Effect":"Allow","NotAction":"a:b","NotResource":"arn:aws:x:${y}"}}`, `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"backup:*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"*"}}}]}`)
	f.Fuzz(func(_ *testing.T, identity, resource string) {
		u := unit(role("r", listOf(estate.Inline{ID: "own", Text: known(identity)}), byOps))
		u.Vaults = listOf(vault("main", known(resource), false))
		u.Tables = listOf(estate.Table{ID: "t", ARN: known("arn:aws:dynamodb:eu-west-1:111122223333:table/t"), ResourcePolicy: known(resource)})
		Of([]*estate.Unit{u})
		OfAccount(u)
		DenialOf(u, &u.Vaults.Items[0])
		IdentitiesOf(u).Of(u, &u.Tables.Items[0])
	})
}

// large is an account with many roles, each with a policy of its own, a few of them powerful.
func large(roles int) *estate.Unit {
	u := unit()
	for i := range roles {
		statement := fmt.Sprintf(`{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","logs:*","sqs:SendMessage","dynamodb:GetItem","dynamodb:Query"],"Resource":["arn:aws:s3:::bucket-%d/*","arn:aws:dynamodb:*:*:table/t%d"]}`, i, i)
		if i%20 == 0 {
			statement = allowAll
		}
		u.IAMRoles.Items = append(u.IAMRoles.Items, role(fmt.Sprintf("app-%d", i), inline(statement, `{"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"}`), byOps))
	}
	for i := range 10 {
		u.Vaults.Items = append(u.Vaults.Items, vault(fmt.Sprintf("v%d", i), known(policyText(denyKeep)), false))
	}
	return u
}

func BenchmarkFiveThousandRoles(b *testing.B) {
	u := large(5000)
	b.ReportAllocs()
	for b.Loop() {
		Of([]*estate.Unit{u})
	}
}

func TestFiveThousandRolesNeedLittleMemory(t *testing.T) {
	u := large(5000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r, a := Of([]*estate.Unit{u}), OfAccount(u)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 64<<20 {
		t.Errorf("%d MB are held", held>>20)
	}
	if len(r.Principals) != 250 || len(a.Able.Or(nil)) != 250 {
		t.Errorf("%d principals, %d able", len(r.Principals), len(a.Able.Or(nil)))
	}
}
