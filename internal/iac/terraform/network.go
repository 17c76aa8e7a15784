package terraform

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// vpc reads aws_vpc. Its id is the symbol by which endpoints name it.
func (d *declaration) vpc() estate.VPC {
	tags := d.tags()
	return estate.VPC{ID: d.Text("id"), Name: build.Named(tags), Default: build.Known(d.b, d.Type == "aws_default_vpc", d.At), Tags: tags}
}

// addEndpoint reads aws_vpc_endpoint where it leads to DynamoDB
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_endpoint).
func (a *assembly) addEndpoint(d *declaration) {
	list := &d.b.Unit.VPCEndpoints
	service := d.said.name("service_name")
	name, ok := service.Get()
	switch {
	case service.IsAbsent():
		return
	case !ok || strings.HasSuffix(name, "}"): // its end, which names the service, is not known
		list.Whole = unknownFact[bool](d.b, d.At, "to which service the endpoint leads is not known")
		return
	case !strings.HasSuffix(name, ".dynamodb") && !strings.HasSuffix(name, ".dynamodb-fips"):
		return
	}
	if !sure(d, &list.Whole) {
		return
	}
	a.endpoints[nameIn{d.b, d.Text("id")}] = len(list.Items)
	list.Items = append(list.Items, estate.VPCEndpoint{ID: d.ID(), VPC: d.name("vpc_id"), Service: service,
		Type: or(d.block, d.word("vpc_endpoint_type"), "Gateway"), State: build.Known(d.b, "available", d.At), Policy: d.document("policy")})
}

// endpointPolicy reads aws_vpc_endpoint_policy.
func (a *assembly) endpointPolicy(d *declaration) {
	id := d.said.name("vpc_endpoint_id")
	if at, ok := a.endpoints[nameIn{d.b, id.Or("")}]; ok {
		d.b.Unit.VPCEndpoints.Items[at].Policy = d.document("policy")
		return
	}
	for i := range d.b.Unit.VPCEndpoints.Items {
		if e := &d.b.Unit.VPCEndpoints.Items[i]; id.IsUnknown() && e.Policy.IsAbsent() {
			e.Policy = unknownFact[string](d.b, d.At, ofWhat)
		}
	}
}

// addReader reads aws_lambda_event_source_mapping where it may be of a table's stream
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_event_source_mapping).
func (d *declaration) addReader() {
	stream := d.said.name("event_source_arn")
	arn := stream.Or("")
	if stream.IsAbsent() || strings.HasPrefix(arn, "arn:") && !strings.Contains(arn, ":dynamodb:") {
		return
	}
	list := &d.b.Unit.StreamReaders
	if !sure(d, &list.Whole) {
		return
	}
	on := or(d.block, d.flag("enabled"), true)
	state := estate.UnknownFact[string](on.Source())
	if enabled, ok := on.Get(); ok {
		state = estate.KnownFact(map[bool]string{true: "Enabled", false: "Disabled"}[enabled], on.Source())
	}
	list.Items = append(list.Items, estate.StreamReader{ID: d.ID(), Stream: stream, Function: d.name("function_name"), State: state,
		Result: build.Undeployed[string](d.b, d.At)})
}
