package iac

import (
	"strings"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// Declared reports whether the tables of a unit are those of templates.
func Declared(u *estate.Unit) bool { return listing(u).Operation == build.Operation }

// Joined reports whether a unit of templates holds what is deployed beside them, too.
func Joined(u *estate.Unit) bool {
	return Declared(u) && strings.HasPrefix(u.Of(u.Plans.Whole.Source()).Operation, "backup:")
}

// Whole reports whether a unit of templates holds every table that they declare. That more may exist elsewhere is another matter.
func Whole(u *estate.Unit) bool { return u.Tables.IsWhole() || listing(u).Code == build.NotInTemplate }

func listing(u *estate.Unit) estate.Provenance { return u.Of(u.Tables.Whole.Source()) }

// Expected reports whether a source stands for what templates do not tell by their nature: no attempt to read it failed. That tables may be
// missing is never expected.
func Expected(u *estate.Unit, src estate.Source) bool {
	p := u.Of(src)
	if p.Operation != build.Operation {
		return false
	}
	switch p.Code {
	case build.NotInTemplate, build.NotDeployed:
		return true
	case build.NotResolved:
		return src != u.Tables.Whole.Source()
	}
	return false
}
