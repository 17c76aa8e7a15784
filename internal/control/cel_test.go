package control

import (
	"strings"
	"testing"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/restorable/restorable/internal/estate"
)

// trapUnit has two plans, one of them with a rule of which nothing is known, vaults of which a page is missing, and a table.
const trapUnit = `{
 "provenance":[{},{"operation":"dynamodb:DescribeTable","observed_at":"2026-11-21T05:00:00Z"},
               {"operation":"backup:GetBackupPlan","code":"AccessDeniedException","message":"no"}],
 "now":"2026-11-21T05:00:00Z",
 "region":"eu-west-1",
 "tables":[{"id":"orders","src":1,"name":"orders","status":"ACTIVE","size_bytes":5,"created_at":"2026-11-20T05:00:00Z",
            "pitr_period_days":null,"pitr_earliest":null,"tags":{"env":"prod"}}],
 "plans":[{"id":"p1","name":"daily","rules":[{"id":"r1","name":"a","vault":"v1","delete_after_days":35}],
           "selections":[{"id":"s1","name":"all","resources":["*"],"not_resources":null}]},
          {"id":"p2","name":"mystery","rules":[{"id":"r2","name":"b"}]}],
 "roles":{"whole":{"$unknown":2},"items":[{"id":"one","name":"first"},{"id":"two","name":"second"}]}
}`

func trapEvaluation(t *testing.T) (*Catalogue, *evaluation) {
	t.Helper()
	u, err := estate.DecodeUnit([]byte(trapUnit))
	if err != nil {
		t.Fatal(err)
	}
	l, err := newLanguage()
	if err != nil {
		t.Fatal(err)
	}
	c := &Catalogue{language: l}
	control := &Control{Resource: TypeTable, Parameters: []Parameter{
		{Name: "rpo", Type: DurationParameter, Default: day},
		{Name: "days", Type: DaysParameter, Default: int64(35)},
		{Name: "scenarios", Type: ListParameter, Default: []string{"a", "b"}},
	}}
	run := c.Evaluate(u, Options{Controls: []*Control{control}})
	return c, &evaluation{run: run, control: control, subject: tableSubject(u, &u.Tables.Items[0], newPlaces(u))}
}

func evalTrap(t *testing.T, text string) (ref.Val, *evaluation, error) {
	t.Helper()
	c, e := trapEvaluation(t)
	s, err := c.language.scope(TypeTable, e.control.Parameters)
	if err != nil {
		t.Fatal(err)
	}
	m := newMistakes("trap", []byte(text))
	p, ok := s.compile(m, source{text: text, full: text})
	if !ok {
		t.Fatalf("%s: %v", text, m.Err())
	}
	out, _, err := p.Eval(e)
	return out, e, err
}

func TestAListThatIsShortAnswersByWhatItHolds(t *testing.T) {
	for _, row := range []struct{ expression, want string }{
		{`unit.roles.exists(r, r.name == "first")`, "true"},
		{`unit.roles.exists(r, r.name == "third")`, "unknown"},
		{`unit.roles.all(r, r.name == "first")`, "false"},
		{`unit.roles.all(r, r.name != "third")`, "unknown"},
		{`unit.roles.exists_one(r, r.name == "first")`, "unknown"},
		{`unit.roles.size() > 0`, "unknown"},
		{`unit.roles[0].name == "first"`, "true"},
		{`unit.roles[2].name == "third"`, "unknown"},
		{`unit.roles.map(r, r.name).size() == 2`, "unknown"},
		{`unit.roles.filter(r, r.name == "third").size() == 0`, "unknown"},
		{`unit.keys.exists(k, k.id != "")`, "unknown"}, // nothing of them is known
	} {
		out, _, err := evalTrap(t, row.expression)
		got := "unknown"
		if err != nil {
			got = err.Error()
		} else if b, ok := out.(types.Bool); ok {
			got = map[bool]string{true: "true", false: "false"}[bool(b)]
		}
		if got != row.want {
			t.Errorf("%s: %s, want %s", row.expression, got, row.want)
		}
	}
}

