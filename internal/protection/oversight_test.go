package protection

import (
	"slices"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/estate"
)

func fact[T any](v T) estate.Fact[T] { return estate.KnownFact(v, 0) }

func wholeList[T any](items ...T) estate.List[T] {
	return estate.List[T]{Items: items, Whole: fact(true)}
}

func eventRule(name, pattern string) estate.EventRule {
	return estate.EventRule{ID: name, Name: fact(name), State: fact("ENABLED"), Pattern: fact(pattern), Targets: fact([]string{"arn:aws:sns:eu-west-1:123456789012:alerts"})}
}

func watched(rules ...estate.EventRule) *estate.Unit {
	return &estate.Unit{Account: fact("123456789012"), Region: fact("eu-west-1"), EventRules: wholeList(rules...)}
}

func verdictOf(a Answer[bool]) string {
	if v, ok := a.Get(); ok && v {
		return "yes"
	} else if ok {
		return "no"
	}
	return a.State().String()
}

const copiesFail = `{"source":["aws.backup"],"detail-type":["Copy Job State Change"],"detail":{"state":["FAILED"]}}`

func TestJobEvents(t *testing.T) {
	main := &estate.Vault{ID: "main", Name: fact("main"), ARN: fact("arn:aws:backup:eu-west-1:123456789012:backup-vault:main")}
	off := eventRule("off", `{"source":["aws.backup"]}`)
	off.State = fact("DISABLED")
	mute := eventRule("mute", `{"source":["aws.backup"]}`)
	mute.Targets = fact([]string{})
	unread := eventRule("unread", `{"source":["aws.backup"]}`)
	unread.Targets = estate.Fact[[]string]{}
	short := watched()
	short.EventRules.Whole = estate.Fact[bool]{}
	for name, c := range map[string]struct {
		unit *estate.Unit
		want string
		why  string
	}{
		"one rule for everything": {watched(eventRule("all", `{"source":["aws.backup"]}`)), "yes", `by rule "all"`},
		"two rules share the work": {watched(eventRule("jobs", `{"source":["aws.backup"],"detail-type":["Backup Job State Change"],"detail":{"state":["FAILED","ABORTED","EXPIRED"]}}`), eventRule("copies", copiesFail)),
			"yes", `by rules "copies", "jobs"`},
		"expired jobs are left out": {watched(eventRule("jobs", `{"source":["aws.backup"],"detail-type":["Backup Job State Change"],"detail":{"state":["FAILED","ABORTED"]}}`), eventRule("copies", copiesFail)),
			"no", "EXPIRED"},
		"another vault's":        {watched(eventRule("jobs", `{"source":["aws.backup"],"detail":{"backupVaultName":["other"]}}`)), "no", "FAILED"},
		"some tables alone":      {watched(eventRule("jobs", `{"source":["aws.backup"],"detail":{"resourceArn":[{"suffix":"/orders"}]}}`)), "no", "FAILED"},
		"switched off":           {watched(off), "no", "FAILED"},
		"without a target":       {watched(mute), "no", "FAILED"},
		"targets not known":      {watched(unread), "unknown", "not known"},
		"no rule":                {watched(), "no", "copies that fail"},
		"not all rules known":    {short, "unknown", "not known"},
		"a pattern nobody reads": {watched(eventRule("odd", `{"source":"aws.backup"}`)), "unknown", "not known"},
	} {
		got := JobEvents(c.unit, main)
		if verdictOf(got) != c.want || !strings.Contains(got.Why, c.why) {
			t.Errorf("%s: %s, %q, want %s, %q", name, verdictOf(got), got.Why, c.want, c.why)
		}
	}
}

func TestCallEventsTellsPITRSwitchedOffFromOn(t *testing.T) {
	off := `{"source":["aws.dynamodb","aws.backup"],"detail":{"eventName":["DeleteBackup","DeleteRecoveryPoint","DeleteBackupPlan","DeleteBackupVault"]}}`
	on := `{"detail":{"eventName":["UpdateContinuousBackups"],"requestParameters":{"pointInTimeRecoverySpecification":{"pointInTimeRecoveryEnabled":[%]}}}}`
	for flag, want := range map[string]string{"false": "yes", "true": "no"} {
		if got := CallEvents(watched(eventRule("a", off), eventRule("b", strings.Replace(on, "%", flag, 1)))); verdictOf(got) != want {
			t.Errorf("%s: %s, %s", flag, verdictOf(got), got.Why)
		}
	}
}

