package config

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// isConfig reports whether Terraform reads a file as configuration
// (https://developer.hashicorp.com/terraform/language/files).
func isConfig(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~") {
		return false
	}
	name = strings.TrimSuffix(name, ".json")
	return strings.HasSuffix(name, ".tf") || strings.HasSuffix(name, ".tofu")
}

// shadowed reports whether OpenTofu reads another file in a file's place: main.tofu stands for main.tf
// (https://opentofu.org/docs/language/files/).
func shadowed(name string, beside []fs.DirEntry) bool {
	bare := strings.TrimSuffix(name, ".json")
	stem, is := strings.CutSuffix(bare, ".tf")
	if !is {
		return false
	}
	other := stem + ".tofu" + name[len(bare):]
	return slices.ContainsFunc(beside, func(e fs.DirEntry) bool { return e.Name() == other && !e.IsDir() })
}

// roots are the folders of root modules: the given one, and those beneath it that hold configuration and are called by no other.
func (p *project) roots(dir string) ([]string, error) {
	dir = path.Clean(dir)
	if !fs.ValidPath(dir) {
		return nil, fmt.Errorf("read %s: no path within what is read", dir)
	}
	holding, err := p.holding(dir)
	if err != nil {
		return nil, err
	}
	p.parseAll(holding)
	called := map[string]bool{}
	for _, d := range holding {
		m, err := p.module(d)
		if err != nil {
			continue // it is told when the folder is read
		}
		for _, call := range m.calls {
			if source, local := localSource(call); local {
				called[path.Join(d, source)] = true
			}
		}
	}
	return slices.DeleteFunc(holding, func(d string) bool { return called[d] && d != dir }), nil
}

// parseAll reads modules side by side: of reading many, that takes the longest. What is wrong with them is told when they are asked for.
func (p *project) parseAll(dirs []string) {
	parsed := make([]*module, len(dirs))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, dir := range dirs {
		g.Go(func() error {
			parsed[i] = p.parseModule(dir)
			return nil
		})
	}
	_ = g.Wait() // none of them fails
	for i, dir := range dirs {
		p.modules[dir] = parsed[i]
	}
}

// holding are the folders that hold configuration, in order. What Terraform itself installs, and hidden folders, are left out, as are
// those that cannot be looked into: who gave the folder tells of them, and a module of one that is called is not found.
func (p *project) holding(dir string) ([]string, error) {
	seen := map[string]bool{}
	err := fs.WalkDir(p.fsys, dir, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil && name == dir:
			return err
		case err != nil:
			return fs.SkipDir
		case e.IsDir() && name != dir && (strings.HasPrefix(e.Name(), ".") || e.Name() == "node_modules"):
			return fs.SkipDir
		case e.IsDir() || !isConfig(e.Name()):
			return nil
		}
		seen[path.Dir(name)] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("walk %s: %w", dir, err)
	}
	return slices.Sorted(maps.Keys(seen)), nil
}
