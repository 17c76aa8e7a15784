package awsapi_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/restorable/restorable/internal/awsapi"
)

func TestPausesGrowAndEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, looks := time.Now(), 0
		for w := awsapi.WaitFor(time.Minute); w.Next(t.Context()); {
			looks++
		}
		if took := time.Since(began); took != time.Minute || looks < 10 || looks > 20 {
			t.Errorf("%d looks in %s", looks, took)
		}
		began = time.Now()
		endless := awsapi.WaitFor(0)
		for range 100 {
			if !endless.Next(t.Context()) || !endless.Left() {
				t.Fatal("an endless wait ended")
			}
		}
		if took := time.Since(began); took < 80*15*time.Second || took > 100*15*time.Second {
			t.Errorf("100 pauses took %s", took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if awsapi.WaitFor(time.Hour).Next(ctx) {
			t.Error("a wait outlived its context")
		}
		if awsapi.WaitUntil(time.Now()).Next(t.Context()) {
			t.Error("a wait outlived its deadline")
		}
	})
}
