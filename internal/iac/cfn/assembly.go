package cfn

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// The types of resources that are read.
const (
	typeTable         = "AWS::DynamoDB::Table"
	typeGlobalTable   = "AWS::DynamoDB::GlobalTable"
	typeSimpleTable   = "AWS::Serverless::SimpleTable"
	typeFunction      = "AWS::Serverless::Function"
	typeApplication   = "AWS::Serverless::Application"
	typeStack         = "AWS::CloudFormation::Stack"
	typePlan          = "AWS::Backup::BackupPlan"
	typeSelection     = "AWS::Backup::BackupSelection"
	typeVault         = "AWS::Backup::BackupVault"
	typeAirGapped     = "AWS::Backup::LogicallyAirGappedBackupVault"
	typeTestingPlan   = "AWS::Backup::RestoreTestingPlan"
	typeTesting       = "AWS::Backup::RestoreTestingSelection"
	typeRole          = "AWS::IAM::Role"
	typePolicy        = "AWS::IAM::Policy"
	typeRolePolicy    = "AWS::IAM::RolePolicy"
	typeManagedPolicy = "AWS::IAM::ManagedPolicy"
	typeKey           = "AWS::KMS::Key"
	typeReplicaKey    = "AWS::KMS::ReplicaKey"
	typeAlias         = "AWS::KMS::Alias"
	typeTarget        = "AWS::ApplicationAutoScaling::ScalableTarget"
	typeScalingPolicy = "AWS::ApplicationAutoScaling::ScalingPolicy"
	typeMapping       = "AWS::Lambda::EventSourceMapping"
	typeVPC           = "AWS::EC2::VPC"
	typeEndpoint      = "AWS::EC2::VPCEndpoint"
	typeTrail         = "AWS::CloudTrail::Trail"
)

// assembly joins resources of all templates.
type assembly struct {
	b       *build.Builder
	project *project
	plans   map[string]int // by PlanID, an index into the unit's
	testing map[string]int // by name, an index into the unit's restore testing plans
	roles   map[string]int // by name, an index into the unit's
	keys    map[string]string
	managed map[managedKey]bool
	tables  map[string][]tableAt // by name
	targets []*target            // of auto scaling
	target  map[string]*target   // by what a policy may name it by
	later   []func()             // what needs all resources to be there
}

func newAssembly(b *build.Builder, p *project) *assembly {
	return &assembly{b: b, project: p, plans: map[string]int{}, testing: map[string]int{}, roles: map[string]int{}, keys: map[string]string{},
		managed: map[managedKey]bool{}, tables: map[string][]tableAt{}, target: map[string]*target{}}
}

// resource is one that a template declares.
type resource struct {
	assembly   *assembly
	stack      *stack
	id         string
	at         build.Pos
	exists     truth
	properties block
}

// identity is unique among all that is read.
func (r *resource) identity() string { return r.stack.identity(r.id) }

func (r *resource) reference(attribute string) estate.Fact[string] {
	return build.Known(r.properties.b, r.stack.reference(r.id, attribute), r.at)
}

// declare reads the resources of a template that exist, or may.
func (a *assembly) declare(s *stack) {
	if s.macro != "" {
		a.open(s.root.pos, s.macro)
	}
	for _, e := range s.resources() {
		if strings.HasPrefix(e.key, "Fn::") {
			a.open(e.pos, e.key+" is not expanded")
			continue
		}
		exists := s.exists(e.value)
		if exists != no && typeOf(e.value) != "" {
			a.add(a.resource(s, e, exists))
		}
		if why := s.unread(e); why != "" && exists != no {
			a.openPlans(e.pos, why)
		}
	}
}

// open says that a template may declare more than could be read.
func (a *assembly) open(at build.Pos, why string) {
	u, more := a.b.Unit, unknownFact[bool](a.b, at, why)
	u.Tables.Whole, u.Plans.Whole, u.Vaults.Whole, u.Keys.Whole, u.Roles.Whole = more, more, more, more, more
	u.RestoreTestingPlans.Whole, u.Trails.Whole, u.StreamReaders.Whole, u.VPCs.Whole, u.VPCEndpoints.Whole = more, more, more, more, more
}

// unread says of a resource that declares others why these were not read; empty: it declares none, or they were.
func (s *stack) unread(e entry) string {
	switch kind := typeOf(e.value); {
	case strings.HasSuffix(kind, "::MODULE"):
		return "what module " + kind + " declares is not read"
	case (kind == typeStack || kind == typeApplication) && s.children[e.key] == nil:
		return "the template of " + e.key + " was not read"
	}
	return ""
}

// openPlans says that what protects tables may be declared where it was not read.
func (a *assembly) openPlans(at build.Pos, why string) {
	u, more := a.b.Unit, unknownFact[bool](a.b, at, why)
	u.Plans.Whole, u.Vaults.Whole, u.Roles.Whole, u.RestoreTestingPlans.Whole = more, more, more, more
}

