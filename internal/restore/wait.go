package restore

import (
	"time"

	"github.com/restorable/restorable/internal/awsapi"
)

// wait begins to wait for at most so long; 0 means without end.
func (r *Run) wait(within time.Duration) *awsapi.Wait { return awsapi.WaitFor(within).From(r.o.Pause) }
