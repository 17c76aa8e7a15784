package protection

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/restorable/restorable/internal/estate"
	"pgregory.net/rapid"
)

const typed = "arn:aws:dynamodb:*:*:table/*"

// with changes a selection that names resources.
func with(change func(*estate.Selection), resources ...string) estate.Selection {
	s := testSelection("s", resources...)
	if change != nil {
		change(&s)
	}
	return s
}

// selectionRow is a selection, a table and what comes of them.
type selectionRow struct {
	name     string
	sel      estate.Selection
	table    estate.Table
	optIn    *estate.Fact[map[string]bool]
	want     Reason
	sentence string // part of the reason in words
	assumed  string
	warning  string
}

func tag(kv ...string) func(*estate.Selection) {
	return func(s *estate.Selection) { s.ListOfTags = pairs(kv...) }
}

// includeRows are about what Resources and ListOfTags include.
func includeRows() []selectionRow {
	orders := tableARN("orders")
	return []selectionRow{
		{name: "a concrete ARN matches", sel: with(nil, orders), table: testTable("orders"), want: ByARN, sentence: orders},
		{name: "matching is case sensitive", sel: with(nil, tableARN("Orders")), table: testTable("orders"), want: NoMatch, sentence: "upper and lower case"},
		{name: "a star crosses colons and slashes", sel: with(nil, "arn:aws:dynamodb:*/orders"), table: testTable("orders"), want: ByARN},
		{name: "a trailing star is a prefix", sel: with(nil, tableARN("ord*")), table: testTable("orders"), want: ByARN},
		{name: "a star may be empty", sel: with(nil, tableARN("orders*")), table: testTable("orders"), want: ByARN},
		{name: "a star inside the name matches, unpromised", sel: with(nil, tableARN("*-prod")), table: testTable("orders-prod"), want: ByARN, assumed: "wildcard-inside-name", warning: WarnInnerWildcard},
		{name: "a question mark is literal", sel: with(nil, tableARN("order?")), table: testTable("orders"), want: NoMatch, warning: WarnQuestionMark},
		{name: "a name is no ARN", sel: with(nil, "orders"), table: testTable("orders"), want: NoMatch, sentence: "table's name, not its ARN", warning: WarnNameNotARN},
		{name: "another Region does not match", sel: with(nil, "arn:aws:dynamodb:eu-west-1:123456789012:table/*"), table: testTable("orders"), want: NoMatch, sentence: `names Region "eu-west-1"`},
		{name: "another partition does not match", sel: with(nil, "arn:aws-cn:dynamodb:*:*:table/*"), table: testTable("orders"), want: NoMatch, sentence: `names partition "aws-cn"`},
		{name: "another account does not match", sel: with(nil, "arn:aws:dynamodb:*:999999999999:table/orders"), table: testTable("orders"), want: NoMatch, sentence: `names account "999999999999"`},
		{name: "another type does not match", sel: with(nil, "arn:aws:rds:*:*:db:*"), table: testTable("orders"), want: NoMatch},

		{name: "a tag matches", sel: with(tag("backup", "daily")), table: testTable("orders", "backup", "daily"), want: ByTag, sentence: `tag "backup=daily"`},
		{name: "tags are an OR", sel: with(tag("backup", "daily", "tier", "gold")), table: testTable("orders", "tier", "gold"), want: ByTag},
		{name: "a tag's value must be equal", sel: with(tag("backup", "daily")), table: testTable("orders", "backup", "Daily"), want: NoMatch, sentence: `value "Daily", not "daily"`},
		{name: "a tag's value is no pattern in ListOfTags", sel: with(tag("backup", "da*")), table: testTable("orders", "backup", "daily"), want: NoMatch},
		{name: "a tag's key is case sensitive", sel: with(tag("backup", "daily")), table: testTable("orders", "Backup", "daily"), want: NoMatch, sentence: `tag "Backup", not "backup"`},
		{name: "a prefixed key in ListOfTags is accepted, assumed", sel: with(tag(tagPrefix+"backup", "daily")), table: testTable("orders", "backup", "daily"), want: ByTag, assumed: "prefixed-tag-key", warning: WarnPrefixedTag},
		{name: "Resources and ListOfTags are a union: by ARN", sel: with(tag("backup", "daily"), "*"), table: testTable("orders"), want: ByARN},
		{name: "Resources and ListOfTags are a union: by tag", sel: with(tag("backup", "daily"), tableARN("users")), table: testTable("orders", "backup", "daily"), want: ByTag},
		{name: "nothing included selects nothing", sel: with(nil), table: testTable("orders"), want: NothingIncluded, sentence: "both Resources and ListOfTags are empty", warning: WarnNothingIncluded},
		{name: "Conditions alone select nothing", sel: with(func(s *estate.Selection) { s.StringEquals = pairs(tagPrefix+"backup", "daily") }), table: testTable("orders", "backup", "daily"), want: NothingIncluded},
	}
}

