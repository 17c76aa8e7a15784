package awscron

import "strconv"

// maxQuoted bounds how much of a hostile expression an error message repeats.
const maxQuoted = 120

// Error says why an expression is not an AWS cron expression.
type Error struct {
	Expr   string // the whole expression as given
	Field  string // minutes, hours, day-of-month, month, day-of-week, year; empty when the expression as a whole is wrong
	Value  string // the offending part of Expr as written, may be empty
	Reason string // what is wrong and what to write instead
	Offset int    // byte offset of Value in Expr
}

// Error gives one line; parts of the input are quoted, so that control
// characters in them do no harm.
func (e *Error) Error() string {
	text := "parse cron expression " + quote(e.Expr) + ": "
	if e.Field != "" {
		text += e.Field + " "
		if e.Value != "" {
			text += quote(e.Value)
		}
		text += ": "
	}
	return text + e.Reason
}

func quote(s string) string {
	if len(s) > maxQuoted {
		return strconv.Quote(s[:maxQuoted]) + "…"
	}
	return strconv.Quote(s)
}