func TestUnknownIsAbsorbedOnlyWhereKnownFactsDecide(t *testing.T) {
	rows := []struct{ expression, want string }{
		{`table.deletion_protection`, "unknown"},
		{`!table.deletion_protection`, "unknown"},
		{`false && table.deletion_protection`, "false"},
		{`table.deletion_protection && false`, "false"},
		{`true || table.deletion_protection`, "true"},
		{`table.deletion_protection || true`, "true"},
		{`true && table.deletion_protection`, "unknown"},
		{`table.deletion_protection ? true : true`, "unknown"},
		{`true ? true : table.deletion_protection`, "true"},
		{`table.deletion_protection == true`, "unknown"},
		{`table.table_class != "STANDARD"`, "unknown"},
		{`table.table_class == null`, "unknown"},
		{`table.table_class in ["STANDARD"]`, "unknown"},
		{`"a" in ["b", table.table_class]`, "unknown"},
		{`table.item_count + 1 > 0`, "unknown"},
		{`table.item_count > 0 || table.size_bytes > 0`, "true"},

		{`table.pitr_period_days == null`, "true"},
		{`table.pitr_period_days != null && table.pitr_period_days >= 35`, "false"},
		{`table.pitr_earliest == null`, "true"},
		{`table.size_bytes == null`, "false"},
		{`now - table.created_at == duration("24h")`, "true"},
		{`now - table.created_at <= params.rpo`, "true"},
		{`now - table.created_at <= days(1)`, "true"},
		{`seconds(params.rpo) == 86400`, "true"},
		{`params.days == 35 && "b" in params.scenarios`, "true"},

		{`unit.plans.exists(p, p.rules.exists(r, r.vault == "v1"))`, "true"},
		{`unit.plans.exists(p, p.rules.exists(r, r.vault == "v2"))`, "unknown"},
		{`unit.plans.all(p, p.rules.all(r, r.vault == "v1"))`, "unknown"},
		{`unit.plans.all(p, p.rules.all(r, r.vault == "v2"))`, "false"},
		{`unit.plans.exists_one(p, p.rules.exists(r, r.vault == "v1"))`, "unknown"},
		{`unit.plans.filter(p, p.rules.exists(r, r.vault == "v1")).size() == 1`, "unknown"},
		{`unit.plans.map(p, p.version).size() == 2`, "unknown"},
		{`unit.plans.size() == 2`, "true"},
		{`unit.vaults.exists(v, v.name == "v1")`, "unknown"},
		{`unit.vaults.all(v, v.name == "v1")`, "unknown"},
		{`unit.plans.exists(p, p.selections.exists(s, s.resources.exists(r, r == "*")))`, "true"},
		{`unit.plans.exists(p, p.selections.exists(s, "*" in s.resources))`, "true"},
		{`unit.plans[0].selections[0].not_resources.size() == 0`, "true"},
		{`unit.plans[0].selections[0].list_of_tags.size() == 0`, "unknown"},
		{`table.tags["env"] == "prod" && "env" in table.tags && !("x" in table.tags)`, "true"},
		{`unit.settings.opt_in["DynamoDB"]`, "unknown"},
		{`undecided || true`, "true"},
		{`undecided && true`, "unknown"},
	}
	for _, row := range rows {
		out, _, err := evalTrap(t, row.expression)
		if err != nil {
			t.Errorf("%s: %v", row.expression, err)
			continue
		}
		got := valueText(out)
		if types.IsUnknown(out) {
			got = "unknown"
		}
		if got != row.want {
			t.Errorf("%s = %s, want %s", row.expression, got, row.want)
		}
	}
}

func TestEvaluationErrors(t *testing.T) {
	for _, expression := range []string{
		`table.tags["nothing"] == "x"`,
		`table.pitr_period_days >= 35`,
		`unit.plans[7].name == "x"`,
	} {
		if out, _, err := evalTrap(t, expression); err == nil {
			t.Errorf("%s = %v, want an error", expression, out)
		}
	}
}

