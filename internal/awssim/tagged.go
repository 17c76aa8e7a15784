package awssim

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/tagging"
	"github.com/restorable/restorable/internal/awssim/world"
)

// The tagging API reads and writes the tags of other services. Those adapters go through the services' own operations,
// so that a tag set here obeys the same rules and quotas as one set there.

// operations calls a service's handlers from inside, with the lock held.
type operations map[string]api.Operation

func operationsOf(s api.Service) operations {
	out := operations{}
	for _, op := range s.Operations {
		out[op.Name] = op
	}
	return out
}

// invoke runs one operation as the account's root.
func invoke[O any](ops operations, w *world.World, sc world.Scope, name string, in any) (*O, error) {
	c := &api.Call{Scope: sc, Operation: name, Now: w.Now(), Caller: root(sc.Partition, sc.Account)}
	out, err := ops[name].Handle(c, in)
	if err != nil {
		return nil, err
	}
	return out.(*O), nil
}

// owns answers whether an ARN is of the service in this scope and its resource begins so.
func owns(sc world.Scope, service, resource, arn string) bool {
	return strings.HasPrefix(arn, sc.ARN(service, resource))
}

// taggedKeys are the keys of KMS.
type taggedKeys struct {
	world *world.World
	ops   operations
}

func (t taggedKeys) TaggedResources(sc world.Scope) []tagging.Resource {
	var out []tagging.Resource
	in := &kms.ListKeysInput{}
	for {
		page, err := invoke[kms.ListKeysOutput](t.ops, t.world, sc, "ListKeys", in)
		if err != nil {
			return out // a listing without filter has no error of its own
		}
		for _, k := range page.Keys {
			if tags := t.tags(sc, *k.KeyArn); len(tags) > 0 {
				out = append(out, tagging.Resource{ARN: *k.KeyArn, Type: "kms:key", Tags: tags, EverTagged: true})
			}
		}
		if in.Marker = page.NextMarker; in.Marker == nil {
			return out
		}
	}
}

func (t taggedKeys) tags(sc world.Scope, arn string) map[string]string {
	out := map[string]string{}
	in := &kms.ListResourceTagsInput{KeyId: &arn}
	for {
		page, err := invoke[kms.ListResourceTagsOutput](t.ops, t.world, sc, "ListResourceTags", in)
		if err != nil {
			return out // AWS's own keys have no tags that one may list
		}
		for _, tag := range page.Tags {
			out[*tag.TagKey] = *tag.TagValue
		}
		if in.Marker = page.NextMarker; in.Marker == nil {
			return out
		}
	}
}

func (t taggedKeys) SetTags(sc world.Scope, arn string, set map[string]string, remove []string) (bool, error) {
	if !owns(sc, "kms", "key/", arn) {
		return false, nil
	}
	if len(set) > 0 {
		in := &kms.TagResourceInput{KeyId: &arn}
		for _, k := range slices.Sorted(maps.Keys(set)) {
			v := set[k]
			in.Tags = append(in.Tags, kmstypes.Tag{TagKey: &k, TagValue: &v})
		}
		if _, err := invoke[kms.TagResourceOutput](t.ops, t.world, sc, "TagResource", in); err != nil {
			return true, err
		}
	}
	if len(remove) == 0 {
		return true, nil
	}
	_, err := invoke[kms.UntagResourceOutput](t.ops, t.world, sc, "UntagResource", &kms.UntagResourceInput{KeyId: &arn, TagKeys: remove})
	return true, err
}
