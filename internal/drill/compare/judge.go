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
		r.Items, r.Reason = Differs, fmt.Sprintf("%d of %d differences are explained by no change after the moment", r.Unexplained, differing)
	case r.Method == Bounded && r.Unexplained > r.Deletions:
		r.Items, r.Reason = Differs, fmt.Sprintf("%d items differ whose change time is not after the moment", r.Unexplained-r.Deletions)
	case share <= c.o.MaxDrift:
		r.Items, r.Reason = WithinDrift, fmt.Sprintf("%s differ unexplained, %.4g%% of them all, and %.4g%% may", atLeast(left, r.Unexplained), share*100, c.o.MaxDrift*100)
	case r.Stream != nil && r.Stream.Problem != "":
		r.Items, r.Reason = Unknown, fmt.Sprintf("%s differ, and the stream that could explain them does not: %s", atLeast(left, r.Unexplained), r.Stream.Problem)
	case least <= c.o.MaxDrift:
		r.Items, r.Reason = Unknown, fmt.Sprintf("%s differ, and %d more were not looked into: how many of them do is not known", atLeast(left, r.Unexplained), r.Unexamined)
	default:
		r.Items, r.Reason = Differs, c.differ(left)
	}
}

func (c *comparison) differ(left int) string {
	r := c.res
	text := fmt.Sprintf("%s differ: %d changed, %d only in the first table, %d only in the second", atLeast(left, r.Unexplained), r.Changed, r.OnlyA, r.OnlyB)
	switch {
	case r.Method == Bounded:
		text = fmt.Sprintf("%d items are only in the second table: deletions, which no change time can explain", r.Deletions)
	case !r.Moment.IsZero():
		text += "; nothing explains them"
	}
	return text
}

func atLeast(left int, n int64) string {
	if left > 0 {
		return fmt.Sprintf("at least %d items", n+int64(left))
	}
	if n == 1 {
		return "1 item"
	}
	return fmt.Sprintf("%d items", n)
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
