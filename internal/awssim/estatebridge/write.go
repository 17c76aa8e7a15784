package estatebridge

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/backup"
	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/estate"
)

// Write writes the present state of a simulated AWS as an estate file. tool is the name of the program, and goes into the file.
// It takes the world's lock itself.
func Write(as *awssim.Assembly, w io.Writer, tool string) error {
	es, err := Read(as, tool)
	if err != nil {
		return err
	}
	return estate.Write(w, es)
}

// Read is the present state of a simulated AWS as an estate: every account and Region that holds something, all of it known,
// with provenance of the form "sim:dynamodb:DescribeTable". It takes the world's lock itself.
func Read(as *awssim.Assembly, tool string) (es *estate.Estate, err error) {
	as.World.Do(func() {
		r := &reader{Parts: as.Parts, hand: inside.New(as), now: estate.At(as.World.Now())}
		es = &estate.Estate{Tool: tool, CollectedAt: r.now}
		es.Units, err = r.units()
	})
	if err != nil {
		return nil, fmt.Errorf("read the simulated AWS: %w", err)
	}
	return es, nil
}

// reader reads one unit after another.
type reader struct {
	awssim.Parts
	hand    *inside.Hand
	now     estate.Instant
	sc      world.Scope
	unit    *estate.Unit
	home    bool // the first unit of its account
	sources map[string]estate.Source
	scaling map[string][]estate.ScalingTarget // by table name, of the present unit
	alarms  map[string][]estate.Alarm
}

func (r *reader) units() ([]*estate.Unit, error) {
	areas := map[world.Scope]backup.AreaState{}
	var at []world.Scope
	for _, a := range r.Backup.Dump() {
		areas[a.Scope] = a
		if len(a.Vaults)+len(a.Plans)+len(a.BackupJobs)+len(a.RestoreTests) > 0 || a.OptIn != nil {
			at = append(at, a.Scope)
		}
	}
	for _, sc := range r.DynamoDB.Scopes() {
		if tables, backups := r.DynamoDB.Dump(sc); len(tables)+len(backups) > 0 {
			at = append(at, sc)
		}
	}
	slices.SortFunc(at, func(a, b world.Scope) int {
		return strings.Compare(a.Partition+a.Account+a.Region, b.Partition+b.Account+b.Region)
	})
	var units []*estate.Unit
	for i, sc := range slices.Compact(at) {
		r.home = i == 0 || r.sc.Partition != sc.Partition || r.sc.Account != sc.Account
		r.sc, r.unit, r.sources = sc, &estate.Unit{}, map[string]estate.Source{}
		if err := r.read(areas[sc]); err != nil {
			return nil, fmt.Errorf("%s: %w", place(sc), err)
		}
		units = append(units, r.unit)
	}
	return units, nil
}

// of is the source of facts that an operation answers. One for all resources: they were read in one moment.
func (r *reader) of(operation string) estate.Source {
	if src, ok := r.sources[operation]; ok {
		return src
	}
	src := r.unit.Record(estate.Provenance{Operation: "sim:" + operation, ObservedAt: r.now})
	r.sources[operation] = src
	return src
}

func (r *reader) read(a backup.AreaState) error {
	own := r.of("world")
	u := r.unit
	u.Partition, u.Account, u.Region = estate.KnownFact(r.sc.Partition, own), estate.KnownFact(r.sc.Account, own), estate.KnownFact(r.sc.Region, own)
	u.Home = estate.KnownFact(r.home, own)
	u.Now, u.Reached, u.Full = estate.KnownFact(r.now, own), estate.KnownFact(true, own), estate.KnownFact(true, own)
	for _, step := range []func() error{
		r.readTables,
		r.readNativeBackups,
		r.readSettings,
		func() error { r.readBackup(a); return nil },
		r.readProtected,
		r.readKeys,
		r.readRoles,
		r.readIdentities,
		r.readOversight,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// lists that are read without paging are whole.
func (r *reader) whole(operation string) estate.Fact[bool] {
	return estate.KnownFact(true, r.of(operation))
}
