// Package inside performs operations of a simulated AWS without the wire: typed SDK inputs go in, typed SDK outputs come out.
// It is how a story is played and how an estate is read and written, with the same rules as for any client.
package inside

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

// Hand does things in accounts of a simulated AWS, as their root. Faults, rates and permissions do not touch it, and calls are not counted.
type Hand struct {
	world      *world.World
	operations map[operation]api.Operation
}

type operation struct{ service, name string }

// New makes a hand for the services of an assembly.
func New(as *awssim.Assembly) *Hand {
	h := &Hand{world: as.World, operations: map[operation]api.Operation{}}
	for _, s := range as.Services {
		for _, op := range s.Operations {
			h.operations[operation{s.Name, op.Name}] = op
		}
	}
	return h
}

// Has reports whether a service, by its signing name, has an operation.
func (h *Hand) Has(service, name string) bool {
	_, ok := h.operations[operation{service, name}]
	return ok
}

// Do performs the operation that the input is for: a *dynamodb.CreateTableInput is CreateTable's. It is called with the world's lock held.
// The error wraps the *api.Error that a client would get.
func (h *Hand) Do(sc world.Scope, service string, in any) (any, error) {
	name := strings.TrimSuffix(reflect.TypeOf(in).Elem().Name(), "Input")
	op, ok := h.operations[operation{service, name}]
	if !ok {
		return nil, fmt.Errorf("perform %s: the simulated %s has no such operation", name, service)
	}
	out, err := op.Handle(&api.Call{Scope: sc, Caller: root(sc), Operation: name, RequestID: "inside", Now: h.world.Now()}, in)
	if err != nil {
		return nil, fmt.Errorf("perform %s in %s: %w", name, sc.Region, err)
	}
	return out, nil
}

// Ask performs an operation, as Do does, and returns its typed output.
func Ask[O any](h *Hand, sc world.Scope, service string, in any) (*O, error) {
	out, err := h.Do(sc, service, in)
	if err != nil {
		return nil, err
	}
	typed, ok := out.(*O)
	if !ok {
		return nil, fmt.Errorf("perform %T in %s: the answer is a %T, want %T", in, sc.Region, out, typed)
	}
	return typed, nil
}

func root(sc world.Scope) api.Principal {
	return api.Principal{Account: sc.Account, ARN: sc.GlobalARN("iam", "root"), UserID: sc.Account, AccessKey: sc.Account, Root: true}
}
