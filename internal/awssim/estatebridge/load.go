package estatebridge

import (
	"fmt"
	"time"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/dynamodb"
	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/estate"
)

// Load puts an estate into a fresh simulated AWS. The virtual clock should stand at the newest unit's Now. It takes the world's lock itself.
// The error names the resource that cannot be loaded.
func Load(as *awssim.Assembly, es *estate.Estate) error {
	_, err := LoadNotes(as, es)
	return err
}

// LoadNotes is Load, and lists in sentences what was assumed or could not be taken over, for the user to read.
func LoadNotes(as *awssim.Assembly, es *estate.Estate) (notes []string, err error) {
	at, err := scopes(es)
	if err != nil {
		return nil, err
	}
	l := &loader{Parts: as.Parts, hand: inside.New(as), said: map[string]bool{}, roles: map[string]bool{}, ids: uniqueIDs(es), empty: map[string]*dynamodb.Snapshot{}}
	as.World.Do(func() {
		l.now = as.World.Now()
		as.World.Stir()
		err = l.load(es, at)
	})
	return l.notes, err
}

type loader struct {
	awssim.Parts
	hand  *inside.Hand
	now   time.Time
	empty map[string]*dynamodb.Snapshot // by table ARN: what its recovery points hold
	roles map[string]bool               // by ARN: those that were filed
	ids   map[string]string             // by ARN: the unique ids of roles
	notes []string
	said  map[string]bool
}

// say notes something once.
func (l *loader) say(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if !l.said[line] {
		l.said[line] = true
		l.notes = append(l.notes, line)
	}
}

// load goes from what others refer to towards what refers to it: keys and roles, tables, backups, plans.
func (l *loader) load(es *estate.Estate, at []world.Scope) error {
	for i, u := range es.Units {
		l.loadKeys(at[i], u)
	}
	for i, u := range es.Units {
		if err := l.loadRoles(at[i], u); err != nil {
			return err
		}
	}
	for i, u := range es.Units {
		if err := l.loadIdentities(at[i], u); err != nil {
			return err
		}
	}
	for i, u := range es.Units {
		if err := l.loadTables(at[i], u); err != nil {
			return err
		}
	}
	l.loadReplicas(es, at)
	for i, u := range es.Units {
		if err := l.loadSettings(at[i], u); err != nil {
			return err
		}
		l.loadBackup(at[i], u)
		l.loadOversight(at[i], u)
		l.gaps(at[i], u)
	}
	return nil
}

// gaps says which lists are not whole: what they lack does not exist here.
func (l *loader) gaps(sc world.Scope, u *estate.Unit) {
	for _, list := range []struct {
		what  string
		whole estate.Fact[bool]
	}{
		{"tables", u.Tables.Whole}, {"backup plans", u.Plans.Whole}, {"vaults", u.Vaults.Whole}, {"DynamoDB backups", u.Backups.Whole},
		{"backup jobs", u.BackupJobs.Whole}, {"copy jobs", u.CopyJobs.Whole}, {"restore jobs", u.RestoreJobs.Whole},
		{"restore testing plans", u.RestoreTestingPlans.Whole},
	} {
		if all, known := list.whole.Get(); !known || !all {
			l.say("%s: the estate may not hold all %s; what it lacks does not exist here", place(sc), list.what)
		}
	}
	if full, _ := u.Full.Get(); !full {
		l.say("%s: TTL, resource policies, scaling, alarms and streams to Kinesis were not collected; none are assumed", place(sc))
	}
}

func place(sc world.Scope) string { return sc.Account + " in " + sc.Region }
