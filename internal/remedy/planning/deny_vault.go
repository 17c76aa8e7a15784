package planning

import (
	"fmt"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/iampolicy"
	"github.com/restorable/restorable/internal/remedy"
)

const aboutDeny = "deny policy"

// planDenials forbids the deletion of recovery points in vaults, to everybody but the roles that were named.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
func planDenials(d *draft) error {
	for _, g := range d.guarded(DenyVaultDeletion) {
		d.denyDeletion(g)
	}
	return nil
}

func (d *draft) denyDeletion(g guardedVault) {
	keep := slices.Clone(d.Options.BreakGlass)
	slices.Sort(keep)
	keep = slices.Compact(keep)
	if reason, next := d.denyObstacle(g, keep); reason != "" {
		d.refuse(DenyVaultDeletion, g.arn, reason, next)
		return
	}
	before := g.vault.Policy.Or("")
	merged, changed, err := mergeDeny(before, keep)
	switch {
	case err != nil:
		d.refuse(DenyVaultDeletion, g.arn, err.Error(), "merge by hand: a Deny for "+strings.Join(deniedActions(), ", "))
		return
	case !changed:
		return
	}
	check := d.wayBack(g, keep, merged)
	if check.Verdict == "breaks" || check.Verdict == "unknown" && !d.Options.AcceptUnknown {
		d.check(check)
		d.refuse(DenyVaultDeletion, g.arn, "nobody might be able to lift the ban again: "+check.Detail, "--break-glass with a role that may, or --accept-unknown")
		return
	}
	check.Actions = []string{d.next()}
	d.check(check)
	d.add(remedy.Action{
		Remedy: DenyVaultDeletion, Resource: remedy.Resource{Type: "vault", Name: g.name, ARN: g.arn},
		Summary: "forbid the deletion of recovery points in vault " + g.name + " to all but " + strings.Join(keep, ", "),
		Call:    "backup:PutBackupVaultAccessPolicy", Needs: unique(d.makerOf(g.arn)),
		Change: remedy.Change{VaultPolicy: &remedy.VaultPolicy{Vault: g.name, Policy: merged}},
		Before: remedy.VaultPolicyState(before), After: remedy.VaultPolicyState(merged),
		Risk: "only " + strings.Join(keep, ", ") + " can change the policy back; that AWS Backup itself goes on deleting points at the end of their life is assumed, AWS's pages speak of manual deletion",
		Inverse: remedy.Inverse{
			Change: &remedy.Change{VaultPolicy: &remedy.VaultPolicy{Vault: g.name, Policy: before}}, Drop: remedy.DropProtection,
			Loses: "recovery points in the vault can be deleted again by whoever IAM lets; " + check.Detail + "; " + d.backoutAs(keep),
		},
	}, g.tables...)
}

// backoutAs says who has to back the ban out: it bans whoever plans it too, unless that is one of the roles that are kept.
func (d *draft) backoutAs(keep []string) string {
	caller := splitARN(d.Caller)
	for _, role := range keep {
		if caller.account == d.account && (d.Caller == role || strings.HasPrefix(caller.resource, "assumed-role/"+arnName(role)+"/")) {
			return "whoever makes this plan may back it out"
		}
	}
	return "restorable backout must be run as " + strings.Join(keep, " or ") + ", since the ban is for everybody else"
}

// denyObstacle says why no ban is planned, whatever the policy says; empty: one is.
func (d *draft) denyObstacle(g guardedVault, keep []string) (reason, next string) {
	switch {
	case len(keep) == 0:
		return "no role was named that stays able to delete and to lift the ban", "--break-glass ROLE_ARN"
	case g.vault.Policy.IsUnknown():
		return "the vault's policy could not be read: it is never replaced unseen", readMore
	}
	for _, role := range keep {
		if a := splitARN(role); a.account != d.account || a.partition != d.partition {
			return role + " is of another account: AWS refuses policies that let other accounts do more than copy", ""
		}
	}
	return d.notOurs(g.vault.Tags)
}

