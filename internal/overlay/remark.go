package overlay

import (
	"fmt"
	"strings"
)

// Remark says what a person should do about an exception; empty where there is nothing to do.
func (u *Use) Remark() string {
	var parts []string
	if u.Duplicate != nil {
		parts = append(parts, "says the same as "+u.Duplicate.Place()+": remove one of them")
	} else if text := u.stateText(); text != "" {
		parts = append(parts, text)
	}
	if u.Doubtful > 0 {
		parts = append(parts, fmt.Sprintf("whether it covers %d more is not known, so it does not", u.Doubtful))
	}
	if u.EndsSoon && u.State != Settled && u.State != Unused {
		parts = append(parts, "ends on "+u.Day())
	}
	if len(parts) == 0 {
		return ""
	}
	return fmt.Sprintf("%s: %s of %s (%s): %s", u.Place(), u.Kind, u.Text(), u.Owner, strings.Join(parts, "; "))
}

func (u *Use) stateText() string {
	switch u.State {
	case Expired:
		return "expired on " + u.Day() + ", not applied"
	case Shadowed:
		return "covers nothing that earlier ones do not: remove it"
	case Settled:
		return "not needed any more, since all that it describes passes or does not apply: remove it"
	case Unused:
		if u.Inline() && u.Block.Name == "" {
			return "stands in no resource's block: put it into one, or right above"
		}
		return "covers nothing there is: remove it, or mend what it names"
	case Applied, Unasked, Unsure:
	}
	return ""
}
