package awssim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/restorable/restorable/internal/awssim/wire"
	"github.com/restorable/restorable/internal/awssim/world"
)

const controlPrefix = "/_sim/"

// maxControlBody bounds the bodies of the control surface.
const maxControlBody = 1 << 20

// maxSpeed bounds how fast the clock runs: a day in a second.
const maxSpeed = 86400

// maxAdvance bounds one step of the clock: ten years.
const maxAdvance = 3660 * 24 * time.Hour

type calls struct {
	mu     sync.Mutex
	counts map[string]int
}

func newCalls() *calls { return &calls{counts: map[string]int{}} }

func (c *calls) add(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[name]++
}

func (c *calls) snapshot() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make(map[string]int, len(c.counts))
	for k, v := range c.counts {
		out[k] = v
	}
	return out
}

func isControl(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, controlPrefix) }

// control serves /_sim/…, which is outside AWS's paths and unsigned. A browser's page may not steer it: requests with an Origin are refused.
func (s *Server) control(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != "" {
		s.controlError(w, http.StatusForbidden, "the control surface is closed to browsers")
		return
	}
	handlers := map[string]func(http.ResponseWriter, *http.Request, []byte){
		"GET clock": s.getClock, "POST clock": s.postClock, "GET faults": s.getFaults, "POST faults": s.postFaults,
		"GET calls": s.getCalls, "POST reset": s.postReset, "GET estate": s.getEstate,
	}
	name := strings.TrimPrefix(r.URL.Path, controlPrefix)
	h, ok := handlers[r.Method+" "+name]
	if !ok {
		s.notControl(w, r, name)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxControlBody+1))
	if err != nil || len(body) > maxControlBody {
		s.controlError(w, http.StatusBadRequest, fmt.Sprintf("the body could not be read or is larger than %d bytes", maxControlBody))
		return
	}
	defer func() {
		if v := recover(); v != nil {
			s.options.panicked(name, v)
			s.controlError(w, http.StatusBadRequest, fmt.Sprintf("the simulated AWS broke: %v", v))
		}
	}()
	h(w, r, body)
}

func (s *Server) notControl(w http.ResponseWriter, r *http.Request, name string) {
	switch name {
	case "clock", "faults", "calls", "reset", "estate":
		s.controlError(w, http.StatusMethodNotAllowed, r.Method+" is not allowed on "+r.URL.Path)
	default:
		s.controlError(w, http.StatusNotFound, "no such control; there are /_sim/clock, /_sim/faults, /_sim/calls, /_sim/reset and /_sim/estate")
	}
}

func (s *Server) controlError(w http.ResponseWriter, status int, message string) {
	s.controlJSON(w, status, map[string]string{"error": message})
}

func (s *Server) controlJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusBadRequest, []byte(`{"error":"the answer cannot be written as JSON"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", wire.Date(s.Now()))
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // a client that left is not our error
}

// strict decodes exactly one JSON value without unknown members.
func strict(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("read body: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("read body: more than one JSON value")
	}
	return nil
}

func (s *Server) getClock(w http.ResponseWriter, _ *http.Request, _ []byte) { s.writeClock(w, s.Now()) }

func (s *Server) writeClock(w http.ResponseWriter, now time.Time) {
	s.controlJSON(w, http.StatusOK, map[string]string{"now": now.Format(time.RFC3339Nano)})
}

func (s *Server) postClock(w http.ResponseWriter, r *http.Request, body []byte) {
	var in struct {
		Advance string  `json:"advance"`
		Speed   float64 `json:"speed"`
	}
	if err := strict(body, &in); err != nil {
		s.controlError(w, http.StatusBadRequest, err.Error()+`; want {"advance":"24h"} or {"speed":60}`)
		return
	}
	if in.Speed < 0 || in.Speed > maxSpeed {
		s.controlError(w, http.StatusBadRequest, fmt.Sprintf("speed %v: want virtual seconds per real one, up to %d", in.Speed, maxSpeed))
		return
	}
	if in.Speed > 0 {
		s.state.Load().World.SetSpeed(in.Speed)
		if in.Advance == "" {
			in.Advance = "0s"
		}
	}
	d, err := Duration(in.Advance)
	if err != nil || d < 0 || d > maxAdvance {
		s.controlError(w, http.StatusBadRequest, fmt.Sprintf("advance %q: want a duration from 0 to 3660d, such as 24h, 90m or 35d", in.Advance))
		return
	}
	s.writeClock(w, advance(r.Context(), s.state.Load().World, d))
}

// advance moves the clock a day at a time, letting go of the lock in between, and stops when the caller leaves.
func advance(ctx context.Context, w *world.World, d time.Duration) time.Time {
	const step = 24 * time.Hour
	for d > step && ctx.Err() == nil {
		w.Advance(step)
		d -= step
	}
	if ctx.Err() != nil {
		d = 0
	}
	return w.Advance(d)
}

// Duration reads a Go duration that may begin with days: 35d, 1d12h, 90m.
func Duration(s string) (time.Duration, error) {
	m := regexp.MustCompile(`^(?:(\d{1,5})d)?(.*)$`).FindStringSubmatch(s)
	var days, rest time.Duration
	if m[1] != "" {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return 0, fmt.Errorf("parse duration %q: %w", s, err)
		}
		days = time.Duration(n) * 24 * time.Hour
		if m[2] == "" {
			return days, nil
		}
	}
	rest, err := time.ParseDuration(m[2])
	if err != nil {
		return 0, fmt.Errorf("parse duration %q: %w", s, err)
	}
	return days + rest, nil
}

func (s *Server) getFaults(w http.ResponseWriter, _ *http.Request, _ []byte) {
	f := s.state.Load().faults
	f.mu.Lock()
	list := []Fault{}
	for _, a := range f.list {
		list = append(list, a.Fault)
	}
	f.mu.Unlock()
	s.controlJSON(w, http.StatusOK, list)
}

func (s *Server) postFaults(w http.ResponseWriter, r *http.Request, body []byte) {
	var list []Fault
	if err := strict(body, &list); err != nil {
		s.controlError(w, http.StatusBadRequest, err.Error()+`; want [{"action":"dynamodb:DescribeTable","error":"throttle"}]`)
		return
	}
	if err := s.SetFaults(list); err != nil {
		s.controlError(w, http.StatusBadRequest, err.Error())
		return
	}
	s.getFaults(w, r, nil)
}

func (s *Server) getCalls(w http.ResponseWriter, _ *http.Request, _ []byte) {
	s.controlJSON(w, http.StatusOK, s.Calls())
}

func (s *Server) postReset(w http.ResponseWriter, r *http.Request, _ []byte) {
	if err := s.Reset(); err != nil {
		s.controlError(w, http.StatusBadRequest, err.Error())
		return
	}
	s.getClock(w, r, nil)
}

func (s *Server) getEstate(w http.ResponseWriter, _ *http.Request, _ []byte) {
	if s.options.Estate == nil {
		s.controlError(w, http.StatusBadRequest, "this server has no estate to give")
		return
	}
	var b bytes.Buffer
	if err := s.options.Estate(s.Assembly(), &b); err != nil {
		s.controlError(w, http.StatusBadRequest, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", wire.Date(s.Now()))
	_, _ = w.Write(b.Bytes()) // a client that left is not our error
}
