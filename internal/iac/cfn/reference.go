package cfn

import "github.com/restorable/restorable/internal/iac/build"

// reference is what Ref (attribute empty) or GetAtt of a declared resource comes to. It is the same text wherever it is used.
func (s *stack) reference(id, attribute string) string {
	key := id + "\x00" + attribute
	if known, ok := s.references[key]; ok {
		return known
	}
	made := s.makeReference(id, attribute)
	if len(s.open) == 0 { // within a name that depends on itself the answer is not the last word
		s.references[key] = made
	}
	return made
}

// makeReference follows the return values that each type's page documents; attributes that only deployment tells are symbols of their own.
func (s *stack) makeReference(id, attribute string) string {
	switch s.typeOf(id) {
	case typeTable, typeGlobalTable, typeSimpleTable:
		return s.nameOrARN(id, attribute, "TableName", "Arn", func(name string) string { return s.arn("dynamodb", "table/"+name) })
	case typeVault, typeAirGapped:
		return s.nameOrARN(id, attribute, "BackupVaultName", "BackupVaultArn", func(name string) string { return s.arn("backup", "backup-vault:"+name) })
	case typeTestingPlan:
		return s.nameOrARN(id, attribute, "RestoreTestingPlanName", "RestoreTestingPlanArn", func(name string) string { return s.arn("backup", "restore-testing-plan:"+name) })
	case typeTrail:
		return s.nameOrARN(id, attribute, "TrailName", "Arn", func(name string) string { return s.arn("cloudtrail", "trail/"+name) })
	case typeRole:
		return s.nameOrARN(id, attribute, "RoleName", "Arn", func(name string) string { return s.globalARN("iam", "role"+s.pathOf(id)+name) })
	case typeManagedPolicy:
		if attribute == "" || attribute == "PolicyArn" {
			return s.globalARN("iam", "policy"+s.pathOf(id)+s.nameOf(id, "ManagedPolicyName"))
		}
	case typeKey, typeReplicaKey:
		switch attribute {
		case "", "KeyId":
			return s.declared(id)
		case "Arn":
			return s.arn("kms", "key/"+s.declared(id))
		}
	case typePlan:
		if attribute == "BackupPlanId" {
			attribute = ""
		}
	case typeAlias:
		if attribute == "" {
			return s.nameOf(id, "AliasName")
		}
	}
	if attribute == "" {
		return s.declared(id)
	}
	return s.declared(id + "." + attribute)
}

// nameOrARN is of a resource that Ref names by its name, and that has an ARN made of it.
func (s *stack) nameOrARN(id, attribute, property, arn string, of func(name string) string) string {
	switch attribute {
	case "", property:
		return s.nameOf(id, property)
	case arn:
		return of(s.nameOf(id, property))
	}
	return s.declared(id + "." + attribute)
}

func (s *stack) typeOf(id string) string { return typeOf(s.resource(id)) }

func typeOf(n *node) string {
	if t := n.get("Type"); t != nil {
		return t.text
	}
	return ""
}

// nameOf is the name that a resource is given, or a symbol of its own where CloudFormation makes one up.
func (s *stack) nameOf(id, property string) string {
	if name := s.written(id, property); name != "" {
		return name
	}
	return s.declared(id)
}

// pathOf is the path of an IAM resource, between slashes.
func (s *stack) pathOf(id string) string {
	if path := s.written(id, "Path"); path != "" {
		return path
	}
	return "/"
}

// written is a text among a resource's properties, empty where there is none or it depends on itself.
func (s *stack) written(id, property string) string {
	key := property + " of " + id
	properties := s.resource(id).get("Properties")
	if s.open[key] || properties == nil || s.macro != "" {
		return ""
	}
	s.open[key] = true
	defer delete(s.open, key)
	if v := s.evaluate(properties.get(property)); v.form == text {
		return v.text
	}
	return ""
}

func (s *stack) arn(service, resource string) string {
	return s.project.arn(service, s.project.text("AWS::Region"), resource)
}

// globalARN is the ARN of a resource that has no Region.
func (s *stack) globalARN(service, resource string) string {
	return s.project.arn(service, "", resource)
}

func (p *project) arn(service, region, resource string) string {
	partition := p.partition()
	if region != "" && !symbolic(region) {
		partition = build.PartitionOf(region)
	}
	return "arn:" + partition + ":" + service + ":" + region + ":" + p.text("AWS::AccountId") + ":" + resource
}

// placeOf is where a resource's block begins.
func (s *stack) placeOf(id string) build.Pos { return s.places[id] }
