package eventpattern

import (
	"strings"
	"testing"
)

// failed is a backup job that failed, as AWS Backup tells EventBridge
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html).
func failed() Event {
	return Event{
		"source": "aws.backup", "detail-type": "Backup Job State Change", "account": "123456789012", "region": "eu-west-1", "id": Varies, "resources": Varies,
		"detail": Event{"state": "FAILED", "resourceType": "DynamoDB", "backupVaultName": "main", "resourceArn": Varies, "completionDate": None, "isParent": false},
	}
}

func TestMatch(t *testing.T) {
	for name, c := range map[string]struct {
		pattern string
		want    Outcome
	}{
		"source alone":                 {`{"source":["aws.backup"]}`, Always},
		"another source":               {`{"source":["aws.s3","aws.ec2"]}`, Never},
		"state among several":          {`{"source":["aws.backup"],"detail":{"state":["ABORTED","FAILED"]}}`, Always},
		"another state":                {`{"detail":{"state":["COMPLETED"]}}`, Never},
		"one table":                    {`{"detail":{"state":["FAILED"],"resourceArn":[{"suffix":"table/orders"}]}}`, Sometimes},
		"a member that is not known":   {`{"detail":{"colour":["red"]}}`, Sometimes},
		"and a member that differs":    {`{"detail":{"colour":["red"],"state":["COMPLETED"]}}`, Never},
		"prefix":                       {`{"source":[{"prefix":"aws."}]}`, Always},
		"prefix without case":          {`{"source":[{"prefix":{"equals-ignore-case":"AWS."}}]}`, Always},
		"suffix":                       {`{"source":[{"suffix":".backup"}]}`, Always},
		"anything but the state":       {`{"detail":{"state":[{"anything-but":["FAILED"]}]}}`, Never},
		"anything but another":         {`{"detail":{"state":[{"anything-but":"COMPLETED"}]}}`, Always},
		"anything but a prefix":        {`{"detail":{"state":[{"anything-but":{"prefix":["FAI"]}}]}}`, Never},
		"without case":                 {`{"detail":{"state":[{"equals-ignore-case":"failed"}]}}`, Always},
		"wildcard":                     {`{"detail-type":[{"wildcard":"*Job State*"}]}`, Always},
		"wildcard that does not match": {`{"detail-type":[{"wildcard":"*Job Stat"}]}`, Never},
		"escaped star":                 {`{"detail-type":[{"wildcard":"\\*Job*"}]}`, Never},
		"there":                        {`{"detail":{"resourceArn":[{"exists":true}]}}`, Always},
		"never there":                  {`{"detail":{"completionDate":[{"exists":false}]}}`, Always},
		"a value that is never there":  {`{"detail":{"completionDate":[{"anything-but":"x"}]}}`, Never},
		"or at the top":                {`{"$or":[{"source":["aws.s3"]},{"detail":{"state":["FAILED"]}}]}`, Always},
		"or, none":                     {`{"$or":[{"source":["aws.s3"]},{"detail":{"state":["RUNNING"]}}]}`, Never},
		"a boolean":                    {`{"detail":{"isParent":[false]}}`, Always},
		"another boolean":              {`{"detail":{"isParent":[true,"false"]}}`, Never},
		"a number":                     {`{"detail":{"state":[{"numeric":[">",1]}]}}`, Never},
		"a record below a text":        {`{"source":{"x":["y"]}}`, Never},
		"below what is not told":       {`{"detail":{"extra":{"x":["y"]}}}`, Sometimes},
	} {
		p, err := Parse(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := p.Match(failed()); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestParseRefusesWhatEventBridgeRefuses(t *testing.T) {
	for text, why := range map[string]string{
		``: "read event pattern", `{}`: "empty", `[]`: "read event pattern", `{"source":"aws.backup"}`: "/source is neither", `{"source":[]}`: "empty list",
		`{"source":[{"prefixx":"a"}]}`: "unknown operator", `{"source":[{"prefix":1}]}`: "wrong type", `{"$or":["x"]}`: "no pattern",
		`{"source":[["x"]]}`: "holds a list", `{"source":["x"]} {}`: "more after", `{"source":[{"prefix":"a","suffix":"b"}]}`: "2 members",
		strings.Repeat(`{"a":`, 60) + `["x"]` + strings.Repeat(`}`, 60): "too deeply",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%.40s: %v, want %q", text, err, why)
		}
	}
}

// FuzzMatch: whatever parses can be matched, and an event of which nothing is told is never caught for certain by what names a value.
func FuzzMatch(f *testing.F) {
	f.Add(`{"source":["aws.backup"],"detail":{"state":[{"anything-but":{"wildcard":"a*"}}],"$or":[{"x":[{"exists":false}]}]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		p.Match(failed())
		if p.Match(Event{}) == Always {
			t.Errorf("%q catches for certain what nobody knows", text)
		}
	})
}
