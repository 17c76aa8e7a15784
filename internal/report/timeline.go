package report

import (
	"fmt"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/terminal"
)

// Timeline is what there is to go back to of one table, and what became of its backups: facts, for a picture. What is not known says so.
type Timeline struct {
	Now    estate.Instant // AWS's; 0: not known
	PITR   PITRSpan
	Points []PointMark // restorable backups, oldest first
	Known  bool        // whether Points are all there are
	Jobs   []JobMark   // backup jobs that did not succeed, oldest first
	Last   string      // the newest backup job that ended, in words
	Drills []DrillMark // oldest first
}

// PITRSpan is the window of point-in-time recovery.
type PITRSpan struct {
	State    string         // on, off or unknown
	From, To estate.Instant // 0: not known
}

// The states of point-in-time recovery.
const (
	PITROn      = "on"
	PITROff     = "off"
	PITRUnknown = "unknown"
)

// PointMark is one restorable backup.
type PointMark struct {
	At     estate.Instant
	Native bool // DynamoDB's own, not AWS Backup's
}

// JobMark is one backup job.
type JobMark struct {
	At    estate.Instant
	State string
}

// DrillMark is one drill that ended.
type DrillMark struct {
	At      estate.Instant
	Outcome string // passed, failed, inconclusive or unknown
	Text    string // what it showed
}

// words say everything that the picture shows.
func (t *Timeline) words() []string {
	out := []string{t.pitrWords(), t.pointWords()}
	if t.Last != "" {
		out = append(out, "Last backup job: "+t.Last+".")
	}
	if n := len(t.Jobs); n > 0 {
		newest := t.Jobs[n-1]
		out = append(out, fmt.Sprintf("%s without success, the newest of %s: %s.", terminal.Count(n, "backup job"), minute(newest.At), strings.ToLower(newest.State)))
	}
	if len(t.Drills) == 0 {
		return append(out, "No drill of it is known.")
	}
	last := t.Drills[len(t.Drills)-1]
	return append(out, fmt.Sprintf("%s known, the newest of %s: %s.", terminal.Count(len(t.Drills), "drill"), minute(last.At), strings.TrimRight(last.Outcome+", "+last.Text, ", .")))
}

func (t *Timeline) pitrWords() string {
	p := t.PITR
	switch {
	case p.State == PITROff:
		return "Point-in-time recovery is off."
	case p.State != PITROn:
		return "Whether point-in-time recovery is on is not known."
	case p.From == 0 || p.To == 0:
		return "Point-in-time recovery is on; its window is not known."
	}
	return "Point-in-time recovery from " + minute(p.From) + " to " + minute(p.To) + "."
}

func (t *Timeline) pointWords() string {
	n := len(t.Points)
	switch {
	case n == 0 && t.Known:
		return "No restorable backup."
	case n == 0:
		return "Which backups there are is not known."
	}
	text := terminal.Count(n, "restorable backup")
	if !t.Known {
		text = "At least " + text
	}
	if n == 1 {
		return text + ", of " + minute(t.Points[0].At) + "."
	}
	return text + ", from " + minute(t.Points[0].At) + " to " + minute(t.Points[n-1].At) + "."
}

func minute(at estate.Instant) string {
	if at == 0 {
		return "an unknown time"
	}
	return at.Time().Format("2006-01-02 15:04 UTC")
}

func day(at estate.Instant) string { return at.Time().Format("2006-01-02") }
