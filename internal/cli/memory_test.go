package cli

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestMemoryLimitFollowsWhatIsInUse(t *testing.T) {
	for live, want := range map[uint64]int64{0: memoryGoal, 300 << 20: memoryGoal, 800 << 20: 924 << 20} {
		if got := memoryLimit(live); got != want {
			t.Errorf("%d MB in use: limit %d MB", live>>20, got>>20)
		}
	}
}

func TestGarbageGrowsUntilItIsEasyToHoldNoMore(t *testing.T) {
	for live, want := range map[uint64]int{0: whileLittle, 40 << 20: whileLittle, 50 << 20: 300, 100 << 20: 100, 200 << 20: 0, 800 << 20: 0} {
		if got := garbagePercent(live); got != want {
			t.Errorf("%d MB in use: %d per cent", live>>20, got)
		}
	}
}

// The limit grows with an estate that is larger than the goal, and what was before comes back.
func TestSavingMemoryAdaptsAndEnds(t *testing.T) {
	before := debug.SetMemoryLimit(math.MaxInt64)
	defer debug.SetMemoryLimit(before)
	stop := saveMemory(noEnvironment)
	if got := debug.SetMemoryLimit(-1); got != memoryGoal {
		t.Errorf("limit %d at first", got)
	}
	large := make([]byte, memoryGoal)
	for tries := 0; debug.SetMemoryLimit(-1) <= memoryGoal; tries++ {
		if tries == 100 {
			t.Fatal("the limit stays below what is in use")
		}
		runtime.GC()
		time.Sleep(10 * time.Millisecond) // cleanups run on a goroutine of their own
	}
	runtime.KeepAlive(large)
	stop()
	if got := debug.SetMemoryLimit(-1); got != math.MaxInt64 {
		t.Errorf("limit %d afterwards", got)
	}
}

func noEnvironment(string) string { return "" }

// Garbage is left alone while little is in use, and no longer once an estate is large.
func TestGarbageIsLeftAloneWhileLittleIsInUse(t *testing.T) {
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	stop := saveMemory(noEnvironment)
	percent := func() int {
		now := debug.SetGCPercent(100)
		debug.SetGCPercent(now)
		return now
	}
	if got := percent(); got != whileLittle {
		t.Errorf("%d per cent at first", got)
	}
	large := make([]byte, easy)
	for tries := 0; percent() != 100; tries++ {
		if tries == 100 {
			t.Fatalf("%d per cent with %d MB in use", percent(), len(large)>>20)
		}
		runtime.GC()
		time.Sleep(10 * time.Millisecond) // cleanups run on a goroutine of their own
	}
	runtime.KeepAlive(large)
	stop()
	if got := percent(); got != 100 {
		t.Errorf("%d per cent afterwards", got)
	}
}

func TestTheUsersMemoryLimitStays(t *testing.T) {
	before := debug.SetMemoryLimit(1 << 40)
	defer debug.SetMemoryLimit(before)
	stop := saveMemory(noEnvironment)
	if got := debug.SetMemoryLimit(-1); got != 1<<40 {
		t.Errorf("limit %d", got)
	}
	stop()
}
