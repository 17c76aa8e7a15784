package backup

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/awssim/world"
)

// ptr is a pointer to a value, nil for the zero value: AWS leaves such members out.
func ptr[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// always is a pointer to a value, the zero value included.
func always[T any](v T) *T { return &v }

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// arn is an ARN taken apart.
type arn struct {
	world.Scope
	service, resource string
}

func parseARN(text string) (arn, bool) {
	f := strings.SplitN(text, ":", 6)
	if len(f) != 6 || f[0] != "arn" {
		return arn{}, false
	}
	return arn{world.Scope{Partition: f[1], Region: f[3], Account: f[4]}, f[2], f[5]}, true
}

// tableOf is the scope and the name of a DynamoDB table's ARN.
func tableOf(text string) (world.Scope, string, bool) {
	a, ok := parseARN(text)
	if !ok || a.service != "dynamodb" {
		return world.Scope{}, "", false
	}
	name, ok := strings.CutPrefix(a.resource, "table/")
	return a.Scope, name, ok && name != "" && !strings.Contains(name, "/")
}

// vaultOf is the scope and the name of a vault's ARN.
func vaultOf(text string) (world.Scope, string, bool) {
	a, ok := parseARN(text)
	if !ok || a.service != "backup" {
		return world.Scope{}, "", false
	}
	name, ok := strings.CutPrefix(a.resource, "backup-vault:")
	return a.Scope, name, ok && name != ""
}

func isRoleARN(text string) bool {
	a, ok := parseARN(text)
	name, isRole := strings.CutPrefix(a.resource, "role/")
	return ok && a.service == "iam" && isRole && name != "" && len(a.Account) == 12
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
