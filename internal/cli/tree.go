package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// tree is what templates are read from: the repository in which they stand, so that modules beside them are found, and so that what they
// declare is called the same wherever the repository lies.
type tree struct {
	fs.FS
	base string // of all names in it
	here string // the current folder
	full bool   // paths were given in full, and are shown so
}

// treeOf is the least tree that holds all paths.
func treeOf(paths []string) (*tree, error) {
	here, err := os.Getwd()
	if err != nil {
		return nil, misuse("", "find the current folder: %s", plainCause(err))
	}
	t := &tree{here: here}
	for _, p := range paths {
		t.full = t.full || filepath.IsAbs(p)
		full, err := filepath.Abs(p)
		if err != nil {
			return nil, misuse("", "%v", err)
		}
		top := topOf(full, here)
		if t.base == "" {
			t.base = top
		}
		for !within(top, t.base) {
			above := filepath.Dir(t.base)
			if above == t.base {
				return nil, misuse("scan them one after the other", "%s and %s are on different volumes", paths[0], p)
			}
			t.base = above
		}
	}
	t.FS = os.DirFS(t.base)
	return t, nil
}

// topOf is the folder of the repository that a path stands in; without one the current folder, or else the path's own.
func topOf(full, here string) string {
	for dir := full; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			break
		}
	}
	if within(full, here) {
		return here
	}
	if info, err := os.Stat(full); err == nil && info.IsDir() {
		return full
	}
	return filepath.Dir(full)
}

// within reports whether a path is a folder, or beneath it.
func within(full, folder string) bool {
	rest, err := filepath.Rel(folder, full)
	return err == nil && filepath.IsLocal(rest)
}

// name is what a path is called in the tree.
func (t *tree) name(path string) (string, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", misuse("", "%v", err)
	}
	rest, err := filepath.Rel(t.base, full)
	if err != nil {
		return "", misuse("", "%v", err)
	}
	return filepath.ToSlash(rest), nil
}

// names are those of several paths.
func (t *tree) names(paths []string) ([]string, error) {
	out := make([]string, len(paths))
	for i, p := range paths {
		var err error
		if out[i], err = t.name(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// shown is how people find a file of the tree from where they are.
func (t *tree) shown(name string) string {
	full := filepath.Join(t.base, filepath.FromSlash(name))
	if rest, err := filepath.Rel(t.here, full); err == nil && (!t.full || filepath.IsLocal(rest)) {
		return filepath.ToSlash(rest)
	}
	return filepath.ToSlash(full)
}

// told is what went wrong with a file of the tree, which its text begins with.
func (t *tree) told(text string) string {
	name, rest, ok := strings.Cut(text, ":")
	if _, err := fs.Stat(t, name); !ok || !fs.ValidPath(name) || err != nil {
		return text
	}
	return t.shown(name) + ":" + rest
}
