package cfn

import (
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/iac/build"
)

// Plans may be declared in what a template names and was not read.
func TestNestedTemplatesThatWereNotRead(t *testing.T) {
	for _, row := range []struct{ resource, why string }{
		{"{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://s3.amazonaws.com/b/k.yaml'}}", "the template of N was not read"},
		{"{Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: x}}}", "the template of N was not read"},
		{"{Type: 'Our::Backup::Plan::MODULE'}", "what module Our::Backup::Plan::MODULE declares is not read"},
		{"{Type: 'Our::Backup::Plan'}", "more may exist outside of the templates"},
		{"{Type: AWS::CloudFormation::Stack, Condition: Never, Properties: {TemplateURL: 'https://s3.amazonaws.com/b/k.yaml'}}", "more may exist outside of the templates"},
	} {
		u := readText(t, "Conditions: {Never: !Equals [a, b]}\nResources:\n  T: {Type: AWS::DynamoDB::Table}\n  N: "+row.resource+"\n", Options{})[0]
		if p := u.Of(u.Plans.Whole.Source()); !strings.Contains(p.Message, row.why) {
			t.Errorf("%s: %+v", row.resource, p)
		}
		if p := u.Of(u.Tables.Whole.Source()); p.Code != build.NotInTemplate {
			t.Errorf("%s: tables %+v", row.resource, p)
		}
	}
}
