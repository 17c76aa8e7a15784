package protection

import (
	"strconv"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// Warning is something in a selection or rule that AWS accepts, or may accept, and that does not do what it seems to.
type Warning struct {
	Code string // stable, for example "bare-condition-key"
	Text string
}

// The codes of warnings.
const (
	WarnInnerWildcard   = "wildcard-inside-name"
	WarnQuestionMark    = "question-mark"
	WarnNameNotARN      = "name-instead-of-arn"
	WarnBareCondition   = "bare-condition-key"
	WarnPrefixedTag     = "prefixed-tag-key"
	WarnContradiction   = "selects-nothing"
	WarnNothingIncluded = "nothing-included"
	WarnLimit           = "over-limit"
	WarnTwelveHours     = "twelve-hour-trap"
	WarnTooOften        = "more-than-hourly"
	WarnContinuous      = "continuous-ignored"
	WarnCold            = "cold-ignored"
	WarnCopies          = "copies-ignored"
)

// Limits of a selection, fixed by AWS (https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html).
const (
	maxARNs       = 500
	maxPatterns   = 30
	maxConditions = 30
	maxTags       = 30
)

// Warnings looks for mistakes in a selection.
func Warnings(s *estate.Selection) []Warning {
	var out []Warning
	resources, tags := s.Resources.Or(nil), s.ListOfTags.Or(nil)
	if len(resources) == 0 && len(tags) == 0 && !s.Resources.IsUnknown() && !s.ListOfTags.IsUnknown() {
		out = append(out, Warning{WarnNothingIncluded, "Resources and ListOfTags are both empty: AWS refuses such a selection"})
	}
	for _, list := range [][]string{resources, s.NotResources.Or(nil)} {
		for _, p := range list {
			out = append(out, patternWarnings(p)...)
		}
		out = append(out, limitWarnings(list)...)
	}
	for _, t := range tags {
		if strings.HasPrefix(t.Key, tagPrefix) {
			out = append(out, Warning{WarnPrefixedTag, "ListOfTags takes bare keys; whether AWS strips the prefix of " + quote(t.Key) + " is not documented"})
		}
	}
	if len(tags) > maxTags {
		out = append(out, Warning{WarnLimit, "more than 30 tags in one selection"})
	}
	return append(out, conditionWarnings(s)...)
}

func patternWarnings(p string) []Warning {
	var out []Warning
	if p == "*" || symbolic(p) {
		return nil
	}
	if strings.Contains(p, "?") {
		out = append(out, Warning{WarnQuestionMark, "a question mark is no wildcard: " + quote(p)})
	}
	if !strings.HasPrefix(p, "arn:") {
		return append(out, Warning{WarnNameNotARN, quote(p) + " is not an ARN and matches nothing"})
	}
	// CONFLICT (semantics 1.3): AWS promises only a wildcard at the end, its own guide uses others in the fields before the name.
	if at := strings.IndexByte(arnField(p, arnResource), '*'); at >= 0 && at != len(arnField(p, arnResource))-1 {
		out = append(out, Warning{WarnInnerWildcard, "AWS promises no wildcard inside a resource's name: " + quote(p)})
	}
	return out
}

func limitWarnings(list []string) []Warning {
	wild := 0
	for _, p := range list {
		if strings.Contains(p, "*") {
			wild++
		}
	}
	if wild > maxPatterns || len(list) > maxARNs {
		return []Warning{{WarnLimit, "more than 30 patterns or 500 ARNs in one selection: " + strconv.Itoa(wild) + " and " + strconv.Itoa(len(list))}}
	}
	return nil
}

func conditionWarnings(s *estate.Selection) []Warning {
	var out []Warning
	all := 0
	for _, list := range [][]estate.TagMatch{s.StringEquals.Or(nil), s.StringNotEquals.Or(nil), s.StringLike.Or(nil), s.StringNotLike.Or(nil)} {
		all += len(list)
		for _, t := range list {
			if !strings.HasPrefix(t.Key, tagPrefix) {
				out = append(out, Warning{WarnBareCondition, "Conditions take keys as " + tagPrefix + "KEY: " + quote(t.Key) + " matches no tag"})
			}
		}
	}
	if all > maxConditions {
		out = append(out, Warning{WarnLimit, "more than 30 conditions in one selection"})
	}
	values := map[string]string{}
	for _, t := range s.StringEquals.Or(nil) {
		if v, seen := values[t.Key]; seen && v != t.Value {
			out = append(out, Warning{WarnContradiction, "StringEquals asks " + quote(t.Key) + " to be both " + quote(v) + " and " + quote(t.Value) + ": the selection selects nothing"})
		}
		values[t.Key] = t.Value
	}
	return out
}

// ruleWarnings looks for what a rule says without effect.
func (r *RuleCover) warnings() []Warning {
	var out []Warning
	for _, w := range []struct {
		answer *Answer[bool]
		when   tri
		code   string
	}{
		{&r.ContinuousIgnored, yes, WarnContinuous}, {&r.ColdTakesEffect, no, WarnCold},
	} {
		if !w.answer.IsAbsent() && triOf(*w.answer) == w.when {
			out = append(out, Warning{w.code, w.answer.Why})
		}
	}
	for i := range r.Copies {
		if c := &r.Copies[i]; triOf(c.TakesEffect) == no {
			out = append(out, Warning{WarnCopies, c.TakesEffect.Why})
		}
	}
	return append(out, r.rule.scheduleWarnings()...)
}

func (r *ruleIndex) scheduleWarnings() []Warning {
	var out []Warning
	expression := r.rule.Schedule.Or(defaultSchedule)
	if twelveHourTrap(expression) {
		out = append(out, Warning{WarnTwelveHours, "hours do not wrap past midnight: " + quote(expression) + " starts once a day"})
	}
	if r.schedule.forever && r.schedule.longest < 3600e9 {
		out = append(out, Warning{WarnTooOften, "AWS Backup makes snapshots at most every hour"})
	}
	return out
}

// twelveHourTrap recognises hours such as 13/12, which read as twice a day and are once: AWS Backup evaluates between 00:00 and 23:59
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html).
func twelveHourTrap(expression string) bool {
	fields := strings.Fields(strings.TrimPrefix(expression, "cron("))
	if len(fields) < 2 {
		return false
	}
	from, step, found := strings.Cut(fields[1], "/")
	if !found {
		return false
	}
	first, err := strconv.Atoi(from)
	every, err2 := strconv.Atoi(step)
	return err == nil && err2 == nil && every <= 12 && first+every > 23
}
