package backup

import (
	"errors"
	"strings"
	"testing"
)

func vaulted(change func(*Request)) Request {
	r := Request{Way: AWSBackup, Vault: "Default", RetainDays: 35}
	change(&r)
	return r
}

func TestRequestsThatAWSTakes(t *testing.T) {
	for name, r := range map[string]Request{
		"a name of three":            {Way: Native, Name: "a.b"},
		"a name of 255":              {Way: Native, Name: strings.Repeat("x", 255)},
		"AWS Backup's defaults":      vaulted(func(*Request) {}),
		"kept for ever":              vaulted(func(r *Request) { r.RetainDays = 0 }),
		"cold, and 90 days more":     vaulted(func(r *Request) { r.ColdAfterDays, r.RetainDays = 30, 120 }),
		"cold, and kept for ever":    vaulted(func(r *Request) { r.ColdAfterDays, r.RetainDays = 1, 0 }),
		"the shortest windows":       vaulted(func(r *Request) { r.StartWindow, r.CompleteWindow = 60, 60 }),
		"a completion window alone":  vaulted(func(r *Request) { r.CompleteWindow = 120 }),
		"tags":                       vaulted(func(r *Request) { r.Tags = map[string]string{"a": "", "b": "ä"} }),
		"the longest time to keep":   vaulted(func(r *Request) { r.RetainDays = 36_500 }),
		"a start window of 100 days": vaulted(func(r *Request) { r.StartWindow = 144_000 }),
	} {
		if err := r.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRequestsThatAWSWouldRefuse(t *testing.T) {
	tags := map[string]string{}
	for i := range 51 {
		tags[strings.Repeat("k", i+1)] = "v"
	}
	for name, c := range map[string]struct {
		r     Request
		field string
	}{
		"a name of two":                   {Request{Way: Native, Name: "ab"}, "name"},
		"a name of 256":                   {Request{Way: Native, Name: strings.Repeat("x", 256)}, "name"},
		"a name with a space":             {Request{Way: Native, Name: "before migration"}, "name"},
		"a name with a line break":        {Request{Way: Native, Name: "before\n"}, "name"},
		"no vault":                        {vaulted(func(r *Request) { r.Vault = "" }), "vault"},
		"the ARN of a vault":              {vaulted(func(r *Request) { r.Vault = "arn:aws:backup:eu-west-1:1:backup-vault:x" }), "vault"},
		"a window of 59 minutes":          {vaulted(func(r *Request) { r.StartWindow = 59 }), "start-window"},
		"a completion window of 59":       {vaulted(func(r *Request) { r.CompleteWindow = 59 }), "complete-window"},
		"a completion before its start":   {vaulted(func(r *Request) { r.StartWindow, r.CompleteWindow = 120, 119 }), "complete-window"},
		"kept too long":                   {vaulted(func(r *Request) { r.RetainDays = 36_501 }), "retain"},
		"kept for less than nothing":      {vaulted(func(r *Request) { r.RetainDays = -1 }), "retain"},
		"cold, and 89 days more":          {vaulted(func(r *Request) { r.ColdAfterDays, r.RetainDays = 30, 119 }), "cold-after"},
		"cold, with the default":          {vaulted(func(r *Request) { r.ColdAfterDays = 30 }), "cold-after"},
		"cold before it is made":          {vaulted(func(r *Request) { r.ColdAfterDays = -1 }), "cold-after"},
		"51 tags":                         {vaulted(func(r *Request) { r.Tags = tags }), "tag"},
		"a tag of AWS's":                  {vaulted(func(r *Request) { r.Tags = map[string]string{"AWS:x": "y"} }), "tag"},
		"a key of 129 characters":         {vaulted(func(r *Request) { r.Tags = map[string]string{strings.Repeat("k", 129): "y"} }), "tag"},
		"a value of 257 characters":       {vaulted(func(r *Request) { r.Tags = map[string]string{"k": strings.Repeat("y", 257)} }), "tag"},
		"a value of 257 wider characters": {vaulted(func(r *Request) { r.Tags = map[string]string{"k": strings.Repeat("ä", 257)} }), "tag"},
	} {
		var m *Mistake
		if err := c.r.Validate(); !errors.As(err, &m) || m.Field != c.field || m.Problem == "" {
			t.Errorf("%s: %v, want a mistake of %s", name, err, c.field)
		}
	}
}

func TestRoles(t *testing.T) {
	for given, want := range map[string]string{
		"":                            "arn:aws-cn:iam::111122223333:role/service-role/AWSBackupDefaultServiceRole",
		"AWSBackupDefaultServiceRole": "arn:aws-cn:iam::111122223333:role/service-role/AWSBackupDefaultServiceRole",
		"mine":                        "arn:aws-cn:iam::111122223333:role/mine",
		"ops/mine":                    "arn:aws-cn:iam::111122223333:role/ops/mine",
		"arn:aws:iam::1:role/x":       "arn:aws:iam::1:role/x",
	} {
		if got := RoleARN(given, "aws-cn", "111122223333"); got != want {
			t.Errorf("%q: %s, want %s", given, got, want)
		}
	}
}
