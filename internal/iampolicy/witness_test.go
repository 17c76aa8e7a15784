package iampolicy

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWitness(t *testing.T) {
	const points, backups = "arn:aws:backup:*:111122223333:recovery-point:*", "arn:aws:dynamodb:*:111122223333:table/*/backup/*"
	for _, row := range []struct {
		text, class, want string
	}{
		{"*", points, "arn:aws:backup:any:111122223333:recovery-point:any"},
		{"arn:aws:backup:eu-west-1:*:recovery-point:*", points, "arn:aws:backup:eu-west-1:111122223333:recovery-point:any"},
		{"arn:aws:backup:eu-west-1:444455556666:recovery-point:*", points, ""},
		{"arn:aws:backup:*:*:backup-vault:*", points, ""},
		{"arn:aws:backup", points, "arn:aws:backup:any:111122223333:recovery-point:any"},
		{"arn:aws:dynamodb:*:*:table/orders*", backups, "arn:aws:dynamodb:any:111122223333:table/orders/backup/"},
		{"arn:aws:dynamodb:*:*:table/orders", backups, ""},
		{"arn:aws:dynamodb:*:*:table/${aws:username}/*", backups, "arn:aws:dynamodb:any:111122223333:table//backup/"},
		{"arn:aws:dynamodb:*:*:table/*/backup/0?", backups, "arn:aws:dynamodb:any:111122223333:table/any/backup/0x"},
		{"arn:*:dynamodb:*", backups, "arn:aws:dynamodb:any:111122223333:table/any/backup/any"},
	} {
		got, ok := Witness(row.text, row.class)
		if ok != (row.want != "") || ok && !MatchARN(row.class, got) {
			t.Errorf("%s within %s: %q, %v", row.text, row.class, got, ok)
		}
		if ok && !strings.Contains(row.text, "$") && got != row.want {
			t.Errorf("%s within %s: got %q, want %q", row.text, row.class, got, row.want)
		}
	}
}

// A witness is covered by both patterns, and there is one whenever some text is covered by both.
func TestWitnessIsCoveredByBoth(t *testing.T) {
	part := rapid.StringOfN(rapid.RuneFrom([]rune("ab*?/")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := "arn:aws:backup:"+part.Draw(t, "a1")+":"+part.Draw(t, "a2")+":"+part.Draw(t, "a3"), "arn:aws:backup:"+part.Draw(t, "b1")+":"+part.Draw(t, "b2")+":"+part.Draw(t, "b3")
		arn, ok := Witness(a, b)
		if ok && (!MatchARN(a, arn) || !MatchARN(b, arn)) {
			t.Fatalf("%q is not covered by %q and %q", arn, a, b)
		}
		text := "arn:aws:backup:" + strings.Join(rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("ab/")), 0, 6, -1), 3, 3).Draw(t, "text"), ":")
		if !ok && MatchARN(a, text) && MatchARN(b, text) {
			t.Fatalf("%q is covered by %q and %q, which have no witness", text, a, b)
		}
	})
}

// The quick comparison of actions answers as the general one does.
func TestMatchActionIsTheGeneralOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, a := rapid.StringOfN(rapid.RuneFrom([]rune("abAB*?:")), 0, 8, -1).Draw(t, "pattern"), rapid.StringOfN(rapid.RuneFrom([]rune("abAB:")), 0, 8, -1).Draw(t, "action")
		if got, want := MatchAction(p, a), wild(p).fold().matches(strings.ToLower(a)); got != want {
			t.Fatalf("%q against %q: %v, want %v", p, a, got, want)
		}
	})
}

// What reaches something is found: whenever a policy allows an action on some ARN of a class, it allows it, or may, on one that Reach names.
func TestReachFindsWhatAPolicyAllows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"*", "arn:aws:dynamodb:*:*:table/o*", "arn:aws:dynamodb:eu-*:*:*", foreign, orders, "arn:aws:dynamodb:*:*:table/${aws:username}"}).Draw(t, "resource")
		element := rapid.SampledFrom([]string{"Resource", "NotResource"}).Draw(t, "element")
		doc, err := Parse(Identity, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","`+element+`":"`+text+`"}}`)
		if err != nil {
			t.Fatal(err)
		}
		who := Principal{ARN: alice, Account: "111122223333"}
		ask := func(arn string) Answer {
			return Evaluate(Request{Action: "dynamodb:DeleteTable", Resource: arn, Principal: who}, Policies{Identity: []Named{{Document: doc}}}).Answer
		}
		found := No
		for _, arn := range doc.Reach("dynamodb:DeleteTable", "arn:aws:dynamodb:*:111122223333:table/*") {
			found = or(found, ask(arn))
		}
		if rank(found) < rank(ask(orders)) {
			t.Fatalf("%s on %s: orders is %v, what is reached is %v", element, text, ask(orders), found)
		}
	})
}
