package control

import "github.com/restorable/restorable/internal/yamlfile"

// Mistake is one thing wrong in a control or framework file, at the place where it stands.
type Mistake = yamlfile.Mistake

// LoadError is every mistake found in the files, so that they can all be mended at once.
type LoadError = yamlfile.Error

// mistakes collects what is wrong in one file.
type mistakes struct{ *yamlfile.File }

func newMistakes(file string, text []byte) *mistakes { return &mistakes{yamlfile.New(file, text)} }

// place is a position in a source file.
type place = yamlfile.Place

// mapping is a YAML mapping.
type mapping = yamlfile.Mapping
