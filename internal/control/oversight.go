package control

import "github.com/restorable/restorable/internal/protection"

// oversight is who would notice, and what surrounds the tables: of a table, or of the whole unit for what stands for one.
// Controls see it as "oversight".
func (c *covers) oversight(s *subject) any {
	if c.around == nil {
		c.around = protection.NewOversight(c.unit)
	}
	if s.table != nil {
		return c.around.Table(s.table)
	}
	if c.surroundings == nil {
		c.surroundings = c.around.Region()
	}
	return c.surroundings
}
