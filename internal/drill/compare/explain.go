package compare

import (
	"context"
	"fmt"
	"time"
)

// explain holds every difference against what may have happened after the moment. Only an interruption is an error: what cannot be explained stays so.
func (c *comparison) explain(ctx context.Context) error {
	r := c.res
	if c.o.Moment.IsZero() || r.differences() == 0 && r.Unexamined == 0 {
		return nil
	}
	if c.out.rest > 0 || r.Unexamined > 0 {
		c.remark("more than %d items differ: too many to be explained one by one", len(c.out.list))
		return nil
	}
	if !c.a.shape.created.IsZero() && c.a.shape.created.After(c.o.Moment.Add(c.o.Tolerance)) {
		c.remark("%s was created at %s, after the moment: it is not the table that was restored", c.a.shape.name, c.a.shape.created.UTC().Format(time.RFC3339))
	}
	if err := c.byStream(ctx); err != nil || r.Method == Exact {
		return err
	}
	if c.o.ChangedAt != "" {
		c.byChangeTime()
	}
	return nil
}

func (c *comparison) remark(format string, args ...any) {
	c.res.Notes = append(c.res.Notes, fmt.Sprintf(format, args...))
}

// earliest is the beginning of the interval in which a change may explain a difference. Streams and many applications tell time in
// whole seconds, rounded down.
func (c *comparison) earliest() time.Time {
	return c.o.Moment.Add(-c.o.Tolerance).Truncate(time.Second)
}

// byChangeTime explains what the source's items say of themselves. An item that is gone from the source says nothing.
func (c *comparison) byChangeTime() {
	r := c.res
	r.Method = Bounded
	from := c.earliest().UnixMilli()
	for i := range c.out.list {
		d := &c.out.list[i]
		switch {
		case d.state != unexplained:
		case d.kind == OnlyB:
			r.Deletions++
			d.why = "gone from the first table: no change time can say when"
		case d.changed == 0:
			d.why = "has no " + c.o.ChangedAt + " that can be read as a time"
		case d.changed < from:
			d.why = "last changed at " + time.UnixMilli(d.changed).UTC().Format(time.RFC3339) + ", before the moment"
		default:
			d.state, d.why = explained, "changed at "+time.UnixMilli(d.changed).UTC().Format(time.RFC3339)
		}
	}
}
