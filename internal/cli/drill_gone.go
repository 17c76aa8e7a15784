package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/drill"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/restore"
	"github.com/restorable/restorable/internal/restore/ways"
)

// layOutGone makes the drills of tables that are named, not matched, and are there no more: what was left of them can be restored.
func (a *app) layOutGone(ctx context.Context, l layout, tables []string) error {
	for _, name := range tables {
		if !isTableName(name) || strings.HasPrefix(name, drill.TablePrefix) || isLive(l.estate, name) {
			continue
		}
		all, unknown, err := ways.List(l.estate, name, l.estimates)
		if err != nil || len(all) == 0 {
			continue // nobody says that there ever was one
		}
		way, maybe, err := drill.Choose(all, "", l.asked.From, l.asked.Region)
		var d *drill.Drill
		if err == nil {
			d, err = a.goneDrill(ctx, l, way)
		} else {
			reason := err
			if d, err = drill.NewGone(l.asked, all[0].Table, restore.Source{}, restore.Key{}, nil); err == nil {
				d.Refuse(maybe || len(unknown) > 0, reasonFor(reason, unknown))
			}
		}
		if err != nil {
			return err
		}
		l.work.drills = append(l.work.drills, d)
	}
	return nil
}

// isLive reports whether a table of the name is there, or may be: then nothing is said to be gone.
func isLive(es *estate.Estate, name string) bool {
	for _, u := range es.Units {
		if !u.Tables.IsWhole() && u.Tables.Whole.IsUnknown() {
			return true
		}
		if slices.ContainsFunc(u.Tables.Items, func(t estate.Table) bool { return t.Name.Or("") == name }) {
			return true
		}
	}
	return false
}

// goneDrill makes the drill of a table that is gone, by one way.
func (a *app) goneDrill(ctx context.Context, l layout, way *ways.Way) (*drill.Drill, error) {
	known, key, err := a.goneSource(ctx, l, way)
	var file *complaint
	if errors.As(err, &file) {
		return nil, err
	}
	d, made := drill.NewGone(l.asked, way.Table, known, key, way)
	if made != nil {
		return nil, made
	}
	var lost *restore.GoneError
	switch {
	case errors.As(err, &lost):
		d.Refuse(false, lost.What+"; --encryption names another")
	case err != nil:
		d.Refuse(true, "what is known of the table, which is gone, could not be read: "+err.Error())
	default:
		l.work.lookForTakers(l.estate, d)
	}
	u, t := aboutGone(l.estate, way, known)
	d.Objective = drill.ObjectiveOf(a.objectives(), u, t)
	return d, nil
}

// aboutGone is what a tier can be found by: of a table that is gone, mostly its name.
func aboutGone(es *estate.Estate, way *ways.Way, known restore.Source) (*estate.Unit, *estate.Table) {
	if known.Unit != nil && known.Unit.Account.IsKnown() {
		return known.Unit, known.Table
	}
	u := unitOf(es, arnAccount(way.Table.ARN), arnRegion(way.Table.ARN))
	if u == nil {
		u = &estate.Unit{}
	}
	return u, &estate.Table{ID: way.Table.ARN, ARN: estate.KnownFact(way.Table.ARN, 0), Name: estate.KnownFact(way.Table.Name, 0)}
}

// goneSource is what is known of a table that is gone: from an estate file, or from one of DynamoDB's own backups. Of others the point
// tells the key alone.
func (a *app) goneSource(ctx context.Context, l layout, way *ways.Way) (restore.Source, restore.Key, error) {
	account := l.work.account(way.Account)
	fit := func(k restore.Key) (restore.Key, error) {
		if l.options.encryption != "" || k.Level == "" {
			return k, nil
		}
		return restore.Fit(ctx, account, way.Region, k)
	}
	if l.options.estate != "" {
		known, err := a.sourceFile(l.options.estate, way.Table)
		return known, restore.Key{}, err
	}
	if way.Native() {
		known, err := restore.FromBackup(ctx, account, way.Region, way.ARN)
		if err != nil {
			return known, restore.Key{}, err
		}
		level, arn := known.Settings().Key()
		key, err := fit(restore.Key{Level: level, ARN: arn})
		return known, key, err
	}
	key, err := restore.KeyOfPoint(ctx, account, way.Region, way.Vault, way.ARN)
	if err != nil {
		return restore.Source{}, key, err
	}
	key, err = fit(key)
	return restore.Source{}, key, err
}

func arnAccount(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}
