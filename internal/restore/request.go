package restore

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/restore/settings"
)

// Request is what is to be restored, into what. It is kept with the run.
type Request struct {
	Kind   settings.Kind `json:"kind"`
	Table  string        `json:"table"`           // ARN of the table that is brought back
	ARN    string        `json:"arn,omitempty"`   // of the backup or recovery point; empty for PITR
	Vault  string        `json:"vault,omitempty"` // name: of the recovery point
	Region string        `json:"region"`          // where the point is
	At     time.Time     `json:"at,omitzero"`     // the moment; with PITR zero is the latest one

	Target       string `json:"target"` // name of the new table
	TargetRegion string `json:"target_region"`

	Indexes Indexes  `json:"indexes"`
	Key     Key      `json:"key"`
	Billing *Billing `json:"billing,omitempty"` // nil: as AWS carries it

	Role      string `json:"role,omitempty"`       // ARN, that AWS Backup works with
	CopyVault string `json:"copy_vault,omitempty"` // name, in the target Region: where a recovery point of another Region is copied to
	CopyDays  int64  `json:"copy_days,omitempty"`  // that the copy is kept

	Alarms bool `json:"alarms,omitempty"` // alarms are made for the new name
	TTL    bool `json:"ttl,omitempty"`    // time to live is switched on, last
	Count  bool `json:"count,omitempty"`  // what time to live would delete at once is counted, by reading the whole new table
}

// Indexes says which secondary indexes the new table gets.
type Indexes struct {
	Some  bool     `json:"some,omitempty"`  // false: all
	Names []string `json:"names,omitempty"` // with Some; none when empty
	// Delete lets indexes that a restore cannot leave out be deleted from the new table afterwards.
	Delete bool `json:"delete,omitempty"`
}

// Wants reports whether an index is to be there.
func (x Indexes) Wants(name string) bool { return !x.Some || slices.Contains(x.Names, name) }

// The levels of encryption.
const (
	AWSOwned   = "aws-owned"
	AWSManaged = "aws-managed"
	Customer   = "customer"
)

// Key says what the new table is encrypted with.
type Key struct {
	Level string `json:"level"`
	ARN   string `json:"arn,omitempty"`   // with Customer; an id or alias will do
	Asked bool   `json:"asked,omitempty"` // somebody chose it; otherwise it follows the source
}

// Billing says what the new table costs and bears.
type Billing struct {
	Provisioned bool  `json:"provisioned"`
	Read        int64 `json:"read,omitempty"`
	Write       int64 `json:"write,omitempty"`
}

// CrossRegion reports whether the new table is in another Region than its point.
func (r *Request) CrossRegion() bool { return r.Region != r.TargetRegion }

// Route is how the new table comes to be, with what was chosen on purpose.
func (r *Request) Route() settings.Route {
	route := settings.Route{Kind: r.Kind, CrossRegion: regionOf(r.Table) != r.TargetRegion, Chosen: map[settings.Setting]string{}}
	if r.Indexes.Some {
		route.Chosen[settings.Global], route.Chosen[settings.Local] = "left out, as asked", "left out, as asked"
	}
	if r.Billing != nil {
		route.Chosen[settings.Billing] = "as asked"
	}
	if r.Key.Asked {
		route.Chosen[settings.Encryption] = "as asked"
	}
	if !r.TTL {
		route.Chosen[settings.TTL] = "left off: it would delete items; --ttl switches it on"
	}
	if !r.Alarms {
		route.Chosen[settings.Alarms] = "not made anew; --alarms makes them for the new name"
	}
	return route
}

// InvalidError says what is wrong with a request. Nothing was asked of AWS.
type InvalidError struct{ Reason, Hint string }

func (e *InvalidError) Error() string { return "check restore: " + e.Reason }

func invalid(hint, format string, args ...any) error {
	return &InvalidError{Reason: fmt.Sprintf(format, args...), Hint: hint}
}

