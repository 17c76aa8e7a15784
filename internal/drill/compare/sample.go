package compare

import "context"

// sample compares some items of each table.
func (c *comparison) sample(context.Context) error { return nil }
