package estatebridge

import (
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/awssim/kms"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/estate"
)

// loadKeys files the keys that the unit knows, and for each key that is only referred to an enabled one.
func (l *loader) loadKeys(sc world.Scope, u *estate.Unit) {
	service := managedFor(u)
	for i := range u.Keys.Items {
		k := &u.Keys.Items[i]
		arn := k.ARN.Or(k.ID)
		if k.State.IsAbsent() {
			continue // KMS says that there is none
		}
		seed := kms.KeySeed{ARN: arn, State: k.State.Or("Enabled"), DeletionDate: moment(k.DeletionDate)}
		if k.State.IsUnknown() {
			l.say("%s: the state of key %s is not known; it is assumed to be enabled", place(sc), arn)
		}
		if k.Manager.Or("") == "AWS" {
			seed.Alias = service[arn]
		}
		l.KMS.AddKey(seed)
	}
	for _, arn := range slices.Sorted(maps.Keys(service)) {
		if _, known := l.KMS.State(arn); known || hasKey(u, arn) || !strings.HasPrefix(arn, "arn:") {
			continue
		}
		l.say("%s: nothing is known of key %s; it is assumed to be an enabled key of the customer's", place(sc), arn)
		l.KMS.AddKey(kms.KeySeed{ARN: arn})
	}
}

func hasKey(u *estate.Unit, arn string) bool {
	for i := range u.Keys.Items {
		if u.Keys.Items[i].ARN.Or(u.Keys.Items[i].ID) == arn {
			return true
		}
	}
	return false
}

// managedFor tells for each key that is referred to which alias it bears if it is AWS's own: that of the service that uses it.
func managedFor(u *estate.Unit) map[string]string {
	out := map[string]string{}
	note := func(f estate.Fact[string], alias string) {
		if arn, ok := f.Get(); ok && out[arn] == "" {
			out[arn] = alias
		}
	}
	for i := range u.Tables.Items {
		note(u.Tables.Items[i].KeyARN, "alias/aws/dynamodb")
	}
	for i := range u.Vaults.Items {
		v := &u.Vaults.Items[i]
		note(v.KeyARN, "alias/aws/backup")
		for j := range v.RecoveryPoints.Items {
			note(v.RecoveryPoints.Items[j].KeyARN, "alias/aws/backup")
		}
	}
	return out
}
