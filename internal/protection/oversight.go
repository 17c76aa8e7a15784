package protection

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iampolicy"
)

// Oversight is who would notice what happens in a unit, and what surrounds its tables.
type Oversight struct {
	unit    *estate.Unit
	readers map[string][]*estate.StreamReader // by stream ARN
	strays  []*estate.StreamReader            // of which it is not known whose stream it is
	written []*estate.StreamReader            // that name a stream of a table without symbol
}

// NewOversight looks at a unit once for all its tables.
func NewOversight(u *estate.Unit) *Oversight {
	o := &Oversight{unit: u, readers: map[string][]*estate.StreamReader{}}
	for i := range u.StreamReaders.Items {
		r := &u.StreamReaders.Items[i]
		if stream, ok := r.Stream.Get(); ok && (!symbolic(stream) || strings.HasPrefix(stream, declaredStart)) {
			o.readers[stream] = append(o.readers[stream], r)
			if !symbolic(stream) {
				o.written = append(o.written, r)
			}
		} else {
			o.strays = append(o.strays, r)
		}
	}
	return o
}

// RegionOversight is what a whole unit comes to.
type RegionOversight struct {
	ManagementTrail Answer[bool]     `json:"management_trail"` // a trail of all Regions records management events to S3
	KeyEvents       Answer[bool]     `json:"key_events"`       // a trail records what is done to KMS keys here
	CallEvents      Answer[bool]     `json:"call_events"`      // rules of EventBridge tell of calls that destroy backups
	OpenEndpoints   Answer[[]string] `json:"open_endpoints"`   // VPC endpoints of DynamoDB whose policy lets everybody do everything
	PolicyValid     Answer[bool]     `json:"policy_valid"`     // the organisation's backup policy has what it must have
	PolicyBrings    Answer[[]string] `json:"policy_brings"`    // its plans, in words
}

// Region answers for the unit.
func (o *Oversight) Region() *RegionOversight {
	out := &RegionOversight{
		ManagementTrail: ManagementTrail(o.unit), KeyEvents: KeyEventTrail(o.unit), CallEvents: CallEvents(o.unit), OpenEndpoints: openEndpoints(o.unit),
	}
	out.PolicyValid, out.PolicyBrings = effectivePolicy(o.unit)
	return out
}

// TableOversight is what one table comes to.
type TableOversight struct {
	DataEvents Answer[bool]     `json:"data_events"` // a trail records writes of its items
	Read       Answer[bool]     `json:"stream_read"` // a Lambda function reads its stream
	Consumed   Answer[bool]     `json:"consumed"`    // a function reads its stream, or changes go to a Kinesis stream
	Consumers  Answer[[]string] `json:"consumers"`   // ARNs of both
}

// Table answers for one table.
func (o *Oversight) Table(t *estate.Table) *TableOversight {
	out := &TableOversight{DataEvents: DataTrail(o.unit, t)}
	functions, all, read := o.functions(t)
	streams, sent := kinesis(t)
	out.Read, out.Consumed = read, read
	switch either := triOf(read).or(triOf(sent)); {
	case triOf(read) == yes:
	case either == maybe:
		out.Consumed = answered(maybe, "whether anything takes the changes is not known", missing(append(read.Basis, sent.Basis...))...)
	default:
		why := sent.Why
		if either == no {
			why = read.Why + ", and " + sent.Why
		}
		out.Consumed = answered(either, why, append(read.Basis, sent.Basis...)...)
	}
	basis := append(append([]estate.Reading{}, read.Basis...), sent.Basis...)
	out.Consumers = unknown[[]string]("who takes the changes is not known", missing(basis)...)
	if all && !t.KinesisStreams.IsUnknown() {
		out.Consumers = known(append(functions, streams...), "", basis...)
	}
	return out
}

// functions are those that read the table's stream, all of them or some. A mapping that is switched off, or on an earlier stream of the
// table, reads nothing.
func (o *Oversight) functions(t *estate.Table) (found []string, all bool, read Answer[bool]) {
	basis := []estate.Reading{estate.Read("table.stream_enabled", t.ID, t.StreamEnabled), estate.Read("table.stream_arn", t.ID, t.StreamARN)}
	on := holds(t.StreamEnabled)
	if on == no {
		return nil, true, answered(no, "it has no stream", basis[0])
	}
	stream, ok := t.StreamARN.Get()
	if !ok || on == maybe {
		return nil, false, answered(maybe, "its stream is not known", missing(basis)...)
	}
	basis = append(basis, estate.Read("unit.stream_readers", "", o.unit.StreamReaders.Whole))
	result := no
	all = o.unit.StreamReaders.IsWhole()
	for _, r := range o.readers[stream] {
		state := estate.Read("stream_reader.state", r.ID, r.State)
		switch readerWorks(r) {
		case yes:
			found, result, basis = append(found, r.Function.Or(r.ID)), yes, append(basis, state, estate.Read("stream_reader.function", r.ID, r.Function))
			all = all && r.Function.IsKnown()
		case maybe:
			result, all, basis = result.or(maybe), false, append(basis, state)
		}
	}
	for _, r := range o.mayRead(t, stream) {
		if readerWorks(r) != no {
			result, all, basis = result.or(maybe), false, append(basis, estate.Read("stream_reader.stream", r.ID, r.Stream))
		}
	}
	switch result = result.or(whole(o.unit.StreamReaders.IsWhole()).not()); result {
	case yes:
		return found, all, answered(yes, "function "+quote(shortName(found[0]))+" reads its stream", basis...)
	case no:
		return nil, all, answered(no, "no Lambda function reads its stream", basis...)
	}
	return found, false, answered(maybe, "whether a function reads its stream is not known", missing(basis)...)
}