// narrowRows are about what takes tables out again: exclusions, conditions, the opt-in, restore testing.
func narrowRows() []selectionRow {
	orders := tableARN("orders")
	optOut := kn(map[string]bool{dynamoDB: false})
	return []selectionRow{
		{name: "NotResources excludes", sel: with(func(s *estate.Selection) { s.NotResources = kn([]string{tableARN("x"), tableARN("ord*")}) }, "*"), table: testTable("orders"), want: Excluded, sentence: tableARN("ord*")},
		{name: "NotResources excludes matches by tag, assumed", sel: with(func(s *estate.Selection) {
			s.ListOfTags, s.NotResources = pairs("backup", "daily"), kn([]string{orders})
		}), table: testTable("orders", "backup", "daily"), want: Excluded, assumed: "exclusion-of-tag-match"},

		{name: "StringEquals holds", sel: with(func(s *estate.Selection) { s.StringEquals = pairs(tagPrefix+"stage", "prod") }, typed), table: testTable("orders", "stage", "prod"), want: ByARN},
		{name: "StringEquals on another value", sel: with(func(s *estate.Selection) { s.StringEquals = pairs(tagPrefix+"stage", "prod") }, typed), table: testTable("orders", "stage", "test"), want: FilteredOut, sentence: `the table has "test"`},
		{name: "StringEquals on a missing tag", sel: with(func(s *estate.Selection) { s.StringEquals = pairs(tagPrefix+"stage", "prod") }, typed), table: testTable("orders"), want: FilteredOut, sentence: "no such tag"},
		{name: "conditions are an AND", sel: with(func(s *estate.Selection) { s.StringEquals = pairs(tagPrefix+"stage", "prod", tagPrefix+"tier", "gold") }, typed), table: testTable("orders", "stage", "prod"), want: FilteredOut, sentence: "tier"},
		{name: "the same key twice selects nothing", sel: with(func(s *estate.Selection) {
			s.StringEquals = pairs(tagPrefix+"stage", "prod", tagPrefix+"stage", "test")
		}, typed), table: testTable("orders", "stage", "prod"), want: FilteredOut, warning: WarnContradiction},
		{name: "conditions filter matches by tag too", sel: with(func(s *estate.Selection) {
			s.ListOfTags, s.StringNotEquals = pairs("backup", "true"), pairs(tagPrefix+"stage", "test")
		}), table: testTable("orders", "backup", "true", "stage", "test"), want: FilteredOut},
		{name: "a bare key in Conditions names no tag", sel: with(func(s *estate.Selection) { s.StringEquals = pairs("stage", "prod") }, typed), table: testTable("orders", "stage", "prod"), want: FilteredOut, assumed: "bare-condition-key", warning: WarnBareCondition},
		{name: "StringNotEquals keeps a table without the tag, assumed", sel: with(func(s *estate.Selection) { s.StringNotEquals = pairs(tagPrefix+"stage", "test") }, typed), table: testTable("orders"), want: ByARN, assumed: "negated-operator-on-missing-tag"},
		{name: "StringNotEquals keeps another value", sel: with(func(s *estate.Selection) { s.StringNotEquals = pairs(tagPrefix+"stage", "test") }, typed), table: testTable("orders", "stage", "prod"), want: ByARN},
		{name: "StringLike star is any value", sel: with(func(s *estate.Selection) { s.StringLike = pairs(tagPrefix+"stage", "*") }, typed), table: testTable("orders", "stage", ""), want: ByARN},
		{name: "StringLike star needs the tag", sel: with(func(s *estate.Selection) { s.StringLike = pairs(tagPrefix+"stage", "*") }, typed), table: testTable("orders"), want: FilteredOut},
		{name: "StringLike matches in the middle", sel: with(func(s *estate.Selection) { s.StringLike = pairs(tagPrefix+"stage", "p*d") }, typed), table: testTable("orders", "stage", "prod"), want: ByARN},
		{name: "a star is no white space", sel: with(func(s *estate.Selection) { s.StringLike = pairs(tagPrefix+"stage", "prod*") }, typed), table: testTable("orders", "stage", "prod server"), want: FilteredOut},
		{name: "white space can be written", sel: with(func(s *estate.Selection) { s.StringLike = pairs(tagPrefix+"stage", "prod *") }, typed), table: testTable("orders", "stage", "prod server"), want: ByARN},
		{name: "StringNotLike filters", sel: with(func(s *estate.Selection) { s.StringNotLike = pairs(tagPrefix+"stage", "t*") }, typed), table: testTable("orders", "stage", "test"), want: FilteredOut, sentence: "StringNotLike"},

		{name: "opted out: by tag needs the opt-in", sel: with(tag("b", "1")), table: testTable("orders", "b", "1"), optIn: &optOut, want: NotOptedIn, sentence: "not opted in"},
		{name: "opted out: star needs the opt-in", sel: with(nil, "*"), table: testTable("orders"), optIn: &optOut, want: NotOptedIn},
		{name: "opted out: the service needs the opt-in", sel: with(nil, "arn:aws:dynamodb:*"), table: testTable("orders"), optIn: &optOut, want: NotOptedIn},
		{name: "opted out: the type overrides", sel: with(nil, typed), table: testTable("orders"), optIn: &optOut, want: ByARN},
		{name: "opted out: a concrete ARN overrides", sel: with(nil, orders), table: testTable("orders"), optIn: &optOut, want: ByARN},
		{name: "opted out: the type wins beside tags", sel: with(tag("b", "1"), "arn:aws:dynamodb:eu-west-1:*:table/*"), table: testTable("orders", "b", "1"), optIn: &optOut, want: ByTag},
		{name: "opted out: by tag beside another type, assumed", sel: with(tag("b", "1"), "arn:aws:rds:*:*:db:*"), table: testTable("orders", "b", "1"), optIn: &optOut, want: NotOptedIn, assumed: "opt-in-of-tag-match"},

		{name: "restore testing: by name", sel: with(nil, "*"), table: testTable("awsbackup-restore-test-1"), want: RestoreTest},
		{name: "restore testing: by tag", sel: with(nil, "*"), table: testTable("orders", "awsbackup-restore-test", "x"), want: RestoreTest},
	}
}