// wayBack asks whether somebody can still lift the ban: one of the roles that are kept, by its own policies and the merged one.
func (d *draft) wayBack(g guardedVault, keep []string, merged string) remedy.Check {
	c := remedy.Check{About: aboutDeny, Resource: g.arn, Verdict: "breaks"}
	doc, err := iampolicy.Parse(iampolicy.Resource, merged)
	if err != nil {
		c.Detail = "the merged policy cannot be read: " + err.Error()
		return c
	}
	var said []string
	for _, role := range keep {
		switch may := d.mayLift(role, g.arn, doc); may {
		case iampolicy.Yes:
			c.Verdict, c.Detail = "ok", arnName(role)+" may still change the policy, so that backing out stays possible"
			return c
		case iampolicy.Maybe:
			c.Verdict = "unknown"
			said = append(said, "whether "+arnName(role)+" exists and may change the policy is not known")
		default:
			said = append(said, arnName(role)+" may not change the policy")
		}
	}
	c.Detail = strings.Join(said, "; ")
	return c
}

// mayLift asks for both calls that lift the ban: backing out puts the earlier policy back, or deletes the only statement.
func (d *draft) mayLift(role, vault string, merged *iampolicy.Document) iampolicy.Answer {
	view := newRoleView(d.unit, role)
	if view.state == iampolicy.No {
		return iampolicy.No
	}
	if view.state == iampolicy.Maybe {
		view.policies.Identity = []iampolicy.Named{{Name: "unread"}}
	}
	view.policies.Resource = &iampolicy.Named{Name: "vault", Document: merged}
	worst := iampolicy.Yes
	for _, action := range []string{"backup:PutBackupVaultAccessPolicy", "backup:DeleteBackupVaultAccessPolicy"} {
		answer := iampolicy.Evaluate(iampolicy.Request{Action: action, Resource: vault, Principal: view.principal()}, view.policies).Answer
		if answer == iampolicy.No {
			return iampolicy.No
		}
		if answer == iampolicy.Maybe {
			worst = iampolicy.Maybe
		}
	}
	return worst
}

// planNotices tells a topic of what fails in vaults.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultNotifications.html
func planNotices(d *draft) error {
	for _, g := range d.guarded(NotifyVault) {
		d.notify(g)
	}
	return nil
}

// wantedEvents tell of every end of a backup job, and of copies that fail. BACKUP_JOB_FAILED and _EXPIRED are deprecated: whoever
// subscribes to those hears nothing.
func wantedEvents() []string { return []string{"BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"} }

func (d *draft) notify(g guardedVault) {
	if reason, next := d.notOurs(g.vault.Tags); reason != "" {
		d.refuse(NotifyVault, g.arn, reason, next)
		return
	}
	topic := d.Options.Notify
	had, has := g.vault.NotificationTopic.Get()
	events, listed := g.vault.NotificationEvents.Get()
	all := slices.Clone(events)
	for _, e := range wantedEvents() {
		if !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	slices.Sort(all)
	switch {
	case g.vault.NotificationTopic.IsUnknown() || has && !listed:
		d.refuse(NotifyVault, g.arn, "whom the vault tells is not known", readMore)
		return
	case topic == "" && !has:
		d.refuse(NotifyVault, g.arn, "no topic was named", "--notify TOPIC_ARN")
		return
	case topic == "":
		topic = had
	case has && had != topic && !d.Options.Replace:
		d.refuse(NotifyVault, g.arn, "the vault tells "+had+", and it can tell one topic", "--replace, or subscribe to that topic")
		return
	}
	if a := splitARN(topic); a.region != d.region || a.partition != d.partition {
		d.refuse(NotifyVault, g.arn, "the topic is of another Region than the vault", "--notify with a topic of "+d.region+", and --region "+d.region)
		return
	}
	if has && had == topic && len(all) == len(events) {
		return
	}
	before := remedy.VaultNotifications{Vault: g.name, Topic: had, Events: events}
	id := d.next()
	d.check(remedy.Check{About: "notifications", Resource: topic, Verdict: "unknown", Actions: []string{id},
		Detail: "whether the topic's policy lets backup.amazonaws.com publish was not read: without it nothing arrives, and nothing says so"})
	d.add(remedy.Action{
		Remedy: NotifyVault, Resource: remedy.Resource{Type: "vault", Name: g.name, ARN: g.arn},
		Summary: fmt.Sprintf("tell %s of %s in vault %s", topic, strings.Join(wantedEvents(), " and "), g.name),
		Call:    "backup:PutBackupVaultNotifications", Needs: unique(d.makerOf(g.arn)),
		Change: remedy.Change{VaultNotifications: &remedy.VaultNotifications{Vault: g.name, Topic: topic, Events: all}},
		Before: remedy.NotificationsState(had, events), After: remedy.NotificationsState(topic, all),
		Risk:    "every finished job sends a message, those that succeed too",
		Inverse: remedy.Inverse{Change: &remedy.Change{VaultNotifications: &before}},
	}, g.tables...)
}
