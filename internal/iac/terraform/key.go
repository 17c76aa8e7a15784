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
		key.State = keyState(or(d.block, d.flag("is_enabled"), true))
	case "aws_kms_replica_key":
		key.State, key.MultiRegion = keyState(or(d.block, d.flag("enabled"), true)), build.Known(d.b, true, d.At)
	default: // until its material is imported it cannot be used
		key.State = build.Undeployed[string](d.b, d.At)
	}
	return key
}

func keyState(f estate.Fact[bool]) estate.Fact[string] {
	on, ok := f.Get()
	switch {
	case !ok:
		return estate.UnknownFact[string](f.Source())
	case on:
		return estate.KnownFact("Enabled", f.Source())
	}
	return estate.KnownFact("Disabled", f.Source())
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

// managedKey puts AWS's managed key for a service among the keys of the unit, once, and is its ARN: AWS keeps it usable, and nobody can disable it
// (https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk).
func (k block) managedKey(service string) string {
	b := k.b
	key := nameIn{b, service}
	if arn, ok := k.managed[key]; ok {
		return arn
	}
	region := b.Unit.Region.Or("")
	arn := "arn:" + resource.Partition(region) + ":kms:" + resource.RegionText(region) + ":" + resource.AccountText(b.Unit.Account.Or("")) +
		":key/" + resource.Symbol("!alias/aws/"+service)
	if !slices.ContainsFunc(b.Unit.Keys.Items, func(k estate.Key) bool { return k.ARN.Or("") == arn }) {
		b.Unit.Keys.Items = append(b.Unit.Keys.Items, estate.Key{ID: "alias/aws/" + service, ARN: build.Known(b, arn, build.Pos{}),
			State: build.Known(b, "Enabled", build.Pos{}), Manager: build.Known(b, "AWS", build.Pos{}),
			DeletionDate: build.Absent[estate.Instant](b, build.Pos{}), MultiRegion: build.Known(b, false, build.Pos{})})
	}
	k.managed[key] = arn
	return arn
}
