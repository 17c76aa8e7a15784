package awscron_test

import (
	"testing"

	"github.com/restorable/restorable/internal/protection/awscron"
)

func TestDescribe(t *testing.T) {
	tests := []struct{ expr, want string }{
		{"cron(0 5 ? * * *)", "every day at 05:00"},
		{"cron(0 5 * * ? *)", "every day at 05:00"},
		{"cron(0 5,17 * * ? *)", "every day at 05:00 and 17:00"},
		{"cron(30 1/8 * * ? *)", "every day at 01:30, 09:30 and 17:30"},
		{"cron(15 * ? * * *)", "at minute 15 of every hour"},
		{"cron(0 * ? * * *)", "every hour"},
		{"cron(* * ? * * *)", "every minute"},
		{"cron(0/15 * ? * * *)", "every 15 minutes"},
		{"cron(5,20 * ? * * *)", "at minutes 5 and 20 of every hour"},
		{"cron(0 1/2 ? * * *)", "every 2 hours from 01:00"},
		{"cron(0 8-17 ? * MON-FRI *)", "every hour from 08:00 to 17:00, Monday to Friday"},
		{"cron(0 5 ? * SUN *)", "every Sunday at 05:00"},
		{"cron(0 5 ? * L *)", "every Saturday at 05:00"},
		{"cron(0 5 ? * MON,THU *)", "every Monday and Thursday at 05:00"},
		{"cron(0 5 ? * MON-FRI *)", "Monday to Friday at 05:00"},
		{"cron(0 5 ? JUL MON *)", "every Monday in July at 05:00"},
		{"cron(0 5 1 * ? *)", "on day 1 of every month at 05:00"},
		{"cron(0 5 1,15 1/6 ? *)", "on days 1 and 15 of January and July at 05:00"},
		{"cron(0 5 L * ? *)", "on the last day of every month at 05:00"},
		{"cron(0 5 3W * ? *)", "on the weekday nearest day 3 of every month at 05:00"},
		{"cron(0 5 ? * 6L *)", "on the last Friday of every month at 05:00"},
		{"cron(0 5 ? * 3#2 *)", "on the second Tuesday of every month at 05:00"},
		{"cron(0 5 24 12 ? 2030)", "on day 24 of December at 05:00, only in 2030"},
		{"cron(0 5 ? * * 2030-2032)", "every day at 05:00, from 2030 to 2032"},
		{"cron(0 5 ? * * 2030/1)", "every day at 05:00, from 2030 on"},
		{"cron(0 5 ? * * 2030,2032)", "every day at 05:00, only in 2030 and 2032"},
		{"cron(0 5 ? * * */2)", "every day at 05:00, in some years only"},
		{"cron(1-50 3-9 ? * * *)", "cron(1-50 3-9 ? * * *)"},
		{"cron(0 5 1-20 * ? *)", "cron(0 5 1-20 * ? *)"},
	}
	for _, test := range tests {
		if got := mustParse(t, test.expr).Describe(); got != test.want {
			t.Errorf("%s: got %q, want %q", test.expr, got, test.want)
		}
	}
	if got := (awscron.Schedule{}).Describe(); got != "" {
		t.Errorf("the zero schedule: got %q", got)
	}
}
