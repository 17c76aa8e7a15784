package collect

import (
	"context"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/estate"
)

// One reads one account in one Region, whatever Regions the session was opened for. Failures are data, as in Collect; the error is a
// *StartError when nobody can be asked.
func One(ctx context.Context, account *awsapi.Account, region string, o Options) (*estate.Unit, error) {
	o = o.withDefaults()
	who := identify(ctx, account)
	if who.fatal() {
		return nil, &StartError{Err: who.err}
	}
	u := newUnitRun(account.Scope(region), who, true, o)
	u.collect(ctx)
	return u.unit, nil
}
