package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// maxWalked bounds how many files one pattern may look at.
const maxWalked = 20_000

// filesetFunction lists files by a pattern in which ** is any number of folders; alternatives in braces are not known
// (https://developer.hashicorp.com/terraform/language/functions/fileset).
func (r *run) filesetFunction() function.Function {
	return function.New(&function.Spec{
		Params: textParameters("path", "pattern"),
		Type:   function.StaticReturnType(cty.Set(cty.String)),
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			dir, ok := r.within(args[0])
			pattern := args[1].AsString()
			if !ok || symbolic(args[1]) || strings.ContainsAny(pattern, "{}\\") || strings.Contains(pattern, "..") {
				return cty.UnknownVal(t), nil
			}
			names, err := r.files(dir, strings.Split(path.Clean(pattern), "/"))
			if err != nil {
				return cty.NilVal, err
			}
			if len(names) == 0 {
				return cty.SetValEmpty(cty.String), nil
			}
			return cty.SetVal(names), nil
		},
	})
}

func (r *run) files(dir string, pattern []string) (names []cty.Value, err error) {
	info, err := fs.Stat(r.fsys, dir)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir(): // a folder that is not there has no files
		return nil, nil
	case err != nil: // it may have some
		return nil, fmt.Errorf("look into %s: %w", dir, err)
	}
	tree, err := fs.Sub(r.fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("look into %s: %w", dir, err)
	}
	walked := 0
	err = fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if walked++; err != nil || walked > maxWalked || !r.budget.spend(1) {
			return fmt.Errorf("look into %s: it cannot be read, or holds more than %d files", dir, maxWalked)
		}
		segments := strings.Split(name, "/")
		switch {
		case e.IsDir() && name != "." && !deeper(pattern, len(segments)):
			return fs.SkipDir
		case !e.Type().IsRegular():
			return nil
		}
		matched, err := matches(pattern, segments)
		if matched {
			names = append(names, cty.StringVal(name))
		}
		return err
	})
	return names, err
}

// deeper reports whether a pattern may match below a folder of a depth.
func deeper(pattern []string, depth int) bool {
	return len(pattern) > depth || slices.Contains(pattern, "**")
}

// matches holds the segments of a path against those of a pattern. Steps from the end leave each ** to try every length once.
func matches(pattern, segments []string) (bool, error) {
	can := make([]bool, len(segments)+1) // can[j]: the rest of the pattern matches segments from j on
	can[len(segments)] = true
	for i := len(pattern) - 1; i >= 0; i-- {
		next := make([]bool, len(segments)+1)
		for j := len(segments); j >= 0; j-- {
			if pattern[i] == "**" {
				next[j] = can[j] || (j < len(segments) && next[j+1])
				continue
			}
			if j == len(segments) {
				continue
			}
			same, err := path.Match(pattern[i], segments[j])
			if err != nil {
				return false, fmt.Errorf("match %s: %w", pattern[i], err)
			}
			next[j] = same && can[j+1]
		}
		can = next
	}
	return can[0], nil
}
