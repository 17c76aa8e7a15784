// Package account simulates AWS Account Management and the part of EC2 that lists Regions.
package account

import "slices"

// region is one Region of AWS as its documentation lists it
// (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html).
type region struct {
	name      string
	geography string
	optIn     bool // disabled until an account enables it
}

// regions of a partition, sorted by name.
func regions(partition string) []region {
	switch partition {
	case "aws-cn":
		return []region{{"cn-north-1", "China", false}, {"cn-northwest-1", "China", false}}
	case "aws-us-gov":
		return []region{{"us-gov-east-1", "United States of America", false}, {"us-gov-west-1", "United States of America", false}}
	}
	return []region{
		{"af-south-1", "South Africa", true}, {"ap-east-1", "Hong Kong", true}, {"ap-east-2", "Taiwan", true},
		{"ap-northeast-1", "Japan", false}, {"ap-northeast-2", "South Korea", false}, {"ap-northeast-3", "Japan", false},
		{"ap-south-1", "India", false}, {"ap-south-2", "India", true},
		{"ap-southeast-1", "Singapore", false}, {"ap-southeast-2", "Australia", false}, {"ap-southeast-3", "Indonesia", true},
		{"ap-southeast-4", "Australia", true}, {"ap-southeast-5", "Malaysia", true}, {"ap-southeast-6", "New Zealand", true}, {"ap-southeast-7", "Thailand", true},
		{"ca-central-1", "Canada", false}, {"ca-west-1", "Canada", true},
		{"eu-central-1", "Germany", false}, {"eu-central-2", "Switzerland", true}, {"eu-north-1", "Sweden", false},
		{"eu-south-1", "Italy", true}, {"eu-south-2", "Spain", true}, {"eu-west-1", "Ireland", false}, {"eu-west-2", "United Kingdom", false}, {"eu-west-3", "France", false},
		{"il-central-1", "Israel", true}, {"me-central-1", "United Arab Emirates", true}, {"me-south-1", "Bahrain", true}, {"mx-central-1", "Mexico", true},
		{"sa-east-1", "Brazil", false},
		{"us-east-1", "United States of America", false}, {"us-east-2", "United States of America", false},
		{"us-west-1", "United States of America", false}, {"us-west-2", "United States of America", false},
	}
}

func findRegion(partition, name string) (region, bool) {
	all := regions(partition)
	i := slices.IndexFunc(all, func(r region) bool { return r.name == name })
	if i < 0 {
		return region{}, false
	}
	return all[i], true
}
