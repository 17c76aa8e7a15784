package planning

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/protection/awscron"
	"github.com/restorable/restorable/internal/suggest"
)

// The ways to select tables (Options.Select); another one is "tag:KEY=VALUE".
const (
	SelectARN = "arn" // each table by its ARN: nothing but what is asked for
	SelectAll = "all" // every table of the account and Region, those to come included
)

// Defaults of the plan that is made when none fits.
const (
	DefaultPlan             = "restorable-daily"
	DefaultSchedule         = "cron(0 5 ? * * *)"
	DefaultStartWindow      = 60  // minutes
	DefaultCompletionWindow = 180 // minutes
	DefaultRetain           = 35  // days
	DefaultVault            = "Default"
	DefaultRole             = "AWSBackupDefaultServiceRole"
	DefaultPITRPeriod       = 35 // days
)

// Options are what a person may set. The zero value is the defaults.
type Options struct {
	Only, Skip []string // remedies, composites too
	Tables     []string // globs, for the record: Input.Wants decides
	Select     string   // SelectARN (default), SelectAll or "tag:KEY=VALUE"
	Replace    bool     // allow create-then-delete where adding is not enough

	PlanName         string // empty: DefaultPlan, or restorable-<tier>
	Schedule         string // empty: by the objective
	StartWindow      int64  // minutes
	CompletionWindow int64  // minutes
	Retain           int64  // days; 0: by the objective
	Vault            string // name
	VaultKey         string // ARN of the key of vaults that are made; empty: AWS's own
	Role             string // name or ARN
	PITRPeriod       int64  // days
	Expires          time.Duration
	Owned            []string // KEY or KEY=VALUE (globs) of tags that mark what a template owns; nil: marks

	Extras
}

// OptionError says which option cannot be, and what to give instead.
type OptionError struct {
	Option string // flag without dashes
	Reason string
	Hint   string // may be empty
}

func (e *OptionError) Error() string { return "--" + e.Option + " " + e.Reason }

// planNames is what AWS accepts as the name of a plan, a rule or a selection
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupPlanInput.html).
func nameOK(s string, chars string, least, most int) bool {
	ok, err := regexp.MatchString(fmt.Sprintf(`^[%s]{%d,%d}$`, chars, least, most), s)
	return err == nil && ok
}

const (
	nameChars  = `a-zA-Z0-9\-_.`
	vaultChars = `a-zA-Z0-9\-_`
	roleChars  = `\w+=,.@\-`
)

// fill checks the options and fills in the defaults.
func (o *Options) fill() error {
	for _, check := range []func() error{o.checkRemedies, o.checkSelect, o.checkRule, o.checkNames, o.checkNumbers, o.Extras.fill} {
		if err := check(); err != nil {
			return err
		}
	}
	def(&o.StartWindow, DefaultStartWindow)
	def(&o.CompletionWindow, DefaultCompletionWindow)
	def(&o.PITRPeriod, DefaultPITRPeriod)
	def(&o.Vault, DefaultVault)
	def(&o.Role, DefaultRole)
	def(&o.Select, SelectARN)
	def(&o.Expires, validFor)
	return nil
}

func def[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}

func (o *Options) checkRemedies() error {
	for flag, list := range map[string][]string{"only": o.Only, "skip": o.Skip} {
		for _, id := range list {
			if slices.Contains(IDs(), id) {
				continue
			}
			hint := "one of " + strings.Join(IDs(), ", ")
			if near := suggest.Nearest(id, IDs()); near != "" {
				hint = "did you mean " + near + "?"
			}
			return &OptionError{flag, id + ": no such remedy", hint}
		}
	}
	return nil
}

func (o *Options) checkSelect() error {
	if o.Select == "" || o.Select == SelectARN || o.Select == SelectAll {
		return nil
	}
	pair, ok := strings.CutPrefix(o.Select, "tag:")
	key, value, ok2 := strings.Cut(pair, "=")
	if !ok || !ok2 || key == "" || value == "" || strings.HasPrefix(strings.ToLower(key), "aws:") || len(key) > 128 || len(value) > 256 {
		return &OptionError{"select", o.Select + ": want all, arn or tag:KEY=VALUE", "--select tag:backup=daily"}
	}
	return nil
}

// tag is the tag to select by; ok is false when tables are not selected by tag.
func (o *Options) tag() (key, value string, ok bool) {
	pair, ok := strings.CutPrefix(o.Select, "tag:")
	key, value, _ = strings.Cut(pair, "=")
	return key, value, ok
}

func (o *Options) checkRule() error {
	if o.Schedule == "" {
		return nil
	}
	if _, err := awscron.Parse(o.Schedule); err != nil {
		return &OptionError{"schedule", o.Schedule + ": " + err.Error(), "--schedule '" + DefaultSchedule + "'"}
	}
	return nil
}

func (o *Options) checkNames() error {
	role := o.Role[strings.LastIndexByte(o.Role, '/')+1:]
	switch {
	case o.PlanName != "" && !nameOK(o.PlanName, nameChars, 1, 50):
		return &OptionError{"plan-name", o.PlanName + ": want 1 to 50 letters, digits, - _ and .", ""}
	case o.Vault != "" && !nameOK(o.Vault, vaultChars, 2, 50):
		return &OptionError{"vault", o.Vault + ": want 2 to 50 letters, digits, - and _", ""}
	case o.VaultKey != "" && !isKeyARN(o.VaultKey):
		return &OptionError{"vault-key", o.VaultKey + ": want the ARN of a key, not of an alias", "--vault-key arn:aws:kms:eu-west-1:123456789012:key/…"}
	case role != "" && !nameOK(role, roleChars, 1, 64), o.Role != "" && role == "", role != o.Role && !strings.HasPrefix(o.Role, "arn:"):
		return &OptionError{"role", o.Role + ": want the name or the ARN of a role", "--role " + DefaultRole}
	}
	return nil
}

func (o *Options) checkNumbers() error {
	for _, n := range []struct {
		flag         string
		value        int64
		least, most  int64
		unit, remark string
	}{
		{"start-window", o.StartWindow, 60, 52_560_000, "minutes", "AWS Backup asks for at least an hour"},
		{"completion-window", o.CompletionWindow, 60, 52_560_000, "minutes", ""},
		{"retain", o.Retain, 1, 36_500, "days", ""},
		{"pitr-period", o.PITRPeriod, 1, 35, "days", ""},
	} {
		if n.value != 0 && (n.value < n.least || n.value > n.most) {
			return &OptionError{n.flag, fmt.Sprintf("%d: want %d to %d %s", n.value, n.least, n.most, n.unit), n.remark}
		}
	}
	if o.Expires < 0 {
		return &OptionError{"expires", o.Expires.String() + ": want a time that is not over", "--expires 24h"}
	}
	return nil
}

// Check looks for mistakes without planning anything. The error is an *OptionError.
func (o Options) Check() error { return o.fill() }
