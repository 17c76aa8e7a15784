package awssim

import (
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/wire"
)

// Fault makes matching requests fail.
type Fault struct {
	Action   string `json:"action"`             // "dynamodb:DescribeTable"; * stands for any characters
	Resource string `json:"resource,omitempty"` // a glob on the ARN of the request's resource; empty matches every request
	Error    string `json:"error"`              // an AWS error code, or throttle, timeout, garbage, truncate
	Message  string `json:"message,omitempty"`  // with an error code; empty gives a text that says it is a fault
	Status   int    `json:"status,omitempty"`   // HTTP status with an error code; 0 is the service's own
	Times    int    `json:"times,omitempty"`    // how often it strikes; 0 is always
}

type faults struct {
	mu   sync.Mutex
	list []*armed
}

type armed struct {
	Fault
	struck int
}

func (f *faults) replace(list []Fault) error {
	var out []*armed
	for i, e := range list {
		switch {
		case e.Action == "" || e.Error == "":
			return fmt.Errorf("fault %d: action and error are required", i)
		case e.Times < 0 || e.Status != 0 && (e.Status < 400 || e.Status > 599):
			return fmt.Errorf("fault %d: times is 0 or more, status an HTTP error", i)
		}
		out = append(out, &armed{Fault: e})
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = out
	return nil
}

// match finds the first fault that strikes the request and counts the stroke.
func (f *faults) match(name string, access []api.Access) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.list {
		if a.Times > 0 && a.struck >= a.Times || !a.hits(name, access) {
			continue
		}
		a.struck++
		return a.Fault, true
	}
	return Fault{}, false
}

func (f *Fault) hits(name string, access []api.Access) bool {
	resource := "*"
	if len(access) > 0 {
		resource = access[0].Resource
	}
	return glob(f.Action, name) && (f.Resource == "" || glob(f.Resource, resource))
}

// glob matches with * for any characters, none included.
func glob(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	last := parts[len(parts)-1]
	rest, ok := strings.CutPrefix(s, parts[0])
	if !ok || len(rest) < len(last) || !strings.HasSuffix(rest, last) {
		return false
	}
	rest = rest[:len(rest)-len(last)]
	for _, p := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, p)
		if !found {
			return false
		}
		rest = after
	}
	return true
}

// fault answers as the fault says.
func (x *exchange) fault(w http.ResponseWriter, r *http.Request, f Fault) {
	switch f.Error {
	case "timeout":
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case "garbage":
		x.write(w, wire.Response{
			Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}},
			Body: []byte("<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in to the network.</body></html>"),
		})
	case "truncate":
		x.truncate(w)
	case "throttle":
		x.refuse(w, x.target.throttleError())
	default:
		x.refuse(w, x.target.faultError(f))
	}
}

// faultError is the error that the fault names, spelled and numbered as this protocol does: AccessDeniedException is AccessDenied at IAM.
func (t *target) faultError(f Fault) *api.Error {
	e := &api.Error{Code: f.Error}
	for k := missingToken; k <= throttled; k++ {
		if code, _, _, _ := k.texts(); code == f.Error {
			e = t.protocolError(k)
			break
		}
	}
	e.Message = orElse(f.Message, "fault injected into "+f.Action)
	if f.Status != 0 {
		e.Status = f.Status
	}
	return e
}

// truncate does what was asked and breaks off in the middle of the answer.
func (x *exchange) truncate(w http.ResponseWriter) {
	answer := wire.Response{Status: http.StatusOK, Header: http.Header{}, Body: []byte(`{"Truncated":"this answer breaks off here"}`)}
	if x.in != nil {
		if out, refused := x.handle(); refused == nil {
			if r, err := x.target.codec().Encode(x.target.protocol, x.target.shape, out, x.call.RequestID); err == nil {
				answer = r
			}
		}
	}
	x.head(w, answer)
	w.WriteHeader(answer.Status)
	_, _ = w.Write(answer.Body[:len(answer.Body)/2])
	_ = http.NewResponseController(w).Flush() // an error means that the client left
	panic(http.ErrAbortHandler)
}
