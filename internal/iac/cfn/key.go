package cfn

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// key reads AWS::KMS::Key and ReplicaKey. Of a key that is scheduled for deletion no template tells
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html).
func (r *resource) key() estate.Key {
	k := r.properties
	multi := or(k, k.flag("MultiRegion"), false)
	if typeOf(r.stack.resource(r.id)) == typeReplicaKey {
		multi = build.Known(k.b, true, r.at)
	}
	return estate.Key{ID: r.identity(), ARN: r.reference("Arn"), State: build.KeyState(or(k, k.flag("Enabled"), true)),
		Manager: build.Known(k.b, "CUSTOMER", r.at), DeletionDate: build.Absent[estate.Instant](k.b, r.at), MultiRegion: multi}
}

// managedKey is the key of a service that AWS manages in an account and a Region.
type managedKey struct {
	b       *build.Builder
	service string
}

// nameKeys notes by which texts a template's keys are named: what Ref gives, their ARN, and aliases.
func (a *assembly) nameKeys(s *stack) {
	for _, e := range s.resources() {
		switch typeOf(e.value) {
		case typeKey, typeReplicaKey:
			arn := s.reference(e.key, "Arn")
			a.keys[s.reference(e.key, "")], a.keys[arn] = arn, arn
		case typeAlias:
			target := s.evaluate(e.value.get("Properties").get("TargetKeyId"))
			if name := s.reference(e.key, ""); target.form == text && !symbolic(name) && s.exists(e.value) == yes {
				a.keys[name] = target.text
			}
		}
	}
}

// keyARN is the ARN of the key that a property names by id, ARN or alias; not written, of AWS's managed key for the service.
func (r *resource) keyARN(k block, name, service string) estate.Fact[string] {
	f := k.name(name)
	if f.IsAbsent() {
		return build.Known(k.b, r.assembly.managedARN(k.b, service), k.at)
	}
	id, ok := f.Get()
	if !ok {
		return f
	}
	id = strings.TrimSpace(id)
	for range 2 { // an alias, and the id that it stands for
		if arn, ok := r.assembly.keys[id]; ok {
			id = arn
		}
	}
	switch {
	case id == "alias/aws/"+service:
		return estate.KnownFact(r.assembly.managedARN(k.b, service), f.Source())
	case strings.HasPrefix(id, "alias/"), strings.Contains(id, ":alias/"):
		_, pos := k.property(name)
		return build.Unknown[string](k.b, pos, build.NotInTemplate, "the key of "+id+" is not among the templates")
	case strings.HasPrefix(id, "arn:"), symbolic(id):
		return estate.KnownFact(id, f.Source())
	}
	return estate.KnownFact(r.assembly.regional(k.b, "kms", "key/"+id), f.Source())
}

// managedARN puts AWS's managed key for a service among the keys of a unit, once, and is its ARN.
func (a *assembly) managedARN(b *build.Builder, service string) string {
	arn := a.regional(b, "kms", "key/"+symbol("!alias/aws/"+service))
	if !a.managed[managedKey{b, service}] {
		a.managed[managedKey{b, service}] = true
		b.Unit.Keys.Items = append(b.Unit.Keys.Items, build.AWSKey(b, service, arn))
	}
	return arn
}

// regional is an ARN in the Region of a unit.
func (a *assembly) regional(b *build.Builder, service, resource string) string {
	region, ok := b.Unit.Region.Get()
	if !ok {
		region = symbol("AWS::Region")
	}
	return a.project.arn(service, region, resource)
}
