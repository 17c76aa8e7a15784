// Package backup makes on-demand backups of tables: DynamoDB's own, or recovery points of AWS Backup. It waits until AWS shows them and
// reads back what they hold; what a killed process had begun, the next one goes on with.
package backup

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Way is who makes a backup.
type Way string

// The ways.
const (
	Native    Way = "native"     // DynamoDB: never expires, carries no tags
	AWSBackup Way = "aws-backup" // AWS Backup: into a vault, by a role, for so many days
)

// Defaults of AWS Backup's on-demand backups. AWS keeps for ever what names no retention; we do not.
const (
	DefaultVault      = "Default"
	DefaultRetainDays = 35
)

// Request says what kind of backup is made.
type Request struct {
	Way          Way
	Name         string // of a native backup
	NameIsMadeUp bool   // by the program: a repeated command makes up another one, and means the same

	Vault           string
	Role            string            // name or ARN; empty: AWS Backup's default role of the account
	StartWindow     int64             // minutes in which the job has to start; 0: AWS's choice, eight hours
	CompleteWindow  int64             // minutes in which it has to end; 0: AWS's choice, seven days
	RetainDays      int64             // 0: for ever
	ColdAfterDays   int64             // 0: never
	Tags            map[string]string // of the recovery point
	WaitForTheirEnd bool              // and for the recovery point to be listed; native backups are always waited for
}

// Mistake says what is wrong with a request.
type Mistake struct {
	Field   string // of Request, as a flag is named: "name", "start-window"
	Problem string
	Hint    string
}

func (m *Mistake) Error() string { return m.Field + ": " + m.Problem }

// The bounds that AWS documents.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartBackupJob.html
// https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
const (
	leastWindow  = 60
	mostDays     = 36_500
	leastCold    = 90 // days that a point stays in cold storage at least
	mostPointTag = 50
)

// Validate holds a request against AWS's rules. Errors are *Mistake.
func (r Request) Validate() error {
	if r.Way == Native {
		return r.validateNative()
	}
	for _, check := range []func() *Mistake{r.badVault, r.badWindows, r.badLifecycle, r.badTags} {
		if m := check(); m != nil {
			return m
		}
	}
	return nil
}

// validateNative: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
func (r Request) validateNative() error {
	if !regexp.MustCompile(`^[a-zA-Z0-9_.-]{3,255}$`).MatchString(r.Name) {
		return &Mistake{"name", fmt.Sprintf("%q: want 3 to 255 letters, digits, dots, hyphens and underscores", r.Name), "--name before-the-migration"}
	}
	return nil
}

func (r Request) badVault() *Mistake {
	if !regexp.MustCompile(`^[a-zA-Z0-9_-]{2,50}$`).MatchString(r.Vault) {
		return &Mistake{"vault", fmt.Sprintf("%q: want the name of a vault, not its ARN", r.Vault), "aws backup list-backup-vaults shows them"}
	}
	return nil
}

func (r Request) badWindows() *Mistake {
	switch {
	case r.StartWindow != 0 && r.StartWindow < leastWindow:
		return &Mistake{"start-window", fmt.Sprintf("%d minutes: AWS takes 60 or more", r.StartWindow), "--start-window 1h"}
	case r.CompleteWindow != 0 && r.CompleteWindow < r.StartWindow:
		return &Mistake{"complete-window", fmt.Sprintf("%d minutes: the job must be allowed to take longer than it may wait for its start, %d minutes", r.CompleteWindow, r.StartWindow), "--complete-window 3h"}
	case r.CompleteWindow != 0 && r.CompleteWindow < leastWindow:
		return &Mistake{"complete-window", fmt.Sprintf("%d minutes: want 60 or more", r.CompleteWindow), "--complete-window 3h"}
	}
	return nil
}

func (r Request) badLifecycle() *Mistake {
	switch {
	case r.RetainDays < 0 || r.RetainDays > mostDays:
		return &Mistake{"retain", fmt.Sprintf("%d days: want 1 to 36500, or forever", r.RetainDays), "--retain 35"}
	case r.ColdAfterDays < 0 || r.ColdAfterDays > mostDays:
		return &Mistake{"cold-after", fmt.Sprintf("%d days: want 1 to 36500", r.ColdAfterDays), "--cold-after 30"}
	case r.ColdAfterDays > 0 && r.RetainDays > 0 && r.RetainDays < r.ColdAfterDays+leastCold:
		return &Mistake{"cold-after", fmt.Sprintf("%d days: what goes to cold storage stays there for 90 at least, and --retain is %d", r.ColdAfterDays, r.RetainDays),
			fmt.Sprintf("--retain %d or more", r.ColdAfterDays+leastCold)}
	}
	return nil
}

// badTags: https://docs.aws.amazon.com/aws-backup/latest/devguide/tags-on-backups.html
func (r Request) badTags() *Mistake {
	if len(r.Tags) > mostPointTag {
		return &Mistake{"tag", fmt.Sprintf("%d tags: AWS takes 50", len(r.Tags)), ""}
	}
	for _, key := range slices.Sorted(maps.Keys(r.Tags)) {
		switch value := r.Tags[key]; {
		case key == "" || len([]rune(key)) > 128 || len([]rune(value)) > 256:
			return &Mistake{"tag", fmt.Sprintf("%q: want a key of 1 to 128 characters and a value of at most 256", key+"="+value), "--tag Purpose=migration"}
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return &Mistake{"tag", fmt.Sprintf("%q: keys that begin with aws: are AWS's own", key), "--tag Purpose=migration"}
		}
	}
	return nil
}

// advanced reports whether the request asks for what only AWS Backup's advanced features of DynamoDB give.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/advanced-ddb-backup.html
func (r Request) advanced() bool {
	return r.Way == AWSBackup && (len(r.Tags) > 0 || r.ColdAfterDays > 0)
}
