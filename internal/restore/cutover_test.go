package restore

import (
	"slices"
	"strings"
	"testing"

	"github.com/restorable/restorable/internal/estate"
)

// TestCutOverNamesWhoReadsTheStream: a function on the old table's stream is a line of the checklist; where mappings could not be listed,
// that is said instead of that there is none.
func TestCutOverNamesWhoReadsTheStream(t *testing.T) {
	const table = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
	r := &Request{Table: table, Target: "orders-2"}
	reader := func(id, stream string) estate.StreamReader {
		return estate.StreamReader{ID: id, Stream: estate.KnownFact(stream, 0), State: estate.KnownFact("Enabled", 0),
			Function: estate.KnownFact("arn:aws:lambda:eu-west-1:111122223333:function:"+id, 0)}
	}
	unit := func() *estate.Unit {
		return &estate.Unit{Account: estate.KnownFact("111122223333", 0), Region: estate.KnownFact("eu-west-1", 0)}
	}
	u := unit()
	u.StreamReaders.Items = []estate.StreamReader{reader("ship", table+"/stream/2026"), reader("other", table+"-2/stream/2026")}
	u.StreamReaders.Whole = estate.KnownFact(true, u.Record(estate.Provenance{Operation: "lambda:ListEventSourceMappings"}))
	points, unseen := CutOver(Source{}, &estate.Estate{Units: []*estate.Unit{u}}, r)
	if len(points) != 1 || points[0].Kind != "event-source-mapping" || points[0].Name != "ship" || !strings.Contains(points[0].Do, "function ship") || !strings.Contains(points[0].Do, "(enabled)") {
		t.Errorf("%+v", points)
	}
	if !slices.Contains(unseen, "readers of the stream other than Lambda's event source mappings") {
		t.Errorf("%q", unseen)
	}
	denied := unit()
	denied.StreamReaders.Whole = estate.UnknownFact[bool](denied.Record(estate.Provenance{Operation: "lambda:ListEventSourceMappings", Code: "AccessDeniedException"}))
	_, unseen = CutOver(Source{}, &estate.Estate{Units: []*estate.Unit{denied}}, r)
	if !strings.Contains(unseen[1], "AccessDeniedException") {
		t.Errorf("%q", unseen)
	}
	if _, unseen = CutOver(Source{}, nil, r); !strings.Contains(unseen[1], "not looked for") {
		t.Errorf("%q", unseen)
	}
}
