package demo

import (
	"fmt"
	"time"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/inside"
)

// Account is the company's account, and its two Regions: the shop runs in Home, its American branch in Branch.
const (
	Account = "111122223333"
	Home    = "eu-west-1"
	Branch  = "us-east-1"
)

// history is how long the company has existed: longer than the 35 days that a full point-in-time recovery window takes to fill.
const history = 45 * day

const day = 24 * time.Hour

// Start is where the virtual clock must stand before Load: the company's first day.
func Start() time.Time { return Today().Add(-history) }

// Today is where the virtual clock stands after Load: the morning on which somebody asks what could be got back.
func Today() time.Time { return time.Date(2026, time.November, 20, 8, 0, 0, 0, time.UTC) }

// Load fills a fresh simulated AWS with the company and plays its history: the clock moves 45 days forward from where it stands.
// It takes the world's lock itself. The error names the operation that failed.
func Load(as *awssim.Assembly) error {
	h := &hand{as.World, inside.New(as)}
	began := h.now()
	for _, e := range events() {
		h.until(began.Add(e.after))
		if err := e.what(h); err != nil {
			return fmt.Errorf("play day %d of the demo: %w", int(e.after/day)+1, err)
		}
	}
	h.until(began.Add(history))
	return nil
}

// event is something that people did, some time after the company's beginning.
type event struct {
	after time.Duration
	what  func(*hand) error
}

// events are in order of time. The company begins at eight in the morning.
func events() []event {
	return []event{
		{0, roles},
		{time.Minute, vaults},
		{2 * time.Minute, createTables},
		{3 * time.Minute, fillTables},
		{4 * time.Minute, protectTables},
		{5 * time.Minute, plans},
		{2*day + 3*time.Hour, backUpByHand("price-history", "before-the-currency-change")},
		{5*day + 6*time.Hour, backUpByHand("coupons", "spring-campaign")},
		{10 * day, trade(0)},
		{20 * day, trade(1)},
		{25*day + 2*time.Hour, dropCoupons},
		{25*day + 3*time.Hour, recreateCoupons},
		{25*day + 4*time.Hour, refillCoupons},
		{30 * day, openBranch},
		{38 * day, trade(2)},
		{44*day + 2*time.Hour, pitr(Home, "gift-cards")},
		{44*day + 6*time.Hour, trade(3)},
	}
}
