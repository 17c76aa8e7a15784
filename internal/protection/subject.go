package protection

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// restoreTestPrefix marks what restore testing makes, as a tag's key or the beginning of a name: backup plans ignore it
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html).
const restoreTestPrefix = "awsbackup-restore-test"

// subject is a table as selections see it.
type subject struct {
	table *estate.Table
	arn   string // empty unless known and real
	name  string // empty unless known
	// outline is the ARN with holes for what is not known; equal to arn where that is known.
	outline string
	symbol  string // the ARN as a template's symbol, empty otherwise
	tags    map[string]string
	tagged  tri // maybe: the tags are not known
	test    tri // an artefact of restore testing
	// declared: the table is a template's, and so not what another declaration stands for. A live table goes by its ARN.
	declared bool
}

func newSubject(u *estate.Unit, t *estate.Table) subject {
	x := subject{table: t}
	arn, _ := t.ARN.Get()
	switch {
	case arn == "" || symbolic(arn):
		x.symbol = arn
		x.name = literal(t.Name)
		x.outline = "arn:" + orHole(u.Partition) + ":dynamodb:" + orHole(u.Region) + ":" + orHole(u.Account) + ":table/" + orHole(t.Name)
	default:
		x.arn, x.outline, x.name = arn, arn, tableName(arn)
	}
	x.declared = t.ID != arn
	tags, ok := t.Tags.Get()
	x.tags, x.tagged = tags, yes
	if !ok && !t.Tags.IsAbsent() {
		x.tagged = maybe
	}
	x.test = x.restoreTest()
	return x
}

func (x *subject) restoreTest() tri {
	byName := maybe
	switch name := x.table.Name.Or(""); {
	case x.name != "":
		byName = truth(strings.HasPrefix(x.name, restoreTestPrefix))
	case strings.HasPrefix(name, declaredStart): // named by deployment, not by a test
		byName = no
	case name != "" && !overlaps(restoreTestPrefix+"*", punch(name)): // it begins otherwise, whatever its symbols stand for
		byName = no
	}
	byTag := maybe
	if x.tagged == yes {
		_, has := x.tags[restoreTestPrefix]
		byTag = truth(has)
	}
	return byName.or(byTag)
}

// readings are the facts that make a subject.
func (x *subject) readings() []estate.Reading {
	return []estate.Reading{estate.Read("table.arn", x.table.ID, x.table.ARN), estate.Read("table.tags", x.table.ID, x.table.Tags)}
}

func orHole(f estate.Fact[string]) string {
	v, ok := f.Get()
	if !ok || v == "" {
		return string(hole)
	}
	return punch(v)
}

// literal is the text of a fact that is known and no symbol.
func literal(f estate.Fact[string]) string {
	if v, ok := f.Get(); ok && !symbolic(v) {
		return v
	}
	return ""
}