// mayRead are the readers of which it is not known whether they read a table's stream: one that a template declares may be any that is
// written out where the table's own ARN may be.
func (o *Oversight) mayRead(t *estate.Table, stream string) []*estate.StreamReader {
	if !symbolic(stream) {
		return o.strays
	}
	out := slices.Clone(o.strays)
	for _, r := range o.written {
		if table, _, _ := strings.Cut(r.Stream.Or(""), "/stream/"); sameARN(t.ARN.Or(string(hole)), table) != no {
			out = append(out, r)
		}
	}
	return out
}

func readerWorks(r *estate.StreamReader) tri {
	switch s, ok := r.State.Get(); {
	case !ok:
		return maybe
	case s == "Disabled" || s == "Disabling" || s == "Deleting":
		return no
	}
	return yes
}

// kinesis are the Kinesis data streams to which the table sends its changes.
func kinesis(t *estate.Table) ([]string, Answer[bool]) {
	basis := estate.Read("table.kinesis_streams", t.ID, t.KinesisStreams)
	if t.KinesisStreams.IsUnknown() {
		return nil, answered(maybe, "whether it sends its changes to Kinesis is not known", basis)
	}
	found := []string{}
	for _, s := range t.KinesisStreams.Or(nil) {
		if s.Status == "ACTIVE" || s.Status == "UPDATING" {
			found = append(found, s.ARN)
		}
	}
	if len(found) == 0 {
		return nil, answered(no, "it sends no changes to Kinesis", basis)
	}
	return found, answered(yes, "it sends its changes to Kinesis stream "+quote(shortName(found[0])), basis)
}

// shortName is the last part of an ARN.
func shortName(arn string) string { return arn[strings.LastIndexAny(arn, ":/")+1:] }

// openEndpoints are the endpoints through which anybody in the VPC reaches any table of anybody: data can be carried out to a foreign account.
func openEndpoints(u *estate.Unit) Answer[[]string] {
	basis := []estate.Reading{estate.Read("unit.vpc_endpoints", "", u.VPCEndpoints.Whole)}
	open, sure := []string{}, u.VPCEndpoints.IsWhole()
	for i := range u.VPCEndpoints.Items {
		e := &u.VPCEndpoints.Items[i]
		basis = append(basis, estate.Read("vpc_endpoint.policy", e.ID, e.Policy))
		switch fullAccess(e.Policy) {
		case yes:
			open = append(open, e.ID)
		case maybe:
			sure = false
		}
	}
	if !sure {
		return unknown[[]string]("what an endpoint lets through is not known", missing(basis)...)
	}
	return known(open, "", basis...)
}

// fullAccess is whether a policy lets a stranger do everything to a stranger's table. Without a policy everything goes through.
// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
func fullAccess(policy estate.Fact[string]) tri {
	if policy.IsAbsent() {
		return yes
	}
	text, ok := policy.Get()
	if !ok {
		return maybe
	}
	doc, err := iampolicy.Parse(iampolicy.Resource, text)
	if err != nil {
		return maybe
	}
	const stranger = "999999999999"
	for _, action := range []string{"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan", "dynamodb:DeleteTable", "dynamodb:RestoreTableFromBackup"} {
		d := iampolicy.Evaluate(iampolicy.Request{
			Action: action, Resource: "arn:aws:dynamodb:us-east-1:" + stranger + ":table/any",
			Principal: iampolicy.Principal{Account: stranger, ARN: "arn:aws:iam::" + stranger + ":root", Root: true},
		}, iampolicy.Policies{Resource: &iampolicy.Named{Document: doc}, ResourceDecides: true})
		switch {
		case d.Answer == iampolicy.Maybe && iampolicy.Symbolic(text):
			return maybe
		case d.Answer != iampolicy.Yes:
			return no // denied, or only on a condition
		}
	}
	return yes
}
