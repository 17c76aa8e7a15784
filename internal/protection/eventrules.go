package protection

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/eventpattern"
)

// told is one kind of event that somebody should hear of, in words and as EventBridge carries it.
type told struct {
	what  string
	event eventpattern.Event
}

// JobEvents answers whether rules of EventBridge tell somebody of every end of a backup job of a table in the vault that is no success, and of
// copies from it that fail. Several rules may share the work; one that tells of some tables only does not count.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
func JobEvents(u *estate.Unit, v *estate.Vault) Answer[bool] {
	return rulesTell(u, jobEnds(u, v))
}

func jobEnds(u *estate.Unit, v *estate.Vault) []told {
	var out []told
	for _, state := range []string{"FAILED", "ABORTED", "EXPIRED"} {
		e := backupEvent(u, "Backup Job State Change", state)
		e["detail"].(eventpattern.Event)["backupVaultName"] = tellOr(v.Name)
		e["detail"].(eventpattern.Event)["backupVaultArn"] = tellOr(v.ARN)
		out = append(out, told{"backup jobs that end as " + state, e})
	}
	e := backupEvent(u, "Copy Job State Change", "FAILED")
	e["detail"].(eventpattern.Event)["sourceBackupVaultArn"] = tellOr(v.ARN)
	return append(out, told{"copies that fail", e})
}

func backupEvent(u *estate.Unit, kind, state string) eventpattern.Event {
	e := envelope(u, "aws.backup", kind)
	e["detail"] = eventpattern.Event{"state": state, "resourceType": "DynamoDB", "resourceArn": eventpattern.Varies}
	return e
}

func envelope(u *estate.Unit, source, kind string) eventpattern.Event {
	return eventpattern.Event{
		"source": source, "detail-type": kind, "account": tellOr(u.Account), "region": tellOr(u.Region),
		"version": "0", "id": eventpattern.Varies, "time": eventpattern.Varies, "resources": eventpattern.Varies,
	}
}

func tellOr(f estate.Fact[string]) any {
	if v, ok := f.Get(); ok {
		return v
	}
	return eventpattern.Varies
}

// CallEvents answers whether rules tell somebody of the calls that destroy backups, as CloudTrail hands them to EventBridge.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
func CallEvents(u *estate.Unit) Answer[bool] {
	var all []told
	for _, c := range []struct{ service, name string }{
		{"backup", "DeleteRecoveryPoint"}, {"backup", "DeleteBackupVault"}, {"backup", "DeleteBackupPlan"}, {"dynamodb", "DeleteBackup"},
	} {
		all = append(all, told{c.name, callEvent(u, c.service, c.name, eventpattern.Event{})})
	}
	off := eventpattern.Event{"pointInTimeRecoverySpecification": eventpattern.Event{"pointInTimeRecoveryEnabled": false}}
	return rulesTell(u, append(all, told{"point-in-time recovery switched off", callEvent(u, "dynamodb", "UpdateContinuousBackups", off)}))
}

func callEvent(u *estate.Unit, service, name string, request eventpattern.Event) eventpattern.Event {
	e := envelope(u, "aws."+service, "AWS API Call via CloudTrail")
	e["detail"] = eventpattern.Event{
		"eventSource": service + ".amazonaws.com", "eventName": name, "eventType": "AwsApiCall", "awsRegion": tellOr(u.Region),
		"requestParameters": request, "userIdentity": eventpattern.Varies,
	}
	return e
}

// rulesTell: each of the events must be caught by a rule that is enabled and has a target.
func rulesTell(u *estate.Unit, wanted []told) Answer[bool] {
	basis := []estate.Reading{estate.Read("unit.event_rules", "", u.EventRules.Whole)}
	result, silent, by := yes, []string{}, map[string]bool{}
	for _, w := range wanted {
		t, name, read := ruleFor(u, w.event)
		basis = append(basis, read...)
		if t == no {
			silent = append(silent, w.what)
		}
		if name != "" {
			by[name] = true
		}
		result = result.and(t)
	}
	switch result {
	case yes:
		return answered(yes, "EventBridge tells by "+ruleNames(by), basis...)
	case no:
		return answered(no, "no rule of EventBridge tells anybody of "+strings.Join(silent, ", "), basis...)
	}
	return answered(maybe, "whether a rule of EventBridge tells anybody is not known", missing(basis)...)
}

// ruleFor looks for a rule that always catches an event and hands it on.
func ruleFor(u *estate.Unit, e eventpattern.Event) (t tri, name string, basis []estate.Reading) {
	t = no
	for i := range u.EventRules.Items {
		r := &u.EventRules.Items[i]
		works, read := ruleWorks(r, e)
		if works == no {
			continue
		}
		basis = append(basis, read...)
		if works == yes {
			return yes, r.Name.Or(r.ID), read
		}
		t = maybe
	}
	return t.or(whole(u.EventRules.IsWhole()).not()), "", basis
}

func ruleWorks(r *estate.EventRule, e eventpattern.Event) (tri, []estate.Reading) {
	enabled, caught, targeted := maybe, maybe, maybe
	if s, ok := r.State.Get(); ok {
		enabled = truth(strings.HasPrefix(s, "ENABLED"))
	}
	if text, ok := r.Pattern.Get(); ok {
		if p, err := eventpattern.Parse(text); err == nil {
			caught = truth(p.Match(e) == eventpattern.Always)
		}
	}
	if list, ok := r.Targets.Get(); ok {
		targeted = truth(len(list) > 0)
	}
	return enabled.and(caught).and(targeted), []estate.Reading{
		estate.Read("event_rule.state", r.ID, r.State), estate.Read("event_rule.pattern", r.ID, r.Pattern), estate.Read("event_rule.targets", r.ID, r.Targets),
	}
}

func ruleNames(names map[string]bool) string {
	if len(names) == 1 {
		return "rule " + sortedQuoted(names)
	}
	return "rules " + sortedQuoted(names)
}
