// Package model holds the wire models of the simulated services: operations, shapes and their constraints,
// extracted from botocore by tools/models/extract.py.
package model

import (
	"embed"
	"encoding/json"
	"fmt"
	"sort"
)

//go:embed data/*.json
var data embed.FS

// Model is one service's wire description.
type Model struct {
	Name       string `json:"-"`      // the file's name without its ending
	Source     string `json:"source"` // the botocore version it was extracted from
	Metadata   Metadata
	Operations map[string]*Operation
	Shapes     map[string]*Shape
}

// Metadata says how a service is addressed.
type Metadata struct {
	APIVersion     string
	ActionPrefix   string // the prefix of its IAM actions, for example "tag"
	EndpointPrefix string
	JSONVersion    string
	Protocol       string
	Protocols      []string // every protocol it speaks: json, rest-json, query, ec2, smithy-rpc-v2-cbor
	ServiceID      string
	SigningName    string
	TargetPrefix   string
	XMLNamespace   string
}

// Operation is one call.
type Operation struct {
	Name          string `json:"-"`
	HTTP          HTTP
	Input         *Shape // nil: no members
	Output        *Shape // nil: no members
	ResultWrapper string
	Errors        []string
}

// HTTP is the REST binding of an operation.
type HTTP struct {
	Method       string
	RequestURI   string
	ResponseCode int
}

// Shape is one type of the model.
type Shape struct {
	Name            string `json:"-"`
	Type            string // structure, list, map, string, integer, long, float, double, boolean, timestamp, blob
	Members         []*Ref // of a structure, in the order of their names
	Required        []string
	Member          *Ref // of a list
	Key, Value      *Ref // of a map
	Min, Max        *float64
	Pattern         string
	Enum            []string
	Flattened       bool
	TimestampFormat string
	Payload         string
	LocationName    string
	Exception       bool
	Fault           bool
	Union           bool
	Error           *ErrorTrait
}

// Ref is a use of a shape as a member.
type Ref struct {
	Name            string // the member's name
	Shape           *Shape
	Location        string // "", uri, querystring, header, headers, statusCode
	LocationName    string
	QueryName       string
	TimestampFormat string
	Flattened       bool
	Required        bool
}

// ErrorTrait is how an exception appears in the query protocols.
type ErrorTrait struct {
	Code           string
	HTTPStatusCode int
}

// Wire is the member's name in a body.
func (r *Ref) Wire() string {
	if r.LocationName != "" {
		return r.LocationName
	}
	return r.Name
}

// Lookup finds a structure's member by name.
func (s *Shape) Lookup(member string) *Ref {
	for _, m := range s.Members {
		if m.Name == member {
			return m
		}
	}
	return nil
}

// Speaks answers whether the service accepts a protocol.
func (m *Model) Speaks(protocol string) bool {
	for _, p := range m.Metadata.Protocols {
		if p == protocol {
			return true
		}
	}
	return m.Metadata.Protocol == protocol
}

// Load reads one embedded model by name, for example "dynamodb".
func Load(name string) (*Model, error) {
	text, err := data.ReadFile("data/" + name + ".json")
	if err != nil {
		return nil, fmt.Errorf("read model %s: %w", name, err)
	}
	var raw rawModel
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("parse model %s: %w", name, err)
	}
	m, err := raw.resolve()
	if err != nil {
		return nil, fmt.Errorf("resolve model %s: %w", name, err)
	}
	m.Name = name
	return m, nil
}

// Names lists the embedded models.
func Names() ([]string, error) {
	entries, err := data.ReadDir("data")
	if err != nil {
		return nil, fmt.Errorf("list models: %w", err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name()[:len(e.Name())-len(".json")])
	}
	sort.Strings(names)
	return names, nil
}