func TestFullAccess(t *testing.T) {
	statement := func(s string) estate.Fact[string] {
		return fact(`{"Version":"2012-10-17","Statement":[` + s + `]}`)
	}
	for name, c := range map[string]struct {
		policy estate.Fact[string]
		want   tri
	}{
		"as AWS makes it":      {statement(`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`), yes},
		"all of DynamoDB":      {statement(`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"dynamodb:*","Resource":"*"}`), yes},
		"none":                 {estate.AbsentFact[string](0), yes},
		"own organisation":     {statement(`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}`), no},
		"own account's tables": {statement(`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"arn:aws:dynamodb:*:123456789012:table/*"}`), no},
		"reads alone":          {statement(`{"Effect":"Allow","Principal":"*","Action":"dynamodb:GetItem","Resource":"*"}`), no},
		"a denial on top":      {statement(`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:ResourceAccount":"123456789012"}}}`), no},
		"no policy":            {fact("hello"), maybe},
		"not known":            {estate.Fact[string]{}, maybe},
	} {
		if got := fullAccess(c.policy); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestEffectivePolicy(t *testing.T) {
	good := `"rules":{"r":{"target_backup_vault_name":"v"}},"selections":{"tags":{"t":{"iam_role_arn":"a","tag_key":"k","tag_value":["x"]}}}`
	for text, fault := range map[string]string{
		`{"plans":{"p":{"regions":["eu-west-1"],` + good + `}}}`: "",
		`{"plans":{"p":{"regions":[],` + good + `}}}`:            "lacks regions",
		`{"plans":{}}`: "no plan",
		`{"plans":{"p":{"regions":["a"],"rules":{"r":{"target_backup_vault_name":"v"}},"selections":{"tags":{"t":{"iam_role_arn":"a","tag_key":"k"}}}}}}`: `lacks tag_value of selection "t"`,
		`[]`: "not of the form",
	} {
		u := &estate.Unit{EffectivePlans: fact(text)}
		valid, _ := effectivePolicy(u)
		if (verdictOf(valid) == "yes") != (fault == "") || !strings.Contains(valid.Why, fault) {
			t.Errorf("%s: %s, %s", text, verdictOf(valid), valid.Why)
		}
	}
	if valid, _ := effectivePolicy(&estate.Unit{EffectivePlans: estate.AbsentFact[string](0)}); !valid.IsAbsent() {
		t.Errorf("no policy is %s", verdictOf(valid))
	}
}

// TestConsumersAreWholeOrUnknown: a list that may lack a consumer is no list.
func TestConsumersAreWholeOrUnknown(t *testing.T) {
	table := &estate.Table{ID: "t", StreamEnabled: fact(true), StreamARN: fact("s"), KinesisStreams: fact([]estate.KinesisStream{{ARN: "k", Status: "ACTIVE"}, {ARN: "old", Status: "DISABLED"}})}
	reader := estate.StreamReader{ID: "1", Stream: fact("s"), Function: fact("f"), State: fact("Enabled")}
	u := &estate.Unit{StreamReaders: wholeList(reader, estate.StreamReader{ID: "2", Stream: fact("other"), Function: fact("g"), State: fact("Enabled")})}
	if got := NewOversight(u).Table(table).Consumers.Or(nil); !slices.Equal(got, []string{"f", "k"}) {
		t.Errorf("got %v", got)
	}
	u.StreamReaders.Items[1].Stream = estate.Fact[string]{}
	got := NewOversight(u).Table(table)
	if !got.Consumers.IsUnknown() || verdictOf(got.Read) != "yes" || verdictOf(got.Consumed) != "yes" {
		t.Errorf("consumers %v, read %s, consumed %s", got.Consumers, verdictOf(got.Read), verdictOf(got.Consumed))
	}
	table.StreamEnabled, table.KinesisStreams = fact(false), estate.Fact[[]estate.KinesisStream]{}
	if got := NewOversight(u).Table(table); verdictOf(got.Read) != "no" || verdictOf(got.Consumed) != "unknown" {
		t.Errorf("read %s, consumed %s", verdictOf(got.Read), verdictOf(got.Consumed))
	}
}
