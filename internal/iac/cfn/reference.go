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

func (s *stack) makeReference(id, attribute string) string {
	switch s.typeOf(id) {
	case typeTable:
		switch attribute {
		case "":
			return s.nameOf(id, "TableName")
		case "Arn":
			return s.arn("dynamodb", "table/"+s.nameOf(id, "TableName"))
		}
	case typeVault:
		switch attribute {
		case "", "BackupVaultName":
			return s.nameOf(id, "BackupVaultName")
		case "BackupVaultArn":
			return s.arn("backup", "backup-vault:"+s.nameOf(id, "BackupVaultName"))
		}
	case typePlan:
		if attribute == "" || attribute == "BackupPlanId" {
			return s.declared(id)
		}
	}
	if attribute == "" {
		return s.declared(id)
	}
	return s.declared(id + "." + attribute)
}

func (s *stack) typeOf(id string) string {
	if t := s.resource(id).get("Type"); t != nil {
		return t.text
	}
	return ""
}

// nameOf is the name that a resource is given, or a symbol of its own where CloudFormation makes one up.
func (s *stack) nameOf(id, property string) string {
	if s.open["name "+id] {
		return s.declared(id)
	}
	s.open["name "+id] = true
	defer delete(s.open, "name "+id)
	properties := s.resource(id).get("Properties")
	if properties == nil || s.macro != "" {
		return s.declared(id)
	}
	if v := s.evaluate(properties.get(property)); v.form == text && v.text != "" {
		return v.text
	}
	return s.declared(id)
}

func (s *stack) arn(service, resource string) string {
	p := s.project
	return "arn:" + p.partition() + ":" + service + ":" + p.text("AWS::Region") + ":" + p.text("AWS::AccountId") + ":" + resource
}

// placeOf is where a resource's block begins.
func (s *stack) placeOf(id string) build.Pos { return s.places[id] }
