package dynamodb

import "github.com/restorable/restorable/internal/awssim/world"

// HasStream reports whether a table's stream, or one that was switched off within the last day, can be read.
func (s *Service) HasStream(sc world.Scope, arn string) bool {
	r := s.regions[sc]
	return r != nil && r.streams[arn] != nil
}
