package protection

import "strings"

// sentence says in words what a selection decides and why.
func (s *selectionIndex) sentence(x *subject, d *Detail) string {
	who := "selection " + quote(d.Selection)
	if d.Plan != "" {
		who += " of plan " + quote(d.Plan)
	}
	switch d.Reason {
	case ByARN:
		return who + " matches " + quote(d.Pattern)
	case ByTag:
		return who + " matches tag " + quote(d.Tag.Key+"="+d.Tag.Value)
	case Excluded:
		return who + " matches, but NotResources excludes " + quote(d.Exclusion)
	case FilteredOut:
		return who + " matches, but its Conditions filter the table out" + d.Condition.words()
	case RestoreTest:
		return who + " matches, but backup plans ignore what restore testing makes"
	case NotOptedIn:
		return who + " matches, but DynamoDB is not opted in to AWS Backup in this Region"
	case NothingIncluded:
		return who + " includes nothing: both Resources and ListOfTags are empty"
	case Undecided:
		return who + ": not known" + facts(d)
	}
	return who + " does not match" + s.nearMiss(x)
}

func facts(d *Detail) string {
	if len(d.Missing) == 0 {
		return ""
	}
	names := make([]string, 0, len(d.Missing))
	for _, r := range d.Missing {
		names = append(names, r.Fact)
	}
	return ", for want of " + strings.Join(names, ", ")
}

func (c *FailedCondition) words() string {
	if c == nil {
		return ""
	}
	has := "the table has no such tag"
	switch {
	case c.Bare:
		has = "a key that does not begin with " + tagPrefix + " names no tag"
	case c.Tagged:
		has = "the table has " + quote(c.Tag)
	}
	return ": " + c.Operator + " " + quote(c.Key) + " " + quote(c.Value) + ", " + has
}

// nearMiss says what nearly matches: a pattern for another partition, account or Region, another case, a tag with another value.
func (s *selectionIndex) nearMiss(x *subject) string {
	for _, p := range s.include.all {
		if why := x.nearPattern(p); why != "" {
			return ": " + quote(p) + " " + why
		}
	}
	for _, t := range s.tags {
		if why := x.nearTag(t); why != "" {
			return ": " + why
		}
	}
	return ""
}

func (x *subject) nearPattern(p string) string {
	if x.arn == "" {
		return ""
	}
	switch {
	case p == x.name:
		return "is the table's name, not its ARN"
	case strings.EqualFold(p, x.arn):
		return "differs in upper and lower case, which counts"
	case scopeOf(p) != tables && scopeOf(p) != service:
		return ""
	}
	for _, f := range []struct {
		n    int
		what string
	}{{arnPartition, "partition"}, {arnRegion, "Region"}, {arnAccount, "account"}} {
		if glob(arnField(p, f.n), arnField(x.arn, f.n)) {
			continue
		}
		if glob(arnField(p, arnResource), arnField(x.arn, arnResource)) {
			return "names " + f.what + " " + quote(arnField(p, f.n)) + ", and a plan selects only in its own account and Region"
		}
	}
	return ""
}

func (x *subject) nearTag(t tagEntry) string {
	if v, has := x.tags[t.key]; has {
		return "the table has tag " + quote(t.key) + " with value " + quote(v) + ", not " + quote(t.value)
	}
	best := ""
	for key := range x.tags {
		if strings.EqualFold(key, t.key) && (best == "" || key < best) {
			best = key
		}
	}
	if best != "" {
		return "the table has tag " + quote(best) + ", not " + quote(t.key) + ": upper and lower case count"
	}
	return ""
}
