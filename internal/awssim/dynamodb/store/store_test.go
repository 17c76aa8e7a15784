package store

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func picture(p *Pin) map[string]string {
	out := map[string]string{}
	p.Ascend(func(k, v string) bool {
		out[k] = v
		return true
	})
	return out
}

func now(s *Store) map[string]string {
	out := map[string]string{}
	s.Ascend("", func(k, v string) bool {
		out[k] = v
		return true
	})
	return out
}

// Random writes, pins, releases, sweeps and a moving window: every pin and every second in the window shows what a naive model remembers.
func TestHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := New()
		model := map[string]string{}
		ends := map[int64]map[string]string{}
		type taken struct {
			pin  *Pin
			want map[string]string
		}
		var pins []taken
		sec, keep := int64(100), NoHistory
		for step := range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0, 1, 2, 3:
				k, v := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "key"), fmt.Sprint("v", step)
				if old := s.Put(k, v, sec); old != model[k] {
					t.Fatalf("Put(%s) answered %q, want %q", k, old, model[k])
				}
				model[k] = v
			case 4:
				k := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "key")
				s.Put(k, "", sec)
				delete(model, k)
			case 5, 6:
				sec += int64(rapid.IntRange(1, 3).Draw(t, "seconds"))
			case 7:
				pins = append(pins, taken{s.Pin(), maps.Clone(model)})
			case 8:
				if len(pins) > 0 {
					pins[0].pin.Release()
					pins = pins[1:]
				}
				s.Sweep()
			case 9:
				if keep == NoHistory {
					keep = sec
				} else {
					keep = min(sec, keep+2)
				}
				s.Keep(keep)
			}
			for n := int64(100); n <= sec; n++ {
				if n == sec || ends[n] == nil {
					before := ends[n-1]
					if n == sec {
						before = maps.Clone(model)
					}
					ends[n] = before
				}
			}
			if diff := cmp.Diff(now(s), model); diff != "" || s.Len() != len(model) {
				t.Fatal("now:", diff)
			}
			for _, p := range pins {
				if diff := cmp.Diff(picture(p.pin), p.want); diff != "" {
					t.Fatal("pin:", diff)
				}
			}
			for n := keep; n <= sec; n++ {
				p := s.PinAt(n)
				if diff := cmp.Diff(picture(p), ends[n]); diff != "" {
					t.Fatal("second", n, diff)
				}
				p.Release()
			}
		}
		for _, p := range pins {
			p.pin.Release()
		}
		s.Keep(NoHistory)
		if got := s.Versions(); got != len(model) {
			t.Fatalf("%d versions stay, %d are needed", got, len(model))
		}
	})
}

func TestClosedStoreKeepsOnlyWhatPinsHold(t *testing.T) {
	s := New()
	for i := range 10 {
		s.Put(fmt.Sprint(i), "x", 1)
	}
	p := s.Pin()
	for i := range 10 {
		s.Put(fmt.Sprint("later", i), "x", 2)
	}
	s.Close()
	if got := len(picture(p)); got != 10 {
		t.Errorf("pin shows %d items, want 10", got)
	}
	if got := s.Versions(); got != 10 {
		t.Errorf("%d versions stay, want 10", got)
	}
	p.Release()
	if got := s.Versions(); got != 0 {
		t.Errorf("%d versions stay after the last release", got)
	}
}

func TestVersionsGoAwayWithTheWindow(t *testing.T) {
	s := New()
	s.Keep(0)
	for i := range int64(100) {
		s.Put("k", fmt.Sprint(i), i)
	}
	if got := s.Versions(); got != 100 {
		t.Errorf("%d versions, want all 100", got)
	}
	s.Keep(90)
	s.Sweep()
	if got := s.Versions(); got != 10 {
		t.Errorf("%d versions, want 10: one per second from 90 on", got)
	}
}

func TestIndex(t *testing.T) {
	x := NewIndex()
	x.Add("g1", "a")
	x.Add("g1", "b")
	x.Add("g2", "c")
	x.Remove("g1", "a")
	var got []string
	x.Ascend("g1", func(_, key string) bool {
		got = append(got, key)
		return true
	})
	x.Descend("g2\xff", func(_, key string) bool {
		got = append(got, key)
		return true
	})
	if diff := cmp.Diff(got, []string{"b", "c", "c", "b"}); diff != "" {
		t.Error(diff)
	}
}

// One million items of 400 bytes, one picture taken and history kept, a tenth rewritten: run with RESTORABLE_MEMORY=1.
func TestMemory(t *testing.T) {
	if os.Getenv("RESTORABLE_MEMORY") == "" {
		t.Skip("set RESTORABLE_MEMORY=1 to measure a million items")
	}
	const n = 1_000_000
	s := New()
	s.Keep(0)
	body := strings.Repeat("x", 400)
	for i := range n {
		s.Put(fmt.Sprintf("%08d-%032d", i*7919%n, i), body[:399]+string(rune('a'+i%26)), 1)
	}
	p := s.Pin()
	for i := range n / 10 {
		s.Put(fmt.Sprintf("%08d-%032d", i*7919%n, i), body[:399]+"z", 2)
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d bytes per item live, %d MB from the system", m.HeapAlloc/n, m.Sys>>20)
	if m.Sys > 2<<30 {
		t.Errorf("process took %d MB", m.Sys>>20)
	}
	runtime.KeepAlive(p)
}
