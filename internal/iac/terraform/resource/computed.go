package resource

import "slices"

// PerhapsDynamic is why it is not known whether there is a block that a plan does not show.
const PerhapsDynamic = "the plan rests on what only applying tells and does not show where: a dynamic block may make one (the configuration beside the plan would tell)"

// Computes reports whether the provider fills in a block of this name where none is configured, as AWS does by default.
func Computes(name string) bool { return slices.Contains(computed(), name) }

func computed() []string {
	return []string{"point_in_time_recovery", "server_side_encryption", "ttl", "warm_throughput", "condition", "inline_policy", "suspended_state"}
}
