package backup

import (
	"fmt"
	"testing"
	"time"
)

// company is a thousand tables under one daily plan that keeps 35 days.
func company(t testing.TB) *sim {
	x := newSim(t)
	x.vault(home(), "main")
	for i := range 1000 {
		x.tables.put(home(), fmt.Sprintf("table-%04d", i), map[string]string{"team": "shop"})
	}
	x.selects(x.plan("daily", ruleOf("r", "cron(0 5 * * ? *)", 35)), everything())
	return x
}

func BenchmarkAdvance35DaysOver1000Tables(b *testing.B) {
	for range b.N {
		x := company(b)
		x.w.Advance(35 * day)
		if n := x.s.areas[home()].vaults["main"].points.count(); n != 35000 {
			b.Fatalf("%d recovery points", n)
		}
		x.w.Advance(day) // and the first of them expire
	}
}

func BenchmarkListAVaultOf35000Points(b *testing.B) {
	x := company(b)
	x.w.Advance(35 * day)
	b.ResetTimer()
	for range b.N {
		n := 0
		for p := range x.s.areas[home()].vaults["main"].points.newest() {
			_ = p.inVault()
			n++
		}
		if n != 35000 {
			b.Fatal(n)
		}
	}
}

// The promise is 20 s for the whole simulator; AWS Backup's own share has to stay far below.
func TestAdvancingAMonthIsQuick(t *testing.T) {
	x := company(t)
	began := time.Now()
	x.w.Advance(35 * day)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("35 days over 1,000 tables took %v", took)
	}
}
