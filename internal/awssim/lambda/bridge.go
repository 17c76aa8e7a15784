package lambda

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/restorable/restorable/internal/awssim/world"
)

// AddMapping files a mapping under its id. It is called with the world's lock held.
func (s *Service) AddMapping(sc world.Scope, in types.EventSourceMappingConfiguration) {
	id := aws.ToString(in.UUID)
	in.EventSourceMappingArn, in.LastModified = aws.String(arnOf(sc, id)), aws.Time(s.world.Now())
	s.mappings[id] = &mapping{scope: sc, shown: in}
}
