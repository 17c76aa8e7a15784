package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/estate"
)

// The picture of a timeline, in units of its own.
const (
	timelineWidth = 720
	timelineLeft  = 66 // where time begins: the names of the lanes stand before
	timelineRight = timelineWidth - 8
	timelineDays  = 35 // shown at least: the greatest window of point-in-time recovery
	timelineMost  = 400
	laneHeight    = 18
)

// timelineScale puts moments on the picture.
type timelineScale struct{ from, to estate.Instant }

func (s timelineScale) x(at estate.Instant) int {
	at = min(max(at, s.from), s.to)
	return timelineLeft + int(int64(at-s.from)*(timelineRight-timelineLeft)/max(int64(s.to-s.from), 1))
}

// scale reaches from the oldest thing to show, but 400 days back at most, to now.
func (t *Timeline) scale() (timelineScale, bool) {
	s := timelineScale{to: max(t.Now, t.PITR.To)}
	oldest := t.PITR.From
	note := func(at estate.Instant) {
		if at > s.to {
			s.to = at
		}
		if at != 0 && (oldest == 0 || at < oldest) {
			oldest = at
		}
	}
	for _, p := range t.Points {
		note(p.At)
	}
	for _, j := range t.Jobs {
		note(j.At)
	}
	for _, d := range t.Drills {
		note(d.At)
	}
	if s.to == 0 {
		return s, false
	}
	s.from = s.to.Add(-timelineDays * 24 * time.Hour)
	if oldest != 0 {
		s.from = max(min(s.from, oldest), s.to.Add(-timelineMost*24*time.Hour))
	}
	return s, oldest != 0
}

// timelineSVG draws the lanes: point-in-time recovery, backups, jobs that failed, drills. It is hidden from screen readers, which have the
// words beside it; shapes differ, so that no colour is needed. Empty: there is nothing to draw.
func timelineSVG(t *Timeline) string {
	s, drawn := t.scale()
	if !drawn {
		return ""
	}
	var b strings.Builder
	lanes := 0
	lane := func(name string) int {
		y := 4 + lanes*laneHeight
		lanes++
		fmt.Fprintf(&b, "<text y=%d>%s</text>", y+11, name)
		return y
	}
	if t.PITR.State == PITROn && t.PITR.From != 0 {
		y := lane("any second")
		from := s.x(t.PITR.From)
		fmt.Fprintf(&b, "<rect class=w x=%d y=%d width=%d height=9 />", from, y+3, max(s.x(t.PITR.To)-from, 1))
	}
	if len(t.Points) > 0 {
		y := lane("backups")
		b.WriteString("<path class=k d='")
		last := -1
		for _, p := range t.Points {
			if x := s.x(p.At); x != last {
				fmt.Fprintf(&b, "M%d %dv11", x, y+2)
				last = x
			}
		}
		b.WriteString("'/>")
	}
	if len(t.Jobs) > 0 {
		y := lane("failed jobs")
		b.WriteString("<path class=x d='")
		for _, j := range t.Jobs {
			fmt.Fprintf(&b, "M%d %dl8 8m0-8l-8 8", s.x(j.At)-4, y+4)
		}
		b.WriteString("'/>")
	}
	drillLane(&b, t.Drills, s, lane)
	return timelineFrame(b.String(), s, 4+lanes*laneHeight)
}

func drillLane(b *strings.Builder, drills []DrillMark, s timelineScale, lane func(string) int) {
	if len(drills) == 0 {
		return
	}
	y := lane("drills")
	for _, d := range drills {
		class := "d"
		if d.Outcome == estate.DrillPassed {
			class = "d p"
		}
		fmt.Fprintf(b, `<path class="%s" d="M%d %dl5 6l-5 6l-5-6z"/>`, class, s.x(d.At), y+1)
	}
}

func timelineFrame(inner string, s timelineScale, height int) string {
	return fmt.Sprintf(`<svg class=t viewBox="0 0 %d %d" aria-hidden="true">%s<path class=a d="M%d %dH%d"/><text x=%d y=%d>%s</text><text class=e x=%d y=%[8]d>%[11]s</text></svg>`,
		timelineWidth, height+16, inner, timelineLeft, height, timelineRight, timelineLeft, height+13, day(s.from), timelineRight, day(s.to))
}