func TestRefusedExpressions(t *testing.T) {
	rows := []struct {
		expression, message, hint string
		column                    int
	}{
		{`table.pitr_statu == "ENABLED"`, "undefined field 'pitr_statu'", "did you mean pitr_status?", 6},
		{`unit.plans.exists(p, p.naem == "x")`, "undefined field 'naem'", "did you mean name?", 23},
		{`tabel.name == "x"`, "undeclared reference to 'tabel'", "did you mean table?", 1},
		{`has(table.name)`, "undeclared reference to 'has'", "cannot tell unknown from absent", 4},
		{`dyn(table.name) == 1`, "undeclared reference to 'dyn'", "not available", 4},
		{`params.rppo > params.rpo`, "undeclared reference to 'params.rppo'", "did you mean params.rpo?", 7},
		{`table.name > 3`, "no matching overload for '>' applied to '(string, int)'", "", 12},
		{`table.size_bytes < 3.5`, "no matching overload for '<' applied to '(int, double)'", "do not mix", 18},
		{`table.name &&`, "Syntax error", "", 14},
		{`table.name`, "of type string, want bool", "", 1},
		{`table.tags == table.tags`, "cannot be compared", "exists()", 12},
		{`unit.plans[0] == unit.plans[1]`, "cannot be compared", "", 15},
		{`unit.plans[0] in unit.plans`, "cannot look for a value in a list(estate.plan)", "exists()", 15},
		{`[table.name] != ["x"]`, "cannot be compared", "", 14},
		{`unit.plans.all(a, unit.plans.all(b, unit.plans.all(c, unit.plans.all(d, unit.plans.all(e, a.name == e.name)))))`, "steps, the limit is", "nest fewer", 1},
		{`estate.Plan{} == null`, "cannot make a record", "", 12},
	}
	c, e := trapEvaluation(t)
	s, err := c.language.scope(TypeTable, e.control.Parameters)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		text := "passes: " + row.expression
		m := newMistakes("trap.yaml", []byte(text))
		doc, ok := m.Document([]byte("passes: '" + strings.ReplaceAll(row.expression, "'", "''") + "'"))
		if !ok {
			t.Fatal(m.Err())
		}
		in, _ := m.Mapping(doc, "it")
		from := m.text(in, "passes", true)
		from.at.Column = len("passes: ") + 1
		if _, ok := s.compile(m, from, cel.BoolType); ok {
			t.Errorf("%s: accepted", row.expression)
			continue
		}
		first := m.Found[0]
		if !strings.Contains(first.Message, row.message) || !strings.Contains(first.Hint, row.hint) || first.Column != row.column+8 {
			t.Errorf("%s:\n got column %d %q hint %q\nwant column %d %q hint %q", row.expression,
				first.Column-8, first.Message, first.Hint, row.column, row.message, row.hint)
		}
	}
}

func TestEvidenceIsWhatWasRead(t *testing.T) {
	_, e, err := evalTrap(t, `table.status == "ACTIVE" && unit.plans.exists(p, p.rules.exists(r, r.vault == "v2"))`)
	if err != nil {
		t.Fatal(err)
	}
	var facts []string
	for _, ev := range e.evidence() {
		facts = append(facts, ev.Fact+"="+ev.State)
	}
	got, want := strings.Join(facts, " "), "table.status=known unit.plans=known unit.plans[daily].rules=known unit.plans[daily].rules[a].vault=known "+
		"unit.plans[mystery].rules=known unit.plans[mystery].rules[b].vault=unknown"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	first := e.evidence()[0]
	if first.Source != "dynamodb:DescribeTable" || first.ObservedAt.String() != "2026-11-21T05:00:00Z" || first.Value != "ACTIVE" {
		t.Errorf("evidence does not say where the fact comes from: %+v", first)
	}
}

func TestCostLimitStopsAnEvaluation(t *testing.T) {
	c, e := trapEvaluation(t)
	for range 3000 {
		e.run.unit.Plans.Items = append(e.run.unit.Plans.Items, e.run.unit.Plans.Items[0])
	}
	s, err := c.language.scope(TypeTable, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := newMistakes("x", nil)
	p, ok := s.compile(m, source{text: `unit.plans.all(a, unit.plans.all(b, a.name == b.name || a.id != ""))`}, cel.BoolType)
	if !ok {
		t.Fatal(m.Err())
	}
	e.control = &Control{ID: "bomb", passes: p}
	if got := e.truth(&p); got != nil {
		t.Fatalf("got %v, want no answer", got)
	}
	if problems := e.run.Problems(); len(problems) != 1 || problems[0].Code != "CostLimitExceeded" {
		t.Errorf("problems: %+v", problems)
	}
}