// TestSelection goes through semantics 1.2 to 1.6 and 1.8 row by row.
func TestSelection(t *testing.T) {
	for _, row := range append(includeRows(), narrowRows()...) {
		t.Run(row.name, func(t *testing.T) {
			u := testUnit([]estate.Table{row.table}, testPlan("p", []estate.Selection{row.sel}, testRule("r")))
			if row.optIn != nil {
				u.Settings.OptIn = *row.optIn
			}
			c := coverFirst(u)
			d := c.Considered[0].Detail()
			if d.Reason != row.want {
				t.Fatalf("reason %q, want %q: %s", d.Reason, row.want, d.Sentence)
			}
			selected := row.want == ByARN || row.want == ByTag
			want(t, "selected", c.Selected, truth(selected))
			if !strings.Contains(d.Sentence, row.sentence) {
				t.Errorf("sentence %q lacks %q", d.Sentence, row.sentence)
			}
			if row.assumed != "" && !slices.ContainsFunc(d.Assumed, func(a Assumption) bool { return a.ID == row.assumed }) {
				t.Errorf("assumed %v lacks %s", d.Assumed, row.assumed)
			}
			if row.warning != "" && !slices.ContainsFunc(d.Warnings, func(w Warning) bool { return w.Code == row.warning }) {
				t.Errorf("warnings %v lack %s", d.Warnings, row.warning)
			}
			if selected && (d.Pattern == "") == (d.Tag == nil) && row.want == ByTag {
				t.Errorf("neither pattern nor tag is named: %+v", d)
			}
		})
	}
}

