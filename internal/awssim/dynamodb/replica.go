package dynamodb

import (
	"sort"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/world"
)

// group is a global table of version 2019.11.21: the same table in several Regions. PITR, tags, deletion protection, Kinesis
// destinations and the resource policy belong to each replica; items, TTL and the stream's setting are shared.
type group struct {
	members map[string]*table // by Region
}

func (s *Service) replicaChanges(t *table, updates []types.ReplicationGroupUpdate) []change {
	var out []change
	for _, u := range updates {
		switch {
		case u.Create != nil:
			var made *table
			out = append(out, change{
				name: "create replica", took: replicaTime + perGigabyte(t.bytes),
				apply: func() (err error) {
					made, err = s.createReplica(t, u.Create)
					return err
				},
				done: func() { s.seed(t, made) },
			})
		case u.Delete != nil:
			out = append(out, change{name: "delete replica", took: updateTime, apply: func() error { return s.deleteReplica(t, aws.ToString(u.Delete.RegionName)) }})
		case u.Update != nil:
			out = append(out, change{name: "update replica", took: updateTime, apply: func() error { return s.updateReplica(t, u.Update) }})
		}
	}
	return out
}

func (s *Service) createReplica(t *table, create *types.CreateReplicationGroupMemberAction) (*table, error) {
	at := t.sc
	at.Region = aws.ToString(create.RegionName)
	if at.Region == t.sc.Region {
		return nil, wrong("Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.")
	}
	if t.group != nil && t.group.members[at.Region] != nil {
		return nil, wrong("Failed to create the new replica of table with name: '%s' because one or more replicas already existed as tables.", t.name)
	}
	if err := s.mayCreate(at, t.name); err != nil {
		return nil, wrong("Failed to create the new replica of table with name: '%s' because one or more replicas already existed as tables.", t.name)
	}
	def := t.snapshotDefinition()
	if t.def.sse.key != "" {
		ref := aws.ToString(create.KMSMasterKeyId)
		e, err := s.encryption(at, &types.SSESpecification{Enabled: aws.Bool(true), KMSMasterKeyId: nonEmpty(ref)})
		if err != nil {
			return nil, err
		}
		def.sse = e
	}
	if create.TableClassOverride != "" {
		def.class = create.TableClassOverride
	}
	s.needStream(t) // replication needs a stream of new and old images; AWS switches it on
	return s.joinReplica(t, at, def), nil
}

func nonEmpty(v string) *string {
	if v == "" {
		return nil
	}
	return &v
}

func (s *Service) joinReplica(t *table, at world.Scope, def definition) *table {
	made := s.newTable(at, t.name, def)
	s.enter(made)
	s.startStream(made, types.StreamViewTypeNewAndOldImages)
	if t.group == nil {
		t.group = &group{members: map[string]*table{t.sc.Region: t}}
	}
	t.group.members[at.Region] = made
	made.group = t.group
	t.seededAt = s.w.Now()
	return made
}

// seed fills a new replica and makes it ACTIVE.
func (s *Service) seed(t, made *table) {
	if !s.here(made) {
		return
	}
	t.items.Ascend("", func(key, data string) bool {
		s.apply(made, key, data, byReplication)
		return true
	})
	if t.ttl.attribute != "" {
		s.startTTL(made, t.ttl.attribute)
	}
	s.activate(made)
}

func (s *Service) deleteReplica(t *table, regionName string) error {
	if regionName == t.sc.Region {
		return wrong("Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.")
	}
	if t.group == nil || t.group.members[regionName] == nil {
		return wrong("Replica not found in region: %s", regionName)
	}
	return s.delete(t.group.members[regionName])
}

func (s *Service) updateReplica(t *table, u *types.UpdateReplicationGroupMemberAction) error {
	if t.group == nil || t.group.members[aws.ToString(u.RegionName)] == nil {
		return wrong("Replica not found in region: %s", aws.ToString(u.RegionName))
	}
	if u.TableClassOverride != "" {
		t.group.members[*u.RegionName].def.class = u.TableClassOverride
	}
	return nil
}

func (s *Service) leaveGroup(t *table) {
	if t.group == nil {
		return
	}
	delete(t.group.members, t.sc.Region)
	if len(t.group.members) == 1 {
		for _, last := range t.group.members {
			last.group = nil
		}
	}
	t.group = nil
}

// others are the table's replicas in other Regions, by Region.
func (t *table) others() []*table {
	if t.group == nil {
		return nil
	}
	var out []*table
	for _, m := range t.group.members {
		if m != t {
			out = append(out, m)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].sc.Region < out[j].sc.Region })
	return out
}

// describeReplicas lists the other Regions' replicas. UNCONFIRMED: whether AWS lists the described table's own Region too.
func (s *Service) describeReplicas(t *table) []types.ReplicaDescription {
	var out []types.ReplicaDescription
	for _, m := range t.others() {
		d := types.ReplicaDescription{RegionName: aws.String(m.sc.Region), ReplicaStatus: replicaStatus(m.status), ReplicaArn: aws.String(m.arn), KMSMasterKeyId: nonEmpty(m.def.sse.key)}
		if m.def.class != "" {
			d.ReplicaTableClassSummary = &types.TableClassSummary{TableClass: m.def.class}
		}
		for _, x := range m.indexes {
			if x.global {
				d.GlobalSecondaryIndexes = append(d.GlobalSecondaryIndexes, types.ReplicaGlobalSecondaryIndexDescription{IndexName: aws.String(x.name)})
			}
		}
		out = append(out, d)
	}
	return out
}

func replicaStatus(status types.TableStatus) types.ReplicaStatus {
	switch status {
	case types.TableStatusCreating:
		return types.ReplicaStatusCreating
	case types.TableStatusUpdating:
		return types.ReplicaStatusUpdating
	case types.TableStatusDeleting:
		return types.ReplicaStatusDeleting
	default:
		return types.ReplicaStatusActive
	}
}
