package objective

import (
	"errors"
	"fmt"
	"path"
	"time"
)

// What can be asked for at all.
const (
	BestRPO       = 5 * time.Minute // point-in-time recovery is about five minutes behind, and nothing is nearer (aws-semantics 3)
	BestInterval  = time.Hour       // AWS Backup starts a rule at most once an hour
	LeastKept     = day
	LongestKept   = longestSpan
	accountDigits = 12
)

// CheckRPO says what is wrong with a recovery point objective; nil: nothing.
func CheckRPO(d time.Duration) error {
	if d < BestRPO {
		return fmt.Errorf("no mechanism of DynamoDB loses less than %s: that is how far point-in-time recovery is behind", Span(BestRPO))
	}
	return nil
}

// CheckRTO says what is wrong with a recovery time objective; nil: nothing.
func CheckRTO(d time.Duration) error {
	if d <= 0 {
		return errors.New("want more than nothing; leave rto out where any time will do")
	}
	return nil
}

// CheckInterval says what is wrong with an interval between backups; nil: nothing.
func CheckInterval(d time.Duration) error {
	if d < BestInterval {
		return fmt.Errorf("AWS Backup starts a rule at most once every %s; an rpo below that is what point-in-time recovery is for", Span(BestInterval))
	}
	return nil
}

// CheckRetention says what is wrong with a retention; nil: nothing.
func CheckRetention(d time.Duration) error {
	if d < LeastKept || d > LongestKept || d%day != 0 {
		return errors.New("want whole days, from 1d to 36500d: AWS Backup keeps by the day")
	}
	return nil
}

// CheckAccount says what is wrong with an account's id; nil: nothing.
func CheckAccount(id string) error {
	digits := 0
	for _, r := range id {
		if r < '0' || r > '9' {
			return errors.New("an account is 12 digits")
		}
		digits++
	}
	if digits != accountDigits {
		return errors.New("an account is 12 digits; quote one that begins with 0")
	}
	return nil
}

// CheckGlob says what is wrong with a glob; nil: nothing.
func CheckGlob(pattern string) error {
	if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
		return errors.New("no glob: * stands for any characters, ? for one, [ab] for either")
	}
	return nil
}

// Impossible names a scenario that no mechanism can survive with so small a loss; empty: there is none. When the items were damaged
// before the table was deleted, or somebody has every permission, point-in-time recovery goes with the table, and backups are left.
func (o Objective) Impossible() string {
	for _, name := range []string{DamagedThenDeleted, AccountCompromised} {
		if o.Asks(name) && o.RPO < BestInterval {
			return name
		}
	}
	return ""
}

// Covers reports whether every table that the other match describes is one that m describes, going by the words of both.
func (m Match) Covers(other Match) bool {
	return covers(m.Tables, other.Tables) && covers(m.Accounts, other.Accounts) && covers(m.Regions, other.Regions) && m.coversTags(other)
}

func covers(mine, theirs []string) bool {
	if len(mine) == 0 {
		return true
	}
	if len(theirs) == 0 {
		theirs = []string{"*"}
	}
	for _, pattern := range theirs {
		if !covered(mine, pattern) {
			return false
		}
	}
	return true
}

// covered: the same pattern, or one that takes everything.
func covered(by []string, pattern string) bool {
	for _, p := range by {
		if p == "*" || p == pattern {
			return true
		}
	}
	return false
}

func (m Match) coversTags(other Match) bool {
	for key, pattern := range m.Tags {
		theirs, asked := other.Tags[key]
		if !asked || pattern != "*" && pattern != theirs {
			return false
		}
	}
	return true
}
