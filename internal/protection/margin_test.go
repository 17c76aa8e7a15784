package protection

import (
	"testing"

	"github.com/restorable/restorable/internal/estate"
)

// TestAForecastEndsInTheMiddleOfOverlaps: a start before the end of the forecast is dropped by one after it.
func TestAForecastEndsInTheMiddleOfOverlaps(t *testing.T) {
	u := daily()
	long := u.Plans.Items[0].Rules.Items[0]
	short := long
	short.ID, short.Name = "short", kn("short")
	long.Schedule, long.DeleteAfterDays = kn("cron(0 13 ? * * *)"), kn(int64(35))
	short.Schedule, short.DeleteAfterDays, short.StartWindow = kn("cron(0 11 ? * * *)"), kn(int64(7)), kn(int64(480))
	u.Plans.Items[0].Rules = all(long, short)
	for _, p := range coverFirst(u).Forecast(estate.At(testNow.Time()), 3).Coming {
		if p.Rule == "short" {
			t.Errorf("the rule that keeps shorter is forecast at %v", p.Scheduled)
		}
	}
}
