package demo

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

// hand does things in the company's account, as its root.
type hand struct {
	world      *world.World
	operations map[operation]api.Operation
}

type operation struct{ service, name string }

func operations(services []api.Service) map[operation]api.Operation {
	out := map[operation]api.Operation{}
	for _, s := range services {
		for _, op := range s.Operations {
			out[operation{s.Name, op.Name}] = op
		}
	}
	return out
}

func scope(region string) world.Scope {
	return world.Scope{Partition: "aws", Account: Account, Region: region}
}

// do performs the operation that the input is for: *dynamodb.CreateTableInput is CreateTable's.
func (h *hand) do(service, region string, in any) (any, error) {
	name := strings.TrimSuffix(reflect.TypeOf(in).Elem().Name(), "Input")
	op, ok := h.operations[operation{service, name}]
	if !ok {
		return nil, fmt.Errorf("%s in %s: the simulator has no such operation of %s", name, region, service)
	}
	var out any
	var err error
	h.world.Do(func() {
		call := &api.Call{Scope: scope(region), Caller: root(), Operation: name, RequestID: h.world.UUID(), Now: h.world.Now()}
		out, err = op.Handle(call, in)
	})
	if err != nil {
		return nil, fmt.Errorf("%s in %s: %w", name, region, err)
	}
	return out, nil
}

// all performs operations of one service one after another and stops at the first error.
func (h *hand) all(service, region string, inputs ...any) error {
	for _, in := range inputs {
		if _, err := h.do(service, region, in); err != nil {
			return err
		}
	}
	return nil
}

// ask performs an operation and returns its typed output.
func ask[O any](h *hand, service, region string, in any) (*O, error) {
	out, err := h.do(service, region, in)
	if err != nil {
		return nil, err
	}
	typed, ok := out.(*O)
	if !ok {
		return nil, fmt.Errorf("%T answered in %s: want %T", out, region, typed)
	}
	return typed, nil
}

func root() api.Principal {
	return api.Principal{Account: Account, ARN: scope(Home).GlobalARN("iam", "root"), UserID: Account, AccessKey: Account, Root: true}
}

func (h *hand) now() (now time.Time) {
	h.world.Do(func() { now = h.world.Now() })
	return now
}

// until lets time pass, with all that happens in it. A moment that is over already is now: a fast clock runs on while we work.
func (h *hand) until(t time.Time) {
	if left := t.Sub(h.now()); left > 0 {
		h.world.Advance(left)
	}
}