// Check finds what no restore can do, before anything is asked of AWS. What a route cannot do is refused here, never ignored.
func (r *Request) Check() error {
	switch {
	case !isTableName(r.Target):
		return invalid("--to NAME, of 3 to 255 letters, digits, _ . or -", "%q cannot be the name of a table", r.Target)
	case strings.HasPrefix(r.Target, "awsbackup-restore-test"):
		return invalid("choose another name with --to", "AWS's restore testing deletes tables whose names begin with awsbackup-restore-test")
	case r.Region == "" || r.TargetRegion == "" || r.Table == "":
		return errors.New("check restore: the request names no table or Region")
	case r.Kind != settings.ByPITR && r.ARN == "":
		return errors.New("check restore: the request names no point")
	case r.CrossRegion() && r.Kind != settings.ByPoint && (apart(r.Region) || apart(r.TargetRegion)):
		return invalid("AWS Backup can copy a recovery point", "DynamoDB restores neither from nor into %s across Regions", strings.Join(apartOf(r.Region, r.TargetRegion), " and "))
	case r.Billing != nil && r.Billing.Provisioned && (r.Billing.Read < 1 || r.Billing.Write < 1):
		return invalid("--billing provisioned:READ/WRITE", "provisioned capacity needs reads and writes of 1 or more")
	}
	return errors.Join(r.Key.check(r.TargetRegion), r.checkPoint())
}

func (k Key) check(region string) error {
	switch {
	case k.Level != AWSOwned && k.Level != AWSManaged && k.Level != Customer:
		return invalid("--encryption aws-owned, aws-managed or a key's ARN", "the encryption of the new table is not decided")
	case k.Level == Customer && k.ARN == "":
		return invalid("--encryption with the key's ARN", "a key of the account is wanted, but not named")
	case k.Level == Customer && regionOf(k.ARN) != "" && regionOf(k.ARN) != region:
		return invalid("--encryption with a key of "+region, "the key %s is not in %s, where the new table is to be", k.ARN, region)
	}
	return nil
}

// checkPoint: a restore job of AWS Backup takes a name and a key, and nothing else.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-dynamodb.html
func (r *Request) checkPoint() error {
	if r.Kind != settings.ByPoint {
		return nil
	}
	switch {
	case r.Role == "":
		return invalid("--role with the ARN of a role that AWS Backup can restore with", "AWS Backup needs a role to restore with")
	case r.Indexes.Some && !r.Indexes.Delete:
		return invalid("--delete-indexes restores all of them and deletes the others from the new table; or choose a native point: restorable restore TABLE --list",
			"AWS Backup always restores every index, and --indexes asks for some")
	case r.CrossRegion() && r.CopyVault == "":
		return invalid("--copy-vault NAME, of a vault in "+r.TargetRegion, "the recovery point is in %s and has to be copied to %s first", r.Region, r.TargetRegion)
	case r.CrossRegion() && strings.Contains(r.ARN, ":dynamodb:"):
		return invalid("choose a point in "+r.TargetRegion+", or a native one: restorable restore TABLE --list", "a recovery point made without AWS Backup's advanced features cannot be copied to another Region")
	}
	return nil
}

// apart: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/pointintimerecovery_restores.html
func apart(region string) bool { return region == "ap-east-1" || region == "me-south-1" }

func apartOf(regions ...string) []string {
	return slices.DeleteFunc(regions, func(r string) bool { return !apart(r) })
}

func isTableName(name string) bool {
	return len(name) >= 3 && len(name) <= 255 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == ""
}

func regionOf(arn string) string { return partOf(arn, 3) }

func partOf(arn string, i int) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[i]
}

// nameOf is the table's name in its ARN.
func nameOf(arn string) string {
	_, name, _ := strings.Cut(partOf(arn, 5), "/")
	name, _, _ = strings.Cut(name, "/")
	return name
}
