package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy/journal"
	"github.com/restorable/restorable/internal/restore"
	"github.com/restorable/restorable/internal/restore/ways"
	"github.com/restorable/restorable/internal/store"
)

// coldLeast: a restore that took as long may have come from cold storage, which its record does not say.
const coldLeast = 4 * time.Hour

// measured are the restores that were timed: what AWS Backup remembers, and what this machine did itself, drills too. A list of ways does
// without: a store that is not there is none, and one that cannot be read is told of.
func (a *app) measured(ctx context.Context, es *estate.Estate, o awsOptions) []ways.Measured {
	out := ways.Measure(es)
	read := map[journal.Place]bool{}
	for _, u := range es.Units {
		place := journal.Place{Partition: u.Partition.Or(""), Account: u.Account.Or(""), Endpoint: a.endpoint(o)}
		if place.Account == "" || read[place] {
			continue
		}
		read[place] = true
		records, err := a.restoresOf(ctx, place)
		if err != nil {
			a.note("how long earlier restores took is not known: %v", err)
		}
		for _, r := range records {
			took := r.Active.Sub(r.Requested)
			if r.Active.IsZero() || r.Requested.IsZero() || took >= coldLeast {
				continue
			}
			out = append(out, ways.Measured{TableARN: r.Request.Table, Took: took, OtherRegion: r.Request.CrossRegion()})
		}
	}
	return out
}

// restoresOf reads the restores in the store of a place, and makes no store.
func (a *app) restoresOf(ctx context.Context, place journal.Place) ([]*restore.Record, error) {
	base, err := a.stateFolder()
	if err != nil {
		return nil, nil //nolint:nilerr // nowhere to keep runs: none were kept
	}
	if _, err := os.Stat(filepath.Join(base, place.Folder(), store.File)); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	s, err := a.openStore(ctx, place)
	if err != nil {
		return nil, err
	}
	records, err := restore.All(ctx, s)
	return records, errors.Join(err, s.Close())
}
