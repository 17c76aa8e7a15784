package iam

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/restorable/restorable/internal/iampolicy"
)

// managedJSON lists AWS's managed policies by name, path, version and date, with the statements that concern the services simulated here;
// statements about other services are left out. The facts are those of the AWS Managed Policy Reference
// (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html).
//
//go:embed managed.json
var managedJSON string

type managedFact struct {
	Name, Path, Version string
	Created, Updated    time.Time
	Statements          json.RawMessage
}

// awsPolicies makes AWS's policies for every partition: the same statements over the partition's own ARNs.
func awsPolicies() (map[string]*policy, error) {
	var facts []managedFact
	if err := json.Unmarshal([]byte(managedJSON), &facts); err != nil {
		return nil, fmt.Errorf("read managed policies: %w", err)
	}
	out := map[string]*policy{}
	for _, partition := range []string{"aws", "aws-cn", "aws-us-gov"} {
		for _, f := range facts {
			p, err := f.policy(partition)
			if err != nil {
				return nil, fmt.Errorf("read managed policy %s: %w", f.Name, err)
			}
			out[p.arn] = p
		}
	}
	return out, nil
}

func (f managedFact) policy(partition string) (*policy, error) {
	statements := strings.ReplaceAll(string(f.Statements), `"arn:aws:`, `"arn:`+partition+":")
	d, err := parseDocument(iampolicy.Identity, `{"Version":"2012-10-17","Statement":`+statements+`}`)
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(strings.TrimPrefix(f.Version, "v"))
	if err != nil {
		return nil, err
	}
	return &policy{arn: "arn:" + partition + ":iam::aws:policy" + f.Path + f.Name, name: f.Name, path: f.Path, id: "ANPA" + f.Name, created: f.Created,
		updated: f.Updated, standard: number, last: number, aws: true, versions: []*version{{number, f.Updated, d}}}, nil
}
