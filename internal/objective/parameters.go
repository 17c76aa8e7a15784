package objective

import "time"

const day = 24 * time.Hour

// longestPITR is the longest recovery period that DynamoDB's point-in-time recovery can be set to.
const longestPITR = 35 * day

// Parameters are the objective's values by the names of the controls' parameters that they set: durations as time.Duration, lists as
// []string, the rest as string. What the objective does not ask for is not among them, and controls keep their defaults.
func (o Objective) Parameters() map[string]any {
	all := map[string]any{
		"scenarios": append([]string{}, o.Scenarios...), // none, if none is to be survived, rather than the default
		"rpo":       o.RPO,
		"interval":  o.Interval,
		"retention": o.Retention,
		"window":    min(o.Retention, longestPITR),
	}
	if o.RTO > 0 {
		all["rto"] = o.RTO
	}
	if regions := o.copies(func(c Copy) string { return c.Region }); len(regions) > 0 {
		all["regions"] = regions
	}
	if accounts := o.copies(func(c Copy) string { return c.Account }); len(accounts) > 0 {
		all["accounts"] = accounts
	}
	if o.Encryption != "" {
		all["level"] = string(o.Encryption)
	}
	if len(o.Tags) > 0 {
		all["keys"] = o.Tags
	}
	return all
}

func (o Objective) copies(of func(Copy) string) []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, c := range o.Copies {
		if place := of(c); !seen[place] {
			seen[place], out = true, append(out, place)
		}
	}
	return out
}
