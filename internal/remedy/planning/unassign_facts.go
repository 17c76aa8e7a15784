package planning

import (
	"slices"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/remedy"
)

// unassignDocument is a selection of an estate as a change writes it; ok is false when something of it is not known.
func unassignDocument(p *estate.Plan, s *estate.Selection) (said *remedy.Selection, ok bool) {
	id, known := p.PlanID.Get()
	name, named := s.Name.Get()
	role, roled := s.RoleARN.Get()
	ok = known && named && roled && s.ID != ""
	said = &remedy.Selection{
		Plan: remedy.Ref(id), ID: remedy.Ref(s.ID), Name: name, RoleARN: role,
		Resources: stringsOf(s.Resources, &ok), NotResources: stringsOf(s.NotResources, &ok), ListOfTags: tagsOf(s.ListOfTags, &ok),
		StringEquals: tagsOf(s.StringEquals, &ok), StringNotEquals: tagsOf(s.StringNotEquals, &ok),
		StringLike: tagsOf(s.StringLike, &ok), StringNotLike: tagsOf(s.StringNotLike, &ok),
	}
	return said, ok
}

func stringsOf(f estate.Fact[[]string], ok *bool) []string {
	*ok = *ok && !f.IsUnknown()
	list, _ := f.Get()
	return slices.Clone(list)
}

func tagsOf(f estate.Fact[[]estate.TagMatch], ok *bool) []remedy.TagMatch {
	*ok = *ok && !f.IsUnknown()
	var out []remedy.TagMatch
	for _, t := range f.Or(nil) {
		out = append(out, remedy.TagMatch(t))
	}
	return out
}

// unassignFacts is a selection of a change as an estate would have it.
func unassignFacts(s *remedy.Selection) estate.Selection {
	return estate.Selection{
		ID: string(s.ID), Name: estate.KnownFact(s.Name, 0), RoleARN: estate.KnownFact(s.RoleARN, 0),
		Resources: estate.KnownFact(s.Resources, 0), NotResources: estate.KnownFact(s.NotResources, 0), ListOfTags: factOf(s.ListOfTags),
		StringEquals: factOf(s.StringEquals), StringNotEquals: factOf(s.StringNotEquals),
		StringLike: factOf(s.StringLike), StringNotLike: factOf(s.StringNotLike),
	}
}

func factOf(list []remedy.TagMatch) estate.Fact[[]estate.TagMatch] {
	out := []estate.TagMatch{}
	for _, t := range list {
		out = append(out, estate.TagMatch(t))
	}
	return estate.KnownFact(out, 0)
}

// owner says why the selections of a plan are not ours to change, and what changes them.
func (w *unassigning) owner(p *estate.Plan) (reason, next string) {
	by, sure := w.owners.ownerOf(p)
	switch {
	case by != "" && p.FromOrganization.Or(false):
		return "plan " + planLabel(p) + " is made by " + by + ", which alone can change it", "change the policy in the organisation's management account, or the tags that it selects by"
	case by != "":
		return "plan " + planLabel(p) + " is declared by " + by + ": a change of it here would be undone there", "take " + w.name + " out of the selection there, or --plan with the names of the other plans"
	case !sure:
		return "whether plan " + planLabel(p) + " is declared elsewhere is not known: its tags could not be read", "restorable doctor"
	}
	return "", ""
}
