package iampolicy

import "testing"

const (
	made   = "arn:aws:dynamodb:${AWS::Region}:111122223333:table/${!t.yaml#Orders}"
	madeBy = "arn:aws:iam::111122223333:role/${!t.yaml#Role}"
)

func TestPatternsOverSymbols(t *testing.T) {
	for _, row := range []struct {
		pattern, arn string
		want         Answer
	}{
		{made, made, Yes},
		{made + "*", made, Yes},
		{"*", made, Yes},
		{"arn:aws:dynamodb:*:*:table/*", made, Yes},
		{"arn:aws:dynamodb:${AWS::Region}:*:*", made, Yes},
		{"arn:aws:dynamodb", made, Yes}, // completed with stars
		{"arn:aws:dynamodb:eu-west-1:111122223333:table/*", made, Maybe},
		{"arn:aws:dynamodb:${AWS::Region}:111122223333:table/orders", made, Maybe},
		{"arn:aws:dynamodb:${AWS::Region}:111122223333:table/?", made, Maybe},
		{"arn:aws:dynamodb:${AWS::Region}:111122223333:table/${!t.yaml#Users}", made, No}, // two resources are never one
		{"arn:aws:dynamodb:${AWS::Region}:111122223333:table/${t.yaml#Name}", made, Maybe},
		{"arn:aws:backup:${AWS::Region}:111122223333:backup-vault:*", made, No},
		{"arn:aws:dynamodb:*:444455556666:table/*", made, No},
		{"${?t.yaml:4:5}", made, Maybe},
		{"${t.yaml#Arn}/index/*", made, Maybe},
		{"${t.yaml#Arn}", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders", Maybe},
		{"arn:aws:dynamodb:*:*:table/${t.yaml#Stage}-orders", "arn:aws:dynamodb:eu-west-1:111122223333:table/users", No},
		{"arn:aws:dynamodb:*:*:table/${t.yaml#Stage}-orders", "arn:aws:dynamodb:eu-west-1:111122223333:table/prod-orders", Maybe},
		{"arn:aws:dynamodb:*:*:table/${aws:username}", "arn:aws:dynamodb:eu-west-1:111122223333:table/alice", Maybe},
		{"arn:aws:dynamodb:*:*:table/${aws:username}", "arn:aws:dynamodb:eu-west-1:111122223333:index/alice", No},
	} {
		if got := Covers(row.pattern, row.arn); got != row.want {
			t.Errorf("%s over %s: %s, want %s", row.pattern, row.arn, got, row.want)
		}
	}
}

func TestWhatIsASymbol(t *testing.T) {
	for text, want := range map[string]bool{"": false, "a${": false, "${aws:username}": false, "${*}": false, "${s3:prefix, 'x'}": false, "${aws:PrincipalTag/team}": false,
		"${AWS::Region}": true, "${!t.yaml#T}": true, "${?t.yaml:1:2}": true, "${aws:username}${t.yaml#P}": true, "${ImportValue:x}": true, "${resolve:ssm:x}": true, "${a_b.c}": true} {
		if Symbolic(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// One statement that is not wholly known leaves the others as they are.
func TestStatementsThatHoldSymbols(t *testing.T) {
	const (
		own     = `{"Effect":"Allow","Action":"dynamodb:DescribeTable","Resource":"` + made + `"}`
		other   = `{"Effect":"Allow","Action":"dynamodb:DescribeTable","Resource":"arn:aws:dynamodb:${AWS::Region}:111122223333:table/${!t.yaml#Users}"}`
		perhaps = `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"${?t.yaml:9:1}":"x"}}}`
		refused = `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"${?t.yaml:9:1}":"x"}}}`
		elsewhe = `{"Effect":"Deny","Action":"dynamodb:*","Resource":"${?t.yaml:9:1}"}`
		apart   = `{"Effect":"Deny","Action":"s3:*","Resource":"${?t.yaml:9:1}"}`
		region  = `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"${AWS::Region}"}}}`
	)
	for _, row := range []struct {
		name       string
		statements []string
		want       Answer
	}{
		{"the table by its symbol", []string{own}, Yes},
		{"another table", []string{other}, No},
		{"a statement that may allow", []string{perhaps}, Maybe},
		{"one that allows beside it", []string{perhaps, own}, Yes},
		{"one that may deny", []string{own, refused}, Maybe},
		{"one that may be about it", []string{own, elsewhe}, Maybe},
		{"one about other actions", []string{own, apart}, Yes},
		{"a condition on a symbol", []string{own, region}, Maybe},
		{"none that allows, and one that may deny", []string{other, refused}, No},
	} {
		r := Request{Action: "dynamodb:DescribeTable", Resource: made, ResourceAccount: "111122223333", Complete: true,
			Principal: Principal{ARN: madeBy, Account: "111122223333"}, Context: Context{"aws:RequestedRegion": {"eu-west-1"}}}
		if got := Evaluate(r, Policies{Identity: identity(t, row.statements...)}); got.Answer != row.want {
			t.Errorf("%s: %s, want %s", row.name, got.Answer, row.want)
		}
	}
}

func TestPrincipalsThatAreSymbols(t *testing.T) {
	who := Principal{ARN: madeBy, Account: "111122223333"}
	for _, row := range []struct {
		element, entry string
		want           Answer // of whether the denial is about the role
	}{
		{"Principal", madeBy, Yes},
		{"Principal", "arn:aws:iam::111122223333:role/${!t.yaml#Other}", No},
		{"Principal", "arn:aws:iam::444455556666:role/admin", No},
		{"Principal", "arn:aws:iam::111122223333:role/admin", Maybe}, // a name that deployment makes up may be any
		{"Principal", "${t.yaml#Who}", Maybe},
		{"NotPrincipal", "${t.yaml#Who}", Maybe},
		{"NotPrincipal", "arn:aws:iam::111122223333:role/${!t.yaml#Other}", Yes},
	} {
		deny := `{"Effect":"Deny","` + row.element + `":{"AWS":"` + row.entry + `"},"Action":"*","Resource":"*"}`
		d := Evaluate(Request{Action: "dynamodb:DescribeTable", Resource: made, ResourceAccount: "111122223333", Principal: who},
			Policies{Identity: identity(t, allowRead), Resource: policy(t, Resource, deny)})
		if d.Answer != row.want.not() {
			t.Errorf("%s %s: allowed %s, want denied %s", row.element, row.entry, d.Answer, row.want)
		}
	}
	service := Principal{Service: "backup.amazonaws.com"}
	for entry, want := range map[string]Answer{"backup.${AWS::URLSuffix}": Maybe, "${?t.yaml:1:1}": Maybe, "lambda.${AWS::URLSuffix}": No, "backup.amazonaws.com": Yes} {
		doc := policy(t, Trust, `{"Effect":"Allow","Principal":{"Service":"`+entry+`"},"Action":"sts:AssumeRole"}`).Document
		if got := Trusts(doc, service.Service); got != want {
			t.Errorf("trust of %s: %s, want %s", entry, got, want)
		}
	}
}
