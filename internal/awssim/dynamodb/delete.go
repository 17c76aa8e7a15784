package dynamodb

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

func (s *Service) deleteTable(c *api.Call, in *dynamodb.DeleteTableInput) (*dynamodb.DeleteTableOutput, error) {
	t, err := s.find(c, in.TableName)
	if err != nil {
		return nil, err
	}
	if err := s.delete(t); err != nil {
		return nil, err
	}
	d := s.describe(t)
	// While it goes, AWS describes a table without its schema.
	d.AttributeDefinitions, d.KeySchema, d.GlobalSecondaryIndexes, d.LocalSecondaryIndexes = nil, nil, nil, nil
	return &dynamodb.DeleteTableOutput{TableDescription: d}, nil
}

// Delete starts deleting a table, as DeleteTable does.
func (s *Service) Delete(sc world.Scope, name string) error {
	t := s.region(sc).tables[name]
	if t == nil {
		return notFound(name)
	}
	return s.delete(t)
}

func (s *Service) delete(t *table) error {
	switch {
	case t.status == types.TableStatusDeleting:
		return nil
	case t.status == types.TableStatusCreating || t.status == types.TableStatusUpdating:
		return inUse(t)
	case t.protected:
		return invalid("Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.")
	case t.group != nil && len(t.group.members) > 1 && s.w.Now().Sub(t.seededAt) < 24*time.Hour && !t.seededAt.IsZero():
		return invalid("Replica cannot be deleted because it has acted as a source region for new replica(s) being added to the table in the last 24 hours.")
	}
	if err := s.roomForOne(t.sc.Account); err != nil {
		return err
	}
	s.beginDelete(t)
	return nil
}

func (s *Service) beginDelete(t *table) {
	s.setStatus(t, types.TableStatusDeleting)
	s.leaveGroup(t)
	s.stopStream(t)
	pin := t.items.Pin() // the table as it was at the moment of deletion, for the system backup
	snap := s.snapshotOf(t, pin)
	deleted := s.w.Now()
	s.w.After(deleteTime, func() {
		on := t.pitr != nil // switching PITR off while the table is DELETING prevents the system backup
		s.remove(t)
		if !on {
			snap.Release()
			return
		}
		s.w.At(deleted.Add(systemBackup), func() { s.addSystemBackup(t, snap, deleted) })
	})
}

// remove takes the table out of its Region. Its items live on as long as backups hold them.
func (s *Service) remove(t *table) {
	s.setStatus(t, types.TableStatusActive) // no longer under way
	delete(s.region(t.sc).tables, t.name)
	t.items.Close()
	t.indexes, t.expiry = nil, nil
}