func (a *assembly) resource(s *stack, e entry, exists truth) *resource {
	r := &resource{assembly: a, stack: s, id: e.key, at: s.placeOf(e.key), exists: exists}
	r.properties = block{b: a.b, at: r.at, v: value{form: nothing, pos: r.at}}
	if exists == maybe {
		r.properties.off = "the condition of " + r.id + " is not known"
		if c := e.value.get("Condition"); c != nil && c.kind == scalar {
			r.properties.off = s.undecided(c.text)
		}
	}
	if !wanted(typeOf(e.value)) {
		return r
	}
	r.properties.v = value{form: object, pos: r.at, open: s.macro}
	if n := e.value.get("Properties"); n != nil {
		r.properties.v = s.evaluate(n)
	}
	return r
}

// wanted leaves resources that are not read unevaluated.
func wanted(kind string) bool {
	for _, service := range []string{"AWS::DynamoDB::", "AWS::Backup::", "AWS::IAM::", "AWS::KMS::", "AWS::ApplicationAutoScaling::"} {
		if strings.HasPrefix(kind, service) {
			return true
		}
	}
	switch kind {
	case typeSimpleTable, typeFunction, typeMapping, typeVPC, typeEndpoint, typeTrail:
		return true
	}
	return false
}

// add reads one resource.
func (a *assembly) add(r *resource) {
	if !wanted(typeOf(r.stack.resource(r.id))) {
		return
	}
	a.b.Declare(r.identity(), r.stack.address(r.id), r.at)
	if a.addTable(r) || a.addBackup(r) {
		return
	}
	u := a.b.Unit
	switch typeOf(r.stack.resource(r.id)) {
	case typeRole:
		if sure(r, &u.Roles.Whole) {
			a.addRole(r)
		}
	case typePolicy, typeRolePolicy, typeManagedPolicy:
		a.later = append(a.later, func() { a.addPolicy(r) })
	case typeKey, typeReplicaKey:
		if sure(r, &u.Keys.Whole) {
			u.Keys.Items = append(u.Keys.Items, r.key())
		}
	case typeTarget:
		a.addTarget(r)
	case typeScalingPolicy:
		a.later = append(a.later, func() { a.addScalingPolicy(r) })
	case typeMapping:
		a.addReader(r, r.properties, r.identity())
	case typeFunction:
		a.addEvents(r)
	case typeVPC:
		if sure(r, &u.VPCs.Whole) {
			u.VPCs.Items = append(u.VPCs.Items, r.vpc())
		}
	case typeEndpoint:
		a.addEndpoint(r)
	case typeTrail:
		if sure(r, &u.Trails.Whole) {
			u.Trails.Items = append(u.Trails.Items, r.trail())
		}
	}
}

// addTable reads tables. They are judged as if their condition held.
func (a *assembly) addTable(r *resource) bool {
	kind := typeOf(r.stack.resource(r.id))
	switch kind {
	case typeTable, typeGlobalTable, typeSimpleTable:
		r.properties.off = ""
	}
	switch kind {
	case typeTable:
		a.keep(r, a.b, r.table())
	case typeSimpleTable:
		a.keep(r, a.b, r.simpleTable())
	case typeGlobalTable:
		r.globalTable()
	default:
		return false
	}
	return true
}

// addBackup reads what protects tables, which counts only if it is known to exist.
func (a *assembly) addBackup(r *resource) bool {
	u := a.b.Unit
	switch typeOf(r.stack.resource(r.id)) {
	case typePlan:
		a.plans[r.stack.reference(r.id, "")] = len(u.Plans.Items)
		u.Plans.Items = append(u.Plans.Items, r.plan())
	case typeSelection:
		a.later = append(a.later, func() { a.addSelection(r) })
	case typeVault, typeAirGapped:
		if sure(r, &u.Vaults.Whole) {
			u.Vaults.Items = append(u.Vaults.Items, r.vault())
		}
	case typeTestingPlan:
		if sure(r, &u.RestoreTestingPlans.Whole) {
			a.testing[r.stack.reference(r.id, "")] = len(u.RestoreTestingPlans.Items)
			u.RestoreTestingPlans.Items = append(u.RestoreTestingPlans.Items, r.testingPlan())
		}
	case typeTesting:
		a.later = append(a.later, func() { a.addTesting(r) })
	default:
		return false
	}
	return true
}

// sure is whether a resource is known to exist. One that may exist keeps the list that it would be in from being whole.
func sure(r *resource, whole *estate.Fact[bool]) bool {
	if r.exists == yes {
		return true
	}
	*whole = unknownFact[bool](r.properties.b, r.at, r.properties.off)
	return false
}
