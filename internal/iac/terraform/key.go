package terraform

import (
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
	"github.com/restorable/restorable/internal/iac/terraform/resource"
)

// key reads KMS keys. Of a key that is scheduled for deletion no template tells
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key).
func (d *declaration) key() estate.Key {
	key := estate.Key{ID: d.ID(), ARN: d.attribute("arn"), Manager: build.Known(d.b, "CUSTOMER", d.At),
		DeletionDate: build.Absent[estate.Instant](d.b, d.At), MultiRegion: or(d.block, d.flag("multi_region"), false)}
	switch d.Type {
	case "aws_kms_key":
		key.State = build.KeyState(or(d.block, d.flag("is_enabled"), true))
	case "aws_kms_replica_key":
		key.State, key.MultiRegion = build.KeyState(or(d.block, d.flag("enabled"), true)), build.Known(d.b, true, d.At)
	default: // until its material is imported it cannot be used
		key.State = build.Undeployed[string](d.b, d.At)
	}
	return key
}

// keyARN is the ARN of the key that an attribute names; not written, of AWS's managed key for the service.
func (k block) keyARN(name, service string) estate.Fact[string] {
	f := k.name(name)
	if f.IsAbsent() {
		return build.Known(k.b, k.managedKey(service), k.at())
	}
	arn, ok := f.Get()
	switch {
	case !ok:
		return f
	case strings.HasSuffix(arn, "alias/aws/"+service):
		return estate.KnownFact(k.managedKey(service), f.Source())
	case strings.Contains(arn, "alias/"):
		return unknownFact[string](k.b, k.at(), "which key is behind "+arn+" is not known")
	case strings.HasPrefix(arn, "arn:"), resource.Symbolic(arn):
		return f
	}
	return build.Unknown[string](k.b, k.at(), build.NotDeployed, "the key's ARN comes with deployment")
}

// managedKey puts AWS's managed key for a service among the keys of the unit, once, and is its ARN.
func (k block) managedKey(service string) string {
	b := k.b
	key := nameIn{b, service}
	if arn, ok := k.managed[key]; ok {
		return arn
	}
	region := b.Unit.Region.Or("")
	arn := "arn:" + build.PartitionOf(region) + ":kms:" + resource.RegionText(region) + ":" + resource.AccountText(b.Unit.Account.Or("")) +
		":key/" + resource.Symbol("!alias/aws/"+service)
	if !slices.ContainsFunc(b.Unit.Keys.Items, func(k estate.Key) bool { return k.ARN.Or("") == arn }) {
		b.Unit.Keys.Items = append(b.Unit.Keys.Items, build.AWSKey(b, service, arn))
	}
	k.managed[key] = arn
	return arn
}
