package awssim

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/sign"
	"github.com/restorable/restorable/internal/awssim/wire"
)

// maxBody is past DynamoDB's 16 MB for a BatchWriteItem request, the largest body of any service here.
const maxBody = 20 << 20

// exchange is one request on its way to its answer.
type exchange struct {
	*state
	options Options
	target  *target
	call    *api.Call
	in      any
	access  []api.Access

	remote, agent string // of the client
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	st := s.state.Load()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	cred, signErr := sign.Parse(r.Header)
	x := &exchange{state: st, options: s.options, target: st.routes.find(r, body, cred.Service), call: &api.Call{RequestID: requestID()}}
	x.call.Operation = x.target.asked
	st.calls.add(x.target.name())
	defer x.rescue(w)
	switch {
	case err != nil:
		x.refuse(w, &api.Error{Code: "IncompleteBody", Message: "the request body could not be read"})
	case len(body) > maxBody:
		x.refuse(w, &api.Error{Code: "RequestEntityTooLargeException", Message: "the request is larger than " + strconv.Itoa(maxBody) + " bytes"})
	case errors.Is(signErr, sign.ErrUnsigned):
		x.refuse(w, x.target.protocolError(missingToken))
	case signErr != nil:
		x.refuse(w, x.target.protocolError(incompleteSignature))
	default:
		x.answer(w, r, body, cred)
	}
}

// answer takes a request through authentication, decoding, faults, rates, latency, authorisation and its handler, in this order.
func (x *exchange) answer(w http.ResponseWriter, r *http.Request, body []byte, cred sign.Credential) {
	x.remote, x.agent = hostOf(r.RemoteAddr), r.UserAgent()
	if refused := x.authenticate(r, body, cred); refused != nil {
		x.refuse(w, refused)
		return
	}
	decodeErr := x.decode()
	x.resolveAccess(decodeErr)
	if f, ok := x.faults.match(x.target.name(), x.access); ok {
		x.fault(w, r, f)
		return
	}
	if decodeErr == nil {
		decodeErr = x.throttle()
	}
	if !sleep(r, x.options.Latency) {
		panic(http.ErrAbortHandler)
	}
	if decodeErr != nil {
		x.refuse(w, decodeErr)
		return
	}
	out, refused := x.handle()
	if refused != nil {
		x.refuse(w, refused)
		return
	}
	x.succeed(w, out)
}

// decode finds the operation and reads its input.
func (x *exchange) decode() *api.Error {
	t := x.target
	switch {
	case t.malformed != "":
		return t.protocolError(malformedInput)
	case t.op == nil:
		return x.unknown()
	}
	x.in = t.op.New()
	return t.codec().Decode(t.shape, t.request, x.in)
}

// unknown is the answer to an operation that nobody implements here: an error of the client's kind, which it does not retry.
func (x *exchange) unknown() *api.Error {
	t := x.target
	if t.service != nil && t.service.Other != nil && t.shape != nil {
		if err := t.service.Other(t.shape.Name); err != nil {
			return asAPIError(err)
		}
	}
	service := orElse(t.signing, "unknown")
	if t.service != nil {
		service = t.service.prefix()
	}
	e := t.protocolError(unknownOperation)
	e.Message = fmt.Sprintf("restorable's simulated AWS does not implement %s:%s", service, t.asked)
	return e
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// resolveAccess asks the operation which permissions the request needs. It runs under the lock: some operations look into their state.
func (x *exchange) resolveAccess(decodeErr *api.Error) {
	x.access = []api.Access{{Action: x.target.name(), Resource: "*"}}
	if decodeErr != nil || x.target.op == nil || x.target.op.Access == nil {
		return
	}
	x.World.Do(func() {
		x.access = x.target.op.Access(x.call, x.in)
	})
}

// handle authorises and runs the handler under the lock.
func (x *exchange) handle() (out any, refused *api.Error) {
	x.World.Do(func() {
		x.call.Now = x.World.Now()
		defer func() { x.record(refused) }()
		if refused = x.authorize(); refused != nil {
			return
		}
		var err error
		if out, err = x.target.op.Handle(x.call, x.in); err != nil {
			refused = asAPIError(err)
		}
	})
	return out, refused
}

// rescue turns a panic of a handler, or of an event that came due, into an error that no client retries. The lock has been let go of by then.
func (x *exchange) rescue(w http.ResponseWriter) {
	v := recover()
	switch v {
	case nil:
	case http.ErrAbortHandler:
		panic(v)
	default:
		x.options.panicked(x.target.name(), v)
		x.refuse(w, &api.Error{Code: "SimulatorFailure", Message: fmt.Sprintf("restorable's simulated AWS broke in %s: %v", x.target.name(), v), Status: http.StatusBadRequest})
	}
}

func (o Options) panicked(operation string, v any) {
	if o.Panicked != nil {
		o.Panicked(operation, v, debug.Stack())
	}
}

func asAPIError(err error) *api.Error {
	var e *api.Error
	if errors.As(err, &e) {
		return e
	}
	return &api.Error{Code: "SimulatorFailure", Message: err.Error(), Status: http.StatusBadRequest}
}

func (x *exchange) succeed(w http.ResponseWriter, out any) {
	r, err := x.target.codec().Encode(x.target.protocol, x.target.shape, out, x.call.RequestID)
	if err != nil {
		x.refuse(w, asAPIError(err))
		return
	}
	x.write(w, r)
}

func (x *exchange) refuse(w http.ResponseWriter, e *api.Error) {
	r := x.target.codec().EncodeError(x.target.protocol, e, x.call.RequestID)
	if x.target.service == nil && x.target.protocol == wire.RESTJSON && x.target.signing == "s3" {
		r = wire.RESTXMLError(e, x.call.RequestID)
	}
	x.write(w, r)
}

func (x *exchange) write(w http.ResponseWriter, r wire.Response) {
	x.head(w, r)
	w.WriteHeader(r.Status)
	_, _ = w.Write(r.Body) // a client that left is not our error
}

// head sets the headers of every answer. Date is the virtual time, on which clients judge ages.
func (x *exchange) head(w http.ResponseWriter, r wire.Response) {
	h := w.Header()
	for name, values := range r.Header {
		h[name] = values
	}
	var now time.Time
	x.World.Do(func() { now = x.World.Now() })
	h.Set("Date", wire.Date(now))
	h["x-amzn-RequestId"] = []string{x.call.RequestID}
	if r.Status != http.StatusNoContent {
		h.Set("Content-Length", wire.Length(r.Body))
	}
	if x.target.service != nil && strings.HasPrefix(x.target.service.Model, "dynamodb") {
		h.Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(r.Body)), 10))
	}
}

// requestID is random outside the world's own sequence, so that a refused request changes nothing that follows.
func requestID() string {
	a, b := rand.Uint64(), rand.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

// sleep waits for d of real time; it answers false when the client left first.
func sleep(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
