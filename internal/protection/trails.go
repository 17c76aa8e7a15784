package protection

import (
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

const (
	kmsEvents      = "kms.amazonaws.com"
	tableType      = "AWS::DynamoDB::Table"
	dynamodbEvents = "dynamodb.amazonaws.com"
)

// sortedQuoted lists names, quoted and in order.
func sortedQuoted(names map[string]bool) string {
	var out []string
	for _, n := range slices.Sorted(maps.Keys(names)) {
		out = append(out, quote(n))
	}
	return strings.Join(out, ", ")
}

// ManagementTrail answers whether a trail that covers every Region records management events, at least those that change something, and
// delivers them to S3.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
func ManagementTrail(u *estate.Unit) Answer[bool] {
	return trailFor(u, "a trail of all Regions that records management events to S3", func(t *estate.Trail) (tri, string, []estate.Reading) {
		basis := []estate.Reading{estate.Read("trail.multi_region", t.ID, t.MultiRegion), estate.Read("trail.bucket", t.ID, t.Bucket)}
		if holds(t.MultiRegion) == no {
			return no, "covers " + t.HomeRegion.Or("one Region") + " alone", basis
		}
		if t.Bucket.IsAbsent() {
			return no, "has no S3 bucket", basis
		}
		recorded, why, more := managementRecorded(t, "")
		return holds(t.MultiRegion).and(present(t.Bucket)).and(recorded), why, append(basis, more...)
	})
}

// KeyEventTrail answers whether a trail records in this Region what is done to KMS keys: disabling one, or scheduling its deletion, makes
// backups under it useless.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html#logging-management-events-kms
func KeyEventTrail(u *estate.Unit) Answer[bool] {
	return trailFor(u, "a trail that records KMS management events", func(t *estate.Trail) (tri, string, []estate.Reading) {
		return managementRecorded(t, kmsEvents)
	})
}

// DataTrail answers whether a trail records the writes of items of a table: data events, which no trail records by itself.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
func DataTrail(u *estate.Unit, table *estate.Table) Answer[bool] {
	return trailFor(u, "a trail that records writes of its items", func(t *estate.Trail) (tri, string, []estate.Reading) {
		return dataRecorded(t, table)
	})
}

// trailFor looks for a trail that logs, delivers and does what is asked for.
func trailFor(u *estate.Unit, what string, does func(*estate.Trail) (tri, string, []estate.Reading)) Answer[bool] {
	basis := []estate.Reading{estate.Read("unit.trails", "", u.Trails.Whole)}
	result, faults := no, []string{}
	for i := range u.Trails.Items {
		t := &u.Trails.Items[i]
		works, why, read := does(t)
		logs := holds(t.Logging)
		read = append(read, estate.Read("trail.logging", t.ID, t.Logging))
		if logs == no {
			why = "is not logging"
		}
		if works = works.and(logs); works == yes {
			return answered(yes, "trail "+quote(t.Name.Or(t.ID))+failing(t), read...)
		}
		if works == no {
			faults = append(faults, "trail "+quote(t.Name.Or(t.ID))+" "+why)
		}
		result, basis = result.or(works), append(basis, read...)
	}
	if result = result.or(whole(u.Trails.IsWhole()).not()); result == maybe {
		return answered(maybe, "whether there is "+what+" is not known", missing(basis)...)
	}
	if len(faults) == 0 {
		return answered(no, "there is no trail", basis...)
	}
	return answered(no, strings.Join(faults, "; "), basis...)
}

// failing adds that deliveries fail: the trail logs, but nothing arrives.
func failing(t *estate.Trail) string {
	if e, ok := t.DeliveryError.Get(); ok {
		return " (its latest delivery failed: " + message(e) + ")"
	}
	return ""
}

// present is whether a fact has a value.
func present[T any](f estate.Fact[T]) tri {
	if f.IsUnknown() {
		return maybe
	}
	return truth(f.IsKnown())
}

func selectorReadings(t *estate.Trail) []estate.Reading {
	return []estate.Reading{
		estate.Read("trail.event_selectors", t.ID, t.Selectors.Whole), estate.Read("trail.advanced_selectors", t.ID, t.Advanced.Whole),
	}
}

// managementRecorded is whether a trail records the management events that change something; source, if any, must be among them.
func managementRecorded(t *estate.Trail, source string) (tri, string, []estate.Reading) {
	basis, result, why := selectorReadings(t), no, "records no management events that change something"
	for i := range t.Selectors.Items {
		s := &t.Selectors.Items[i]
		basis = append(basis, estate.Read("event_selector.management", s.ID, s.Management), estate.Read("event_selector.read_write", s.ID, s.ReadWrite))
		recorded := holds(s.Management).and(writes(s.ReadWrite))
		if source != "" && recorded != no {
			basis = append(basis, estate.Read("event_selector.excluded", s.ID, s.Excluded))
			excluded := within(s.Excluded, source)
			if excluded == yes {
				why = "leaves the events of " + source + " out"
			}
			recorded = recorded.and(excluded.not())
		}
		result = result.or(recorded)
	}
	for i := range t.Advanced.Items {
		s := &t.Advanced.Items[i]
		basis = append(basis, estate.Read("advanced_selector.fields", s.ID, s.Fields))
		recorded := advancedRecords(s, event{"eventCategory": "Management", "readOnly": "false", "eventSource": orVaries(source)})
		if recorded == no && source != "" && advancedRecords(s, event{"eventCategory": "Management", "readOnly": "false", "eventSource": "cloudtrail.amazonaws.com"}) == yes {
			why = "leaves the events of " + source + " out"
		}
		result = result.or(recorded)
	}
	return result.or(whole(t.Selectors.IsWhole() && t.Advanced.IsWhole()).not()), why, basis
}

// writes: All or WriteOnly.
func writes(kind estate.Fact[string]) tri {
	if v, ok := kind.Get(); ok {
		return truth(v != "ReadOnly")
	}
	return maybe
}

func within(list estate.Fact[[]string], text string) tri {
	if list.IsUnknown() {
		return maybe
	}
	return truth(slices.Contains(list.Or(nil), text))
}

// dataRecorded: a basic selector names the type and the beginnings of ARNs; the ARN of the service stands for all tables.
func dataRecorded(t *estate.Trail, table *estate.Table) (tri, string, []estate.Reading) {
	basis, result := append(selectorReadings(t), estate.Read("table.arn", table.ID, table.ARN)), no
	for i := range t.Selectors.Items {
		s := &t.Selectors.Items[i]
		basis = append(basis, estate.Read("event_selector.data", s.ID, s.Data), estate.Read("event_selector.read_write", s.ID, s.ReadWrite))
		result = result.or(basicRecords(s, table.ARN).and(writes(s.ReadWrite)))
	}
	for i := range t.Advanced.Items {
		s := &t.Advanced.Items[i]
		basis = append(basis, estate.Read("advanced_selector.fields", s.ID, s.Fields))
		result = result.or(advancedRecords(s, event{
			"eventCategory": "Data", "resources.type": tableType, "readOnly": "false", "eventSource": dynamodbEvents, "resources.ARN": table.ARN.Or(notKnown),
		}))
	}
	return result.or(whole(t.Selectors.IsWhole() && t.Advanced.IsWhole()).not()), "records no writes of its items", basis
}

func basicRecords(s *estate.EventSelector, arn estate.Fact[string]) tri {
	data, ok := s.Data.Get()
	if !ok {
		return maybe
	}
	result := no
	for _, d := range data {
		if d.Type != tableType {
			continue
		}
		for _, v := range d.Values {
			result = result.or(beginsWith(arn, v))
		}
	}
	return result
}

// beginsWith: CloudTrail takes a value for the beginning of an ARN when it ends before the table's name, and else for the whole.
func beginsWith(arn estate.Fact[string], value string) tri {
	text, ok := arn.Get()
	if strings.HasPrefix(value, "arn:") && strings.HasSuffix(strings.TrimSuffix(value, ":"), ":dynamodb") && strings.Count(value, ":") <= 3 {
		return yes // arn:aws:dynamodb: every table
	}
	if !ok {
		return maybe
	}
	if strings.HasSuffix(value, "/") {
		return beginning(text, value)
	}
	return sameARN(text, value)
}

// sameARN compares ARNs of which either may hold symbols of a template: two resources that are declared are never one.
func sameARN(a, b string) tri {
	if a != b && declares(a) && declares(b) {
		return no
	}
	return equalText(a, b)
}

// beginning is whether a text begins with another, where either may hold symbols.
func beginning(text, prefix string) tri {
	switch {
	case strings.HasPrefix(text, prefix):
		return yes
	case !symbolic(text) && !symbolic(prefix):
		return no
	case alike(prefix+"*", text):
		return maybe
	}
	return no
}

// ending is whether a text ends in another, where either may hold symbols.
func ending(text, suffix string) tri {
	switch {
	case strings.HasSuffix(text, suffix):
		return yes
	case !symbolic(text) && !symbolic(suffix):
		return no
	case overlaps("*"+punch(suffix), punch(text)):
		return maybe
	}
	return no
}

// event is what is known of events of one kind by an advanced selector's fields.
type event map[string]string

// What may stand for a value: it differs from event to event, or it could not be read.
const varies, notKnown = "\x00", ""

func orVaries(s string) string {
	if s == "" {
		return varies
	}
	return s
}

// advancedRecords is whether a selector records every event of a kind. A field that the kind does not tell, such as eventName, lets only
// some through, which does not count; a selector that leaves single sources out still records management events.
func advancedRecords(s *estate.AdvancedSelector, e event) tri {
	fields, ok := s.Fields.Get()
	if !ok {
		return maybe
	}
	category, result := false, yes
	for i := range fields {
		f := &fields[i]
		category = category || f.Field == "eventCategory"
		result = result.and(fieldLets(f, e))
	}
	return truth(category).and(result)
}

// fieldLets is whether a field of a selector lets every event of a kind through.
func fieldLets(f *estate.SelectorField, e event) tri {
	switch value, told := e[f.Field]; {
	case told && value == notKnown:
		return maybe
	case told && value != varies:
		return fieldMatches(f, value)
	}
	onlyNegative := len(f.Equals)+len(f.StartsWith)+len(f.EndsWith) == 0
	return truth(f.Field == "eventSource" && onlyNegative)
}

func fieldMatches(f *estate.SelectorField, value string) tri {
	is := func(match func(string, string) tri, list []string) tri {
		t := no
		for _, s := range list {
			t = t.or(match(value, s))
		}
		return t
	}
	barred := is(sameARN, f.NotEquals).or(is(beginning, f.NotStartsWith)).or(is(ending, f.NotEndsWith))
	let := is(sameARN, f.Equals).or(is(beginning, f.StartsWith)).or(is(ending, f.EndsWith))
	let = let.or(truth(len(f.Equals)+len(f.StartsWith)+len(f.EndsWith) == 0))
	return let.and(barred.not())
}