func TestSelectionUnknown(t *testing.T) {
	byTag := with(func(s *estate.Selection) { s.ListOfTags = pairs("b", "1") })
	unread := testTable("orders")
	unread.Tags = un[map[string]string]()
	for _, row := range []struct {
		name   string
		sel    estate.Selection
		table  estate.Table
		change func(*estate.Unit)
		want   tri
		fact   string
	}{
		{"tags not read, match by tag", byTag, unread, nil, maybe, "table.tags"},
		{"tags not read, match by ARN decides", with(nil, typed), unread, func(u *estate.Unit) {}, maybe, "table.tags"}, // it may be a restore-test artefact
		{"tags not read, exclusion decides", with(func(s *estate.Selection) { s.NotResources = kn([]string{tableARN("orders")}) }, typed), unread, nil, no, ""},
		{"opt-in not read, by tag", byTag, testTable("orders", "b", "1"), func(u *estate.Unit) { u.Settings.OptIn = un[map[string]bool]() }, maybe, "settings.opt_in"},
		{"opt-in not read, the type decides", with(nil, typed), testTable("orders"), func(u *estate.Unit) { u.Settings.OptIn = un[map[string]bool]() }, yes, ""},
		{"an organisation's plan follows another account's opt-in", byTag, testTable("orders", "b", "1"), func(u *estate.Unit) { u.Plans.Items[0].FromOrganization = kn(true) }, maybe, ""},
		{"selections not whole, none matches", with(nil, tableARN("x")), testTable("orders"), func(u *estate.Unit) { u.Plans.Items[0].Selections.Whole = un[bool]() }, maybe, "plan.selections"},
		{"plans not whole, one matches", with(nil, typed), testTable("orders"), func(u *estate.Unit) { u.Plans.Whole = un[bool]() }, yes, ""},
		{"plans not whole, none matches", with(nil, tableARN("x")), testTable("orders"), func(u *estate.Unit) { u.Plans.Whole = un[bool]() }, maybe, "unit.plans"},
	} {
		t.Run(row.name, func(t *testing.T) {
			u := testUnit([]estate.Table{row.table}, testPlan("p", []estate.Selection{row.sel}, testRule("r")))
			if row.change != nil {
				row.change(u)
			}
			c := coverFirst(u)
			want(t, "selected", c.Selected, row.want)
			if row.fact != "" && !slices.ContainsFunc(c.Selected.Basis, func(r estate.Reading) bool { return r.Fact == row.fact }) {
				t.Errorf("basis %v lacks %s", c.Selected.Basis, row.fact)
			}
		})
	}
}

// TestTemplateSelection: a template knows neither account nor Region, and names resources by symbols.
func TestTemplateSelection(t *testing.T) {
	const symbol = "${aws_dynamodb_table.orders.arn}"
	for _, row := range []struct {
		pattern string
		want    tri
	}{
		{"*", yes}, {symbol, yes}, {"${aws_dynamodb_table.users.arn}", maybe}, {typed, yes},
		{"arn:aws:dynamodb:eu-west-1:*:table/*", maybe}, {"arn:aws:dynamodb:*:*:table/ord*", yes},
		{"arn:aws:dynamodb:*:*:table/users", no}, {"arn:aws:rds:*:*:db:*", no}, {"orders", no},
	} {
		tab := testTable("orders")
		tab.ID, tab.ARN = "aws_dynamodb_table.orders", kn(symbol)
		u := testUnit([]estate.Table{tab}, testPlan("p", []estate.Selection{with(nil, row.pattern)}, testRule("r")))
		u.Account, u.Region, u.Now = un[string](), un[string](), ab[estate.Instant]()
		want(t, row.pattern, coverFirst(u).Selected, row.want)
	}
}

// naive is the definition of a glob, written down without cleverness.
func naive(p, s string) bool {
	if p == "" {
		return s == ""
	}
	if p[0] == '*' {
		r, size := utf8.DecodeRuneInString(s)
		return naive(p[1:], s) || s != "" && !unicode.IsSpace(r) && naive(p, s[size:])
	}
	return s != "" && s[0] == p[0] && naive(p[1:], s[1:])
}

func TestGlobIsItsDefinition(t *testing.T) {
	text := rapid.StringMatching(`[ab :*é\x{a0}\x{3000}]{0,10}`)
	rapid.Check(t, func(t *rapid.T) {
		p, s := text.Draw(t, "pattern"), text.Draw(t, "text")
		if glob(p, s) != naive(p, s) {
			t.Fatalf("glob(%q, %q) = %v", p, s, glob(p, s))
		}
		if naive(p, s) && !overlaps(p, s) {
			t.Fatalf("%q matches %q but does not overlap", p, s)
		}
	})
}

// TestAnswersSayWhatTheyAssume: what AWS does not document is named wherever an answer rests on it.
func TestAnswersSayWhatTheyAssume(t *testing.T) {
	for _, row := range []struct{ change func(*estate.Selection) }{
		{func(s *estate.Selection) { s.StringNotEquals = pairs(tagPrefix+"stage", "test") }},
		{func(s *estate.Selection) { s.StringEquals = pairs("stage", "prod") }},
		{func(s *estate.Selection) { s.Resources = kn([]string{tableARN("*ers")}) }},
	} {
		u := daily()
		row.change(&u.Plans.Items[0].Selections.Items[0])
		if c := coverFirst(u); !strings.Contains(c.Selected.Why, "(assumed: ") {
			t.Errorf("%q", c.Selected.Why)
		}
	}
	if why := coverFirst(daily()).Selected.Why; strings.Contains(why, "assumed") {
		t.Errorf("%q assumes nothing", why)
	}
}
