package model

import (
	"fmt"
	"slices"
	"sort"
)

// The raw types mirror the files, in which shapes refer to each other by name.
type rawModel struct {
	Source     string                   `json:"source"`
	Metadata   Metadata                 `json:"metadata"`
	Operations map[string]*rawOperation `json:"operations"`
	Shapes     map[string]*rawShape     `json:"shapes"`
}

type rawOperation struct {
	HTTP          HTTP     `json:"http"`
	Input         string   `json:"input"`
	Output        string   `json:"output"`
	ResultWrapper string   `json:"resultWrapper"`
	Errors        []string `json:"errors"`
}

type rawShape struct {
	Type            string             `json:"type"`
	Members         map[string]*rawRef `json:"members"`
	Required        []string           `json:"required"`
	Member          *rawRef            `json:"member"`
	Key             *rawRef            `json:"key"`
	Value           *rawRef            `json:"value"`
	Min             *float64           `json:"min"`
	Max             *float64           `json:"max"`
	Pattern         string             `json:"pattern"`
	Enum            []string           `json:"enum"`
	Flattened       bool               `json:"flattened"`
	TimestampFormat string             `json:"timestampFormat"`
	Payload         string             `json:"payload"`
	LocationName    string             `json:"locationName"`
	Exception       bool               `json:"exception"`
	Fault           bool               `json:"fault"`
	Union           bool               `json:"union"`
	Error           *ErrorTrait        `json:"error"`
}

type rawRef struct {
	Shape           string `json:"shape"`
	Location        string `json:"location"`
	LocationName    string `json:"locationName"`
	QueryName       string `json:"queryName"`
	TimestampFormat string `json:"timestampFormat"`
	Flattened       bool   `json:"flattened"`
}

func (raw *rawModel) resolve() (*Model, error) {
	m := &Model{Source: raw.Source, Metadata: raw.Metadata, Operations: map[string]*Operation{}, Shapes: map[string]*Shape{}}
	for name, s := range raw.Shapes {
		m.Shapes[name] = s.plain(name)
	}
	for name, s := range raw.Shapes {
		if err := m.link(m.Shapes[name], s); err != nil {
			return nil, err
		}
	}
	for name, o := range raw.Operations {
		m.Operations[name] = &Operation{
			Name: name, HTTP: o.HTTP, Input: m.Shapes[o.Input], Output: m.Shapes[o.Output],
			ResultWrapper: o.ResultWrapper, Errors: o.Errors,
		}
	}
	return m, nil
}

func (s *rawShape) plain(name string) *Shape {
	return &Shape{
		Name: name, Type: s.Type, Required: s.Required, Min: s.Min, Max: s.Max, Pattern: s.Pattern, Enum: s.Enum,
		Flattened: s.Flattened, TimestampFormat: s.TimestampFormat, Payload: s.Payload, LocationName: s.LocationName,
		Exception: s.Exception, Fault: s.Fault, Union: s.Union, Error: s.Error,
	}
}

func (m *Model) link(to *Shape, from *rawShape) error {
	for name, r := range from.Members {
		ref, err := m.ref(name, r)
		if err != nil {
			return err
		}
		ref.Required = slices.Contains(from.Required, name)
		to.Members = append(to.Members, ref)
	}
	sort.Slice(to.Members, func(i, j int) bool { return to.Members[i].Name < to.Members[j].Name })
	var err error
	for _, part := range []struct {
		to   **Ref
		from *rawRef
	}{{&to.Member, from.Member}, {&to.Key, from.Key}, {&to.Value, from.Value}} {
		if part.from == nil {
			continue
		}
		if *part.to, err = m.ref("", part.from); err != nil {
			return err
		}
	}
	return nil
}

func (m *Model) ref(name string, r *rawRef) (*Ref, error) {
	shape := m.Shapes[r.Shape]
	if shape == nil {
		return nil, fmt.Errorf("member %s: no shape %s", name, r.Shape)
	}
	return &Ref{
		Name: name, Shape: shape, Location: r.Location, LocationName: r.LocationName, QueryName: r.QueryName,
		TimestampFormat: r.TimestampFormat, Flattened: r.Flattened,
	}, nil
}
