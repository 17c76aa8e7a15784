// Package awscron reads and evaluates the cron expressions of AWS Backup plans,
// which are written in the EventBridge dialect:
//
//	cron(minutes hours day-of-month month day-of-week year)
//
// The grammar rests on the EventBridge page "Cron expressions reference"
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html),
// to which the AWS Backup guide points. What that page does not document is
// refused with a reason rather than guessed at: L-3, LW, a step in day-of-week,
// and L, W or # inside a list.
//
// # Readings that no AWS page settles
//
//   - Names (JAN, MON) are accepted in any case. Case-insensitivity is UNCONFIRMED.
//   - Ranges that wrap (20-2, FRI-MON) are accepted: an AWS example uses one in
//     the hours. Years do not wrap.
//   - ? in both day fields is refused. AWS says only that * in both is wrong.
//   - 31W does not run in a month without a 31st, like a plain 31.
//   - W stays inside its month: 1W on a Saturday runs on Monday the 3rd.
//   - A step is refused when it is as large as the whole field (*/60 minutes,
//     */24 hours, and by the same rule */31 days and */12 months).
//
// # Daylight saving
//
// Per the EventBridge Scheduler page "Schedule types"
// (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html)
// a wall-clock time skipped in spring does not run, and one repeated in autumn
// runs once. This package takes the first of the two. The rule is applied to
// every expression alike, so an hourly or every-minute schedule, too, sees each
// wall-clock time once and pauses during the repeated hour: an hourly rule in
// Europe/Berlin has one interval of two hours each October. AWS does not say
// which of the two occurrences runs, nor whether hourly schedules are exempt;
// both are assumptions, and the longer pause is the cautious one for a backup.
//
// # What is not here
//
// AWS Backup evaluates an expression between 00:00 and 23:59, so that a rule
// meant to run every 12 hours and starting after 11:59 runs once a day. The
// grammar already yields that (0 13/12 names hour 13 alone); judging it, like
// start windows and the hourly minimum frequency, is the work of the protection
// package.
//
// The package is pure: it never asks for the present time, and the caller brings
// the time zone.
package awscron
