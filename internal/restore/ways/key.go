package ways

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// keysOf finds keys by ARN in all units: a unit tells of the keys that its own things are under.
func keysOf(es *estate.Estate) map[string]keyAt {
	keys := map[string]keyAt{}
	for _, u := range es.Units {
		for i := range u.Keys.Items {
			k := &u.Keys.Items[i]
			if old := keys[k.ID]; old.key == nil || !old.key.State.IsKnown() {
				keys[k.ID] = keyAt{k, u}
			}
		}
	}
	return keys
}

// keyAt is a key and the unit that tells of it.
type keyAt struct {
	key  *estate.Key
	unit *estate.Unit
}

// tableKey is the key of a table: without encryption of its own kind it is under AWS's, which nobody can take away.
func (l *lister) tableKey(w *Way, t *estate.Table) {
	if t.SSEType.IsAbsent() && !t.KeyARN.IsKnown() {
		w.KeyState = KeyUsable
		return
	}
	if t.KeyARN.IsAbsent() {
		w.judge(Maybe, "the key of the table is not known")
		return
	}
	l.key(w, t.KeyARN)
}

// key judges a way by the key that it is under; absent: AWS's own.
func (l *lister) key(w *Way, arn estate.Fact[string]) {
	if arn.IsAbsent() {
		w.KeyState = KeyUsable
		return
	}
	id, ok := arn.Get()
	if !ok {
		w.judge(Maybe, "the key that it is under is not known")
		return
	}
	w.Key = id
	at := l.keys[id]
	k := at.key
	if k == nil {
		w.judge(Maybe, "the state of its key is not known")
		return
	}
	if k.State.IsUnknown() {
		l.cannot(at.unit, "key "+short(id), k.State.Source())
	}
	w.KeyManager = k.Manager.Or("")
	w.judge(w.keyState(k))
}

// keyState: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
func (w *Way) keyState(k *estate.Key) (Answer, string) {
	if k.State.IsAbsent() {
		w.KeyState = KeyGone
		return No, "its key is deleted for ever"
	}
	state, ok := k.State.Get()
	if !ok {
		return Maybe, "the state of its key is not known"
	}
	w.KeyState = strings.ToLower(state)
	switch state {
	case "Enabled":
		w.KeyState = KeyUsable
		return Yes, ""
	case "Updating":
		w.KeyState = KeyUsable
		return Maybe, "its key is being updated"
	case "Disabled":
		w.KeyState = KeyDisabled
		return No, "its key is disabled: aws kms enable-key --key-id " + short(w.Key)
	case "PendingDeletion", "PendingReplicaDeletion":
		w.KeyState = KeyPending
		until := ""
		if at, ok := k.DeletionDate.Get(); ok {
			until = " on " + at.Time().Format("2006-01-02")
		}
		return No, "its key is to be deleted" + until + ": aws kms cancel-key-deletion --key-id " + short(w.Key)
	}
	return No, "its key is " + state
}

// short is the id in a key's ARN.
func short(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
