package control

import (
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// review is what a plan or a vault comes to as a whole; controls see it as "review". The language knows the name for these two types only.
func (c *covers) review(s *subject) any {
	switch of := s.pointers[string(s.Type)].(type) {
	case *estate.Plan:
		return c.ensureIndex().ReviewPlan(of)
	case *estate.Vault:
		return c.ensureIndex().ReviewVault(of)
	}
	return &protection.PlanReview{}
}
