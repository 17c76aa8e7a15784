package compare

import "fmt"

// judge says what the items come to. left is the number of buckets that were not looked into.
func (c *comparison) judge(left int) {
	r := c.res
	differing := r.differences()
	r.Explained = c.out.explainedCount()
	r.Unexplained = differing - r.Explained
	share, least := 0.0, 0.0 // each bucket that was not looked into holds a difference, and all its items may be different
	if n := float64(r.total()); n > 0 {
		share, least = float64(r.Unexplained+r.Unexamined)/n, float64(r.Unexplained+int64(left))/n
	}
	switch {
	case differing == 0 && left == 0:
		r.Items, r.Method, r.Reason = Equal, Exact, fmt.Sprintf("all %d items are the same", r.Same)
	case left == 0 && r.Unexplained == 0:
		r.Items, r.Reason = Equal, fmt.Sprintf("%d items differ, and every difference is explained by a change after the moment", differing)
	case r.Method == Exact, r.Contradicted > 0:
		r.Items, r.Reason = Differs, fmt.Sprintf("nothing that happened after the moment explains %d of %d differences", r.Unexplained, differing)
	case r.Method == Bounded && r.Unexplained > r.Deletions:
		r.Items, r.Reason = Differs, fmt.Sprintf("%d items differ whose change time is not after the moment", r.Unexplained-r.Deletions)
	case share <= c.o.MaxDrift:
		r.Items, r.Reason = WithinDrift, fmt.Sprintf("%s unexplained, %.4g%% of them all, and %.4g%% may", differ(left, r.Unexplained), share*100, c.o.MaxDrift*100)
	case r.Stream != nil && r.Stream.Problem != "":
		r.Items, r.Reason = Unknown, fmt.Sprintf("%s, and the stream that could explain it does not: %s", differ(left, r.Unexplained), r.Stream.Problem)
	case least <= c.o.MaxDrift:
		r.Items, r.Reason = Unknown, fmt.Sprintf("%s, and %d more were not looked into: how many of them do is not known", differ(left, r.Unexplained), r.Unexamined)
	default:
		r.Items, r.Reason = Differs, c.tally(left)
	}
}

func (c *comparison) tally(left int) string {
	r := c.res
	text := fmt.Sprintf("%s: %d changed, %d only in the first table, %d only in the second", differ(left, r.Unexplained), r.Changed, r.OnlyA, r.OnlyB)
	switch {
	case r.Method == Bounded:
		text = fmt.Sprintf("%d items are only in the second table: deletions, which no change time can explain", r.Deletions)
	case !r.Moment.IsZero():
		text += "; nothing explains them"
	}
	return text
}

// differ says how many items differ, for certain; each bucket that was not looked into holds one.
func differ(left int, n int64) string {
	switch {
	case left > 0:
		return fmt.Sprintf("at least %d items differ", n+int64(left))
	case n == 1:
		return "1 item differs"
	}
	return fmt.Sprintf("%d items differ", n)
}

// overall joins the items' verdict and the invariants': a failure is certain whatever else is not known.
func overall(r *Result) Verdict {
	out := r.Items
	for _, i := range r.Invariants {
		switch {
		case i.Outcome == Fails:
			if out != Differs {
				r.Reason = "the invariant " + i.Name + " fails; " + r.Reason
			}
			out = Differs
		case i.Outcome == Undecided && out != Differs:
			if out != Unknown {
				r.Reason = "the invariant " + i.Name + " is not decided; " + r.Reason
			}
			out = Unknown
		}
	}
	return out
}
