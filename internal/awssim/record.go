package awssim

import (
	"net"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/cloudtrail"
)

// record tells the event history of a call that reached its service. It runs under the lock.
func (x *exchange) record(refused *api.Error) {
	if x.Recorder == nil {
		return
	}
	e := cloudtrail.Entry{Call: x.call, Service: x.eventSource(), Input: x.in, SourceIP: x.remote, UserAgent: x.agent, Err: refused}
	for _, a := range x.access {
		if a.Resource != "*" && a.Resource != "" {
			e.Resources = append(e.Resources, a.Resource)
			break // the first is what the call is about, the others are what it needs besides
		}
	}
	x.Recorder.Record(e)
}

// eventSource is how CloudTrail names a service: by its endpoint.
func (x *exchange) eventSource() string {
	meta := x.target.service.codec.Model.Metadata
	switch meta.EndpointPrefix {
	case "streams.dynamodb":
		return "dynamodb"
	case "":
		return meta.SigningName
	}
	return meta.EndpointPrefix
}

func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}
