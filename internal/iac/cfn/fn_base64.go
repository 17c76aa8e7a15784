package cfn

import (
	"encoding/base64"

	"github.com/restorable/restorable/internal/iac/build"
)

// base64 evaluates Fn::Base64 of a text that is wholly known.
func (s *stack) base64(n *node, p build.Pos) value {
	plain, ok := s.evaluate(n).flat()
	if !ok {
		return unknownOf(p, "the text that Fn::Base64 encodes is not known")
	}
	return made(base64.StdEncoding.EncodeToString([]byte(plain)), p)
}
