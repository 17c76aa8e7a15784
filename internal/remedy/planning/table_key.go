package planning

import (
	"slices"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/objective"
	"github.com/restorable/restorable/internal/remedy"
)

// planTableKeys encrypts tables under stronger keys: the one that --key names, or one that AWS manages where that is enough.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html
func planTableKeys(d *draft) error {
	for _, t := range d.choice(EncryptWithKMS, func(o objective.Objective) bool { return o.Encryption != "" && o.Encryption != objective.AWSOwned }) {
		d.encrypt(t)
	}
	return nil
}

func (d *draft) encrypt(t *target) {
	table, x := d.table(t), d.Options.Extras
	level, known := keyLevel(d.unit, table)
	wanted := t.needs.Objective.Encryption
	if x.Key != "" && d.named(EncryptWithKMS) {
		wanted = objective.Customer
	}
	current := table.KeyARN.Or("")
	switch {
	case !known:
		d.refuse(EncryptWithKMS, t.arn, "under which key the table is now is not known", readMore)
		return
	case wanted == "" || wanted == objective.AWSOwned:
		d.refuse(EncryptWithKMS, t.arn, "which key it is to have was not said", "--key KEY_ARN, or an objective with encryption")
		return
	case stronger(level, wanted) && (x.Key == "" || current == x.Key || !d.named(EncryptWithKMS)):
		return
	case wanted == objective.Customer && x.Key == "":
		d.refuse(EncryptWithKMS, t.arn, "it is to have a key of the customer's, and none was named", "--key KEY_ARN")
		return
	}
	if d.declaredElsewhere(EncryptWithKMS, t) {
		return
	}
	change := remedy.TableKey{Table: t.name, Level: string(wanted)}
	if wanted == objective.Customer {
		change.KeyARN = x.Key
		if !d.keyFits(t, x.Key) {
			return
		}
	}
	d.addKey(t, change, remedy.TableKey{Table: t.name, Level: string(level), KeyARN: customerOnly(level, current)})
}

func (d *draft) addKey(t *target, change, back remedy.TableKey) {
	table := d.table(t)
	id := table.TableID.Or("")
	after := remedy.TableKeyState(id, change.KeyARN)
	key := change.KeyARN
	if change.KeyARN == "" { // the ARN of the key that AWS manages is not known before
		after, key = remedy.State{"table_id": id}, "the key that AWS manages"
	}
	d.add(remedy.Action{
		Remedy: EncryptWithKMS, Resource: tableResource(t),
		Summary: "encrypt " + t.name + " under " + key,
		Call:    "dynamodb:UpdateTable",
		Change:  remedy.Change{TableKey: &change},
		Before:  remedy.TableKeyState(id, table.KeyARN.Or("")), After: after,
		Risk: "whoever reads or writes the table needs the key too: roles without kms:Decrypt on it are cut off at once; should the key be disabled, the table cannot be reached, and is archived after seven days",
		Inverse: remedy.Inverse{
			Change: &remedy.Change{TableKey: &back}, Drop: remedy.DropKey,
			Loses: "the table goes back to its earlier key, which may be weaker; backups made meanwhile stay under the newer one",
		},
	}, t)
}

// keyFits says whether a customer's key can take the table; what speaks against it is refused, what is not known is checked.
func (d *draft) keyFits(t *target, key string) bool {
	a := splitARN(key)
	replicas := d.table(t).Replicas
	switch {
	case a.region != d.region || a.partition != d.partition:
		d.refuse(EncryptWithKMS, t.arn, "the key is of another Region than the table", "--key with one of "+d.region)
		return false
	case replicas.IsUnknown() || len(replicas.Or(nil)) > 0:
		d.refuse(EncryptWithKMS, t.arn, "it is, or may be, a global table: every replica needs a key of its own Region, in one change", "change the key of all replicas by hand")
		return false
	}
	usable, unsure, why := keyUsable(d.unit, estate.KnownFact(key, 0))
	check := remedy.Check{About: "key", Resource: key, Verdict: "ok", Detail: "the key is enabled"}
	if unsure {
		check.Verdict, check.Detail = "unknown", why
	}
	accepted := usable || unsure && d.Options.AcceptUnknown
	if accepted {
		check.Actions = []string{d.next()}
		d.check(check)
		return true
	}
	next := "--key with one that is enabled"
	if unsure {
		next = "--accept-unknown"
	}
	d.refuse(EncryptWithKMS, t.arn, why, next)
	return false
}

// keyLevel is the level of the key under which a table is.
func keyLevel(u *estate.Unit, t *estate.Table) (objective.Encryption, bool) {
	if t.SSEType.IsAbsent() {
		return objective.AWSOwned, true
	}
	arn, ok := t.KeyARN.Get()
	if !ok {
		return "", false
	}
	key := find(u.Keys.Items, func(k *estate.Key) estate.Fact[string] { return k.ARN }, arn)
	if key == nil {
		return "", false
	}
	switch key.Manager.Or("") {
	case "AWS":
		return objective.AWSManaged, true
	case "CUSTOMER":
		return objective.Customer, true
	}
	return "", false
}

// stronger reports whether a level is at least the wanted one.
func stronger(level, wanted objective.Encryption) bool {
	order := []objective.Encryption{objective.AWSOwned, objective.AWSManaged, objective.Customer}
	return slices.Index(order, level) >= slices.Index(order, wanted)
}

func customerOnly(level objective.Encryption, arn string) string {
	if level == objective.Customer {
		return arn
	}
	return ""
}
