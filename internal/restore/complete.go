package restore

import "context"

func (r *Run) completing(ctx context.Context) error { return r.move(ctx, Done) }
