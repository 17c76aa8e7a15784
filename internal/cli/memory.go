package cli

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

const (
	// memoryGoal is how much memory the runtime may take before it collects garbage more eagerly than usual. It leaves the
	// program's own code and data 60 MB below the 500 MB that a scan of 10,000 tables with 350,000 recovery points may take.
	memoryGoal = 416 << 20
	// memorySlack is what garbage may take beyond what is in use, once that comes near the goal: besides an eighth of it.
	memorySlack = 24 << 20
	// easy is how much may be in use with its garbage before that is collected, as long as that is at most whileLittle: reading the controls
	// alone makes tens of megabytes, and a scan of little is faster by a quarter when nothing is collected meanwhile.
	easy = 200 << 20
	// whileLittle is how much garbage there may be, in per cent of what is in use.
	whileLittle = 400
)

// saveMemory keeps the garbage of a large estate small. Left alone the runtime lets garbage grow to as much again as is in use,
// which for an estate is hundreds of megabytes that nobody needs; a fixed percentage would make small scans slow. So a limit
// is set, far above what small scans use, and raised where an estate truly needs more: below it the runtime would do nothing but collect.
// What the user set (GOMEMLIMIT, GOGC) stays. The function returned ends it.
func saveMemory(env func(string) string) (stop func()) {
	before := debug.SetMemoryLimit(-1) // a negative limit only asks
	if before != math.MaxInt64 || env("GOGC") != "" {
		return func() {}
	}
	debug.SetMemoryLimit(memoryGoal)
	percent := debug.SetGCPercent(whileLittle)
	g := &guard{}
	g.afterEachCollection(func() {
		live := liveBytes()
		debug.SetMemoryLimit(memoryLimit(live))
		debug.SetGCPercent(max(percent, garbagePercent(live)))
	})
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.stopped = true
		debug.SetMemoryLimit(before)
		debug.SetGCPercent(percent)
	}
}

// memoryLimit is the limit for so many bytes in use.
func memoryLimit(live uint64) int64 { return int64(max(memoryGoal, live+live/8+memorySlack)) }

// garbagePercent is how much garbage there may be for so many bytes in use.
func garbagePercent(live uint64) int {
	if live*(100+whileLittle)/100 < easy {
		return whileLittle
	}
	return int(max(0, easy-int64(live)) * 100 / int64(live))
}

// guard makes sure that nothing changes the limit after the end.
type guard struct {
	mu      sync.Mutex
	stopped bool
}

// afterEachCollection runs f when garbage was collected, until it is stopped: the cleanup of an object that nobody holds runs then.
func (g *guard) afterEachCollection(f func()) {
	runtime.AddCleanup(new([64]byte), func(struct{}) {
		g.mu.Lock()
		defer g.mu.Unlock()
		if !g.stopped {
			f()
			g.afterEachCollection(f)
		}
	}, struct{}{})
}

// liveBytes is what the last collection found in use.
func liveBytes() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
