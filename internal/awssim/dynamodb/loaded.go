package dynamodb

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/dynamodb/store"
	"github.com/restorable/restorable/internal/awssim/world"
)

// EmptySnapshot is a picture without items of a table of which there is no picture, in the form of the table of that name if it exists,
// else with a partition key "id". Many recovery points may share one.
func (s *Service) EmptySnapshot(sc world.Scope, name string) *Snapshot {
	sn := &Snapshot{scope: sc, pin: store.New().Pin(), Table: TableView{ARN: sc.ARN("dynamodb", "table/"+name), Name: name}}
	if r := s.regions[sc]; r != nil && r.tables[name] != nil {
		sn.def = r.tables[name].snapshotDefinition()
		sn.Table.KeyARN = sn.def.sse.key
		return sn
	}
	sn.def = TableSettings{
		Attributes: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		Keys:       []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
	}.definition()
	return sn
}

// importStream gives a table the stream that it had: enabled, or disabled and still readable.
func (s *Service) importStream(t *table, in TableSettings) {
	if in.Stream == "" && in.StreamARN == "" {
		return
	}
	s.startStream(t, in.Stream)
	st := t.stream
	if label, ok := strings.CutPrefix(in.StreamARN, t.arn+"/stream/"); ok {
		streams := s.region(t.sc).streams
		delete(streams, st.arn)
		st.arn, st.label = in.StreamARN, label
		streams[st.arn] = st
	}
	if in.Stream == "" {
		s.stopStream(t)
	}
}
