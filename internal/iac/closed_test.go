package iac

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// guarded is a tree of which some places cannot be opened.
type guarded struct {
	fstest.MapFS
	places []string
}

func (c guarded) Open(name string) (fs.File, error) {
	for _, place := range c.places {
		if name == place || strings.HasPrefix(name, place+"/") {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
		}
	}
	return c.MapFS.Open(name)
}

func (c guarded) ReadDir(name string) ([]fs.DirEntry, error) {
	if f, err := c.Open(name); err != nil {
		return nil, err
	} else if err := f.Close(); err != nil {
		return nil, err
	}
	return c.MapFS.ReadDir(name)
}

func (c guarded) ReadFile(name string) ([]byte, error) {
	if _, err := c.Open(name); err != nil {
		return nil, err
	}
	return c.MapFS.ReadFile(name)
}

// What cannot be looked into may hold templates: the others are judged, and the lists say that they are short.
func TestWhatCannotBeLookedIntoLeavesListsOpen(t *testing.T) {
	const table = "Resources: {T: {Type: AWS::DynamoDB::Table, Properties: {TableName: a}}}"
	files := fstest.MapFS{
		"all/a.yaml": {Data: []byte(table)}, "all/secret/b.yaml": {Data: []byte(table)},
		"all/main.tf": {Data: []byte(`resource "aws_dynamodb_table" "b" { name = "b" }`)}, "all/c.json": {Data: []byte("{}")},
	}
	for _, places := range [][]string{{"all/secret"}, {"all/c.json"}, {"all/secret/b.yaml"}} {
		tree := guarded{files, places}
		found, err := Find(tree, []string{"all"})
		if err != nil {
			t.Errorf("%v closed: %v", places, err)
			continue
		}
		units, mistakes := Read(tree, found, Options{})
		if len(units) != 1 || len(units[0].Tables.Items) < 2 || Whole(units[0]) {
			t.Errorf("%v closed: got %d units", places, len(units))
		}
		if len(mistakes) != 1 || !strings.Contains(mistakes[0].Error(), places[0]+": permission denied") {
			t.Errorf("%v closed: got %v", places, mistakes)
		}
	}
	for _, places := range [][]string{{"all"}, {"all/a.yaml", "all/secret", "all/main.tf", "all/c.json"}} {
		if _, err := Find(guarded{fstest.MapFS{"all/a.yaml": files["all/a.yaml"], "all/secret/b.yaml": files["all/a.yaml"]}, places}, []string{"all"}); err == nil {
			t.Errorf("%v closed, and nothing else there: no error", places)
		}
	}
}
