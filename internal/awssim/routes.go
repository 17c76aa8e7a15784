package awssim

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/model"
	"github.com/restorable/restorable/internal/awssim/wire"
)

// service is a registered service with its codec.
type service struct {
	api.Service
	codec      *wire.Codec
	operations map[string]api.Operation
}

func (s *service) prefix() string { return s.codec.Model.Metadata.ActionPrefix }

// routes finds the service and operation that a request names.
type routes struct {
	byTarget  map[string]*service   // awsJson: the part of X-Amz-Target before the dot
	bySigning map[string][]*service // the service of the signature's credential scope
	byID      map[string]*service   // rpc-v2-cbor: the service part of the path
}

func newRoutes(services []api.Service, codec func(model string) (*wire.Codec, error)) (*routes, error) {
	r := &routes{byTarget: map[string]*service{}, bySigning: map[string][]*service{}, byID: map[string]*service{}}
	for _, s := range services {
		c, err := codec(s.Model)
		if err != nil {
			return nil, fmt.Errorf("register service %s: %w", s.Name, err)
		}
		reg := &service{Service: s, codec: c, operations: map[string]api.Operation{}}
		for _, op := range s.Operations {
			if c.Model.Operations[op.Name] == nil {
				return nil, fmt.Errorf("register service %s: model %s has no operation %s", s.Name, s.Model, op.Name)
			}
			reg.operations[op.Name] = op
		}
		r.add(reg)
	}
	return r, nil
}

func (r *routes) add(s *service) {
	meta := s.codec.Model.Metadata
	if meta.TargetPrefix != "" {
		r.byTarget[meta.TargetPrefix] = s
		r.byTarget[meta.TargetPrefix[strings.LastIndexByte(meta.TargetPrefix, '.')+1:]] = s // CloudTrail's, by half of its clients
		r.byID[meta.TargetPrefix] = s
	}
	r.bySigning[meta.SigningName] = append(r.bySigning[meta.SigningName], s)
}

// target is what a request asks for. service is nil when no service answers to it, shape and op as far as they are known.
type target struct {
	protocol  wire.Protocol
	service   *service
	shape     *model.Operation
	op        *api.Operation
	asked     string // the operation as the client named it, or method and path
	signing   string
	malformed string // why the request cannot be read at all
	request   wire.Request
}

// codec is the service's, or one that knows no shapes.
func (t *target) codec() *wire.Codec {
	if t.service != nil {
		return t.service.codec
	}
	return wire.New(&model.Model{Name: "unknown"})
}

// name is the call's name in counts and faults.
func (t *target) name() string {
	if t.service == nil {
		return "other:unknown"
	}
	if t.shape == nil {
		return t.service.prefix() + ":unknown"
	}
	return t.service.prefix() + ":" + t.shape.Name
}

// find reads protocol, service and operation off a request. signing is the credential scope's service, empty for an unsigned request.
func (r *routes) find(req *http.Request, body []byte, signing string) *target {
	t := &target{signing: signing, request: wire.Request{Header: req.Header, Body: body}}
	switch {
	case req.Header.Get("Smithy-Protocol") == "rpc-v2-cbor":
		r.findCBOR(t, req)
	case req.Header.Get("X-Amz-Target") != "":
		r.findJSON(t, req)
	case isForm(req):
		r.findForm(t, req, body)
	default:
		r.findREST(t, req)
	}
	t.request.Protocol = t.protocol
	if t.service != nil && t.shape != nil {
		if op, ok := t.service.operations[t.shape.Name]; ok {
			t.op = &op
		}
	}
	return t
}

func isForm(req *http.Request) bool {
	kind, _, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	return err == nil && kind == "application/x-www-form-urlencoded" || req.URL.Query().Has("Action")
}

func (r *routes) findCBOR(t *target, req *http.Request) {
	t.protocol = wire.CBOR
	parts := strings.Split(strings.Trim(req.URL.Path, "/"), "/")
	t.asked = req.Method + " " + req.URL.Path
	if len(parts) != 4 || parts[0] != "service" || parts[2] != "operation" {
		return
	}
	t.asked = parts[3]
	if t.service = r.byID[parts[1]]; t.service != nil {
		t.shape = t.service.codec.Model.Operations[parts[3]]
	}
}

func (r *routes) findJSON(t *target, req *http.Request) {
	t.protocol = wire.JSON
	t.asked = req.Header.Get("X-Amz-Target")
	dot := strings.LastIndexByte(t.asked, '.')
	if dot < 0 {
		return
	}
	if t.service = r.byTarget[t.asked[:dot]]; t.service != nil {
		t.asked = t.asked[dot+1:]
		t.shape = t.service.codec.Model.Operations[t.asked]
	}
}

func (r *routes) findForm(t *target, req *http.Request, body []byte) {
	t.protocol = wire.Query
	form, err := url.ParseQuery(string(body))
	if err != nil {
		t.malformed = "the form cannot be parsed"
	}
	for k, v := range req.URL.Query() {
		form[k] = append(form[k], v...)
	}
	t.request.Form = form
	t.asked = form.Get("Action")
	for _, s := range r.bySigning[t.signing] {
		if s.codec.Model.Speaks("ec2") {
			t.protocol = wire.EC2
		} else if !s.codec.Model.Speaks("query") {
			continue
		}
		t.service = s
		t.shape = s.codec.Model.Operations[t.asked]
	}
}

func (r *routes) findREST(t *target, req *http.Request) {
	t.protocol = wire.RESTJSON
	t.asked = req.Method + " " + req.URL.EscapedPath()
	t.request.Query = req.URL.Query()
	for _, s := range r.bySigning[t.signing] {
		t.service = s
		shape, labels, ok := s.codec.MatchREST(req.Method, req.URL.EscapedPath(), t.request.Query)
		if ok {
			t.shape, t.request.Path, t.asked = shape, labels, shape.Name
			return
		}
	}
}
