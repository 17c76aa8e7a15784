package cfn

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// addReader reads AWS::Lambda::EventSourceMapping, and what SAM makes of a function's events. Those that are known to read something else
// than a table's stream are left out
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html).
func (a *assembly) addReader(r *resource, k block, id string) {
	stream := either(k.name("EventSourceArn"), k.name("Stream"))
	arn, ok := stream.Get()
	if stream.IsAbsent() || ok && !symbolic(arn) && !isTableStream(arn) {
		return
	}
	list := &a.b.Unit.StreamReaders
	if !sure(r, &list.Whole) {
		return
	}
	list.Items = append(list.Items, estate.StreamReader{ID: id, Stream: stream, Function: k.name("FunctionName"),
		State: readerState(or(k, k.flag("Enabled"), true)), Result: build.Undeployed[string](k.b, k.at)})
}

func isTableStream(arn string) bool {
	return strings.Contains(arn, ":dynamodb:") && strings.Contains(arn, "/stream/")
}

func readerState(f estate.Fact[bool]) estate.Fact[string] {
	on, ok := f.Get()
	switch {
	case !ok:
		return estate.UnknownFact[string](f.Source())
	case on:
		return estate.KnownFact("Enabled", f.Source())
	}
	return estate.KnownFact("Disabled", f.Source())
}

// addEvents reads the events of an AWS::Serverless::Function: those of type DynamoDB become event source mappings
// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-dynamodb.html).
func (a *assembly) addEvents(r *resource) {
	events := r.properties.block("Events")
	if events.v.form == unresolved || events.v.open != "" {
		a.b.Unit.StreamReaders.Whole = unknownFact[bool](a.b, events.at, orText(events.v.why, events.v.open))
	}
	for _, f := range events.v.fields {
		event := block{b: a.b, at: f.pos, v: f.value}
		if event.word("Type").Or("") != "DynamoDB" {
			continue
		}
		k := event.block("Properties")
		function := field{"FunctionName", r.at, textOf(r.stack.reference(r.id, ""), r.at)}
		k.v.fields = append(k.v.fields[:len(k.v.fields):len(k.v.fields)], function)
		a.addReader(r, k, r.identity()+"/"+f.key)
	}
}
