package protection

import "github.com/restorable/restorable/internal/estate"

// Index holds what Cover needs of a unit, looked up and compiled once. It may be used by several goroutines.
type Index struct {
	unit *estate.Unit
}

type selectionIndex struct{}

type planIndex struct{}

type ruleIndex struct{}
