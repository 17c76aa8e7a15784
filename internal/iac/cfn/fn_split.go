package cfn

import (
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
)

// split evaluates Fn::Split of a text that is known but for the Region and the account, which hold no sign that parts an ARN. Any other
// symbol may hold the delimiter.
func (s *stack) split(n *node, p build.Pos) value {
	args, ok := arguments(n, 2, 2)
	if !ok || args[0].kind != scalar || args[0].text == "" {
		return malformed(p, "Fn::Split")
	}
	v := s.evaluate(args[1])
	hide, show := hidePlaces()
	whole := v.text
	if strings.ContainsAny(args[0].text, ":/") {
		whole = hide.Replace(whole)
	}
	if v.form != text || symbolic(whole) {
		return unknownOf(p, "the text that Fn::Split divides is not known")
	}
	out := value{form: listing, pos: p}
	for _, part := range strings.Split(whole, args[0].text) {
		out.items = append(out.items, textOf(show.Replace(part), p))
	}
	return out
}

// hidePlaces puts the symbols of the Region and the account into signs of the area for private use, and out of them.
func hidePlaces() (hide, show *strings.Replacer) {
	region, account := symbol("AWS::Region"), symbol("AWS::AccountId")
	return strings.NewReplacer(region, "\uE000", account, "\uE001"), strings.NewReplacer("\uE000", region, "\uE001", account)
}
