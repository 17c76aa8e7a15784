package wire

import (
	"net/url"
	"sort"
	"strings"

	"github.com/restorable/restorable/internal/awssim/model"
)

// restRoute is one operation's method and path.
type restRoute struct {
	op       *model.Operation
	method   string
	segments []string // "{name}" is a label
	query    string   // a key that the query string must have, from a URI such as /path?delete
	labels   int
}

// restRoutes lists the model's routes, those with a required query key and with fewer labels first, so that
// /backup-vaults/x and /backup-vaults/{name} never compete by chance.
func restRoutes(m *model.Model) []restRoute {
	if !m.Speaks("rest-json") {
		return nil
	}
	var routes []restRoute
	for _, op := range m.Operations {
		path, query, _ := strings.Cut(op.HTTP.RequestURI, "?")
		query, _, _ = strings.Cut(query, "=")
		segments := splitPath(path)
		routes = append(routes, restRoute{op: op, method: op.HTTP.Method, segments: segments, query: query, labels: strings.Count(path, "{")})
	}
	sort.Slice(routes, func(i, j int) bool {
		a, b := routes[i], routes[j]
		switch {
		case (a.query != "") != (b.query != ""):
			return a.query != ""
		case a.labels != b.labels:
			return a.labels < b.labels
		}
		return a.op.Name < b.op.Name
	})
	return routes
}

// splitPath cuts a path into its segments; a trailing slash does not matter, since clients differ.
func splitPath(path string) []string {
	return strings.Split(strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/"), "/")
}

// MatchREST finds the operation that a method and an escaped path name, and the decoded values of the path's labels.
func (c *Codec) MatchREST(method, escapedPath string, query url.Values) (*model.Operation, map[string]string, bool) {
	segments := splitPath(escapedPath)
	for i := range c.rest {
		r := &c.rest[i]
		if r.method != method || len(r.segments) != len(segments) || (r.query != "" && !query.Has(r.query)) {
			continue
		}
		if labels, ok := r.match(segments); ok {
			return r.op, labels, true
		}
	}
	return nil, nil, false
}

func (r *restRoute) match(segments []string) (map[string]string, bool) {
	labels := map[string]string{}
	for i, want := range r.segments {
		got, err := url.PathUnescape(segments[i])
		if err != nil {
			return nil, false
		}
		if strings.HasPrefix(want, "{") {
			if got == "" {
				return nil, false
			}
			labels[strings.Trim(want, "{}+")] = got
		} else if got != want {
			return nil, false
		}
	}
	return labels, true
}
