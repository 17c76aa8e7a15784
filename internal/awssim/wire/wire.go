// Package wire translates between AWS's wire protocols and plain Go structs, driven by the service models and reflection.
//
// A request body first becomes a tree (map[string]any, []any, string, json.Number, bool, []byte, time.Time, and text for
// values that arrive as characters), whatever the protocol. The tree fills a struct, then it is held against the model's constraints.
// Answers are written straight from the struct.
package wire

import (
	"net/http"
	"net/url"
	"reflect"
	"sync"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/model"
)

// Protocol is one of AWS's wire protocols.
type Protocol int

// The protocols that the simulator speaks.
const (
	JSON     Protocol = iota // awsJson1_0 and awsJson1_1: X-Amz-Target names the operation
	RESTJSON                 // restJson1: method and path name it
	Query                    // awsQuery: the form's Action names it, answers are XML
	EC2                      // ec2Query
	CBOR                     // smithy rpc-v2-cbor: the path names it
)

// ModelName is the protocol's name in the models.
func (p Protocol) ModelName() string {
	return [...]string{"json", "rest-json", "query", "ec2", "smithy-rpc-v2-cbor"}[p]
}

// Codec translates for one service.
type Codec struct {
	Model    *model.Model
	rest     []restRoute
	fields   sync.Map // fieldKey to field index
	patterns sync.Map // pattern to *regexp.Regexp, nil for one that Go cannot compile
}

// New makes the codec of a service.
func New(m *model.Model) *Codec {
	return &Codec{Model: m, rest: restRoutes(m)}
}

// Request is what a codec reads of an HTTP request.
type Request struct {
	Protocol Protocol
	Header   http.Header
	Query    url.Values
	Path     map[string]string // the values of the path's labels, decoded
	Form     url.Values        // of the query protocols
	Body     []byte
}

// Response is an HTTP answer.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Decode reads a request into the struct that in points to and checks it against the model. The error is what the service would answer.
func (c *Codec) Decode(op *model.Operation, r Request, in any) *api.Error {
	if op.Input == nil {
		return nil
	}
	tree, err := c.parse(op, r)
	if err != nil {
		return err
	}
	if err := c.fill(reflect.ValueOf(in).Elem(), op.Input, tree); err != nil {
		return err
	}
	return c.validate(op, tree)
}

func (c *Codec) parse(op *model.Operation, r Request) (map[string]any, *api.Error) {
	switch r.Protocol {
	case Query, EC2:
		return parseForm(op.Input, r.Form, r.Protocol == EC2), nil
	case CBOR:
		return parseCBOR(r.Body)
	case RESTJSON:
		return parseREST(op.Input, r)
	default:
		return parseJSON(r.Body)
	}
}

// text is a value that arrived as characters and whose type only the shape knows: query, path and header values.
type text string

func serialization(message string) *api.Error {
	return &api.Error{Code: "SerializationException", Message: message, Status: http.StatusBadRequest}
}
