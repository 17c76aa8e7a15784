package iampolicy

import (
	"errors"
	"strings"
	"testing"
)

func TestParseErrorsSayWhere(t *testing.T) {
	rows := []struct {
		name, text   string
		kind         Kind
		line, column int
		reason       string
	}{
		{"not an object", `[]`, Identity, 1, 1, "a policy is a JSON object"},
		{"empty", ``, Identity, 1, 1, "the document ends too early"},
		{"cut off", `{"Statement":[`, Identity, 1, 15, "the document ends too early"},
		{"not JSON", "{\n  \"Version\": 2012-10-17}", Identity, 2, 18, "not JSON"},
		{"text behind it", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}} x`, Identity, 1, 62, "text after the end"},
		{"unknown element", "{\n \"Rules\":[]}", Identity, 2, 2, `unknown element "Rules"`},
		{"unknown element in a statement", `{"Statement":{"Effect":"Allow","Actions":"*"}}`, Identity, 1, 32, `unknown element "Actions"`},
		{"element twice", `{"Version":"2012-10-17","Version":"2012-10-17"}`, Identity, 1, 25, `"Version" is given twice`},
		{"unknown version", `{"Version":"2012-10-18"}`, Identity, 1, 12, "Version is"},
		{"no statement", `{"Version":"2012-10-17"}`, Identity, 1, 1, "no Statement"},
		{"no effect", `{"Statement":{"Action":"*","Resource":"*"}}`, Identity, 1, 14, "needs an Effect"},
		{"effect in lower case", `{"Statement":{"Effect":"allow"}}`, Identity, 1, 24, `"Allow" or "Deny"`},
		{"no action", `{"Statement":{"Effect":"Allow","Resource":"*"}}`, Identity, 1, 14, "either Action or NotAction"},
		{"both actions", `{"Statement":{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}}`, Identity, 1, 14, "either Action or NotAction"},
		{"no resource", `{"Statement":{"Effect":"Allow","Action":"*"}}`, Identity, 1, 14, "needs a Resource"},
		{"principal in an identity policy", `{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`, Identity, 1, 14, "no Principal"},
		{"no principal in a resource policy", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, Resource, 1, 14, "needs a Principal"},
		{"resource in a trust policy", `{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`, Trust, 1, 14, "no Resource"},
		{"action without a service", `{"Statement":{"Effect":"Allow","Action":"GetItem","Resource":"*"}}`, Identity, 1, 41, "service:Action"},
		{"resource that is no ARN", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"table/orders"}}`, Identity, 1, 56, "neither an ARN"},
		{"unknown principal type", `{"Statement":{"Effect":"Allow","Principal":{"Aws":"*"},"Action":"*"}}`, Trust, 1, 45, `unknown principal type "Aws"`},
		{"unknown operator", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringIs":{"a":"b"}}}}`, Identity, 1, 73, `unknown condition operator "StringIs"`},
		{"number that is none", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericEquals":{"a":"b"}}}}`, Identity, 1, 94, `cannot compare with "b"`},
		{"empty list", `{"Statement":{"Effect":"Allow","Action":[],"Resource":"*"}}`, Identity, 1, 41, "Action is empty"},
		{"number in a list", `{"Statement":{"Effect":"Allow","Action":[1],"Resource":"*"}}`, Identity, 1, 42, "holds strings"},
		{"the same id twice", `{"Statement":[{"Sid":"a","Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"a","Effect":"Allow","Action":"*","Resource":"*"}]}`, Identity, 1, 1, "used twice"},
		{"too deep", strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40), Identity, 1, 86, "levels deep"},
		{"too long", `{"Id":"` + strings.Repeat("x", MaxBytes) + `"}`, Identity, 1, 1, "bytes, more than"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			_, err := Parse(row.kind, row.text)
			var pe *ParseError
			if !errors.As(err, &pe) {
				t.Fatalf("got %v", err)
			}
			if pe.Line != row.line || pe.Column != row.column || !strings.Contains(pe.Reason, row.reason) {
				t.Fatalf("got line %d, column %d, %s; want line %d, column %d, %s", pe.Line, pe.Column, pe.Reason, row.line, row.column, row.reason)
			}
		})
	}
}

func TestAnyOperatorNegatedIsOnlyWhatAWSHas(t *testing.T) {
	for _, name := range []string{"BoolNot", "NumericNotLessThan", "NotNull", "IpNotAddress", "NullIfExists", "ForAnyValue:Null", "StringNot", ""} {
		if op, ok := parseOperator(name); ok {
			t.Errorf("%s accepted as %+v", name, op)
		}
	}
}
