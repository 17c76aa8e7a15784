package drill

import (
	"context"
	"errors"
	"fmt"

	"github.com/restorable/restorable/internal/drill/compare"
)

// Against makes the parts of a comparison of a table with a point: the point is restored under a drill's name, its items are compared with
// those of the table, and found gets the outcome while the copy is still there. It works as a drill does, and proves less: settings are not
// compared and no time is judged. o's moment is the point's. What goes wrong while comparing ends it and takes the copy away; only an
// interruption leaves it, to drill cleanup.
func (w *Workshop) Against(a compare.Side, o compare.Options, found func(context.Context, *compare.Result, error) error) Parts {
	parts := w.Parts()
	parts.Items = func(ctx context.Context, d *Drill) error {
		o := o
		o.Moment, o.Tolerance = d.From.At, d.From.Tolerance()
		r, err := compare.Items(ctx, a, w.side(d.Target), o)
		if err == nil && r.B.TableID != "" && r.B.TableID != d.Target.TableID {
			err = fmt.Errorf("compare items: the table %s that was read is not the one that was restored: its id is %s", d.Target.Name, r.B.TableID)
		}
		if err = found(ctx, r, err); err != nil {
			if ctx.Err() != nil {
				return err
			}
			return errors.New(err.Error()) // whether AWS may answer better later does not matter: the copy goes now
		}
		d.keep(r)
		return nil
	}
	return parts
}
