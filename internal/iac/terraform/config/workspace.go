package config

import (
	"io/fs"
	"path"
	"strings"
)

// environment is a variable of the environment; empty where it is not set.
func (p *project) environment(name string) string {
	if p.options.Getenv == nil {
		return ""
	}
	return p.options.Getenv(name)
}

// selected is the workspace in which Terraform would work: the one that is named, or that TF_WORKSPACE names, or that was selected in the folder;
// once that is initialised, it is default unless another was selected. HCP Terraform knows others. Empty: not known
// (https://developer.hashicorp.com/terraform/language/state/workspaces).
func (r *run) selected(root *module) string {
	if r.options.Workspace != "" {
		return r.options.Workspace
	}
	if name := r.environment("TF_WORKSPACE"); name != "" {
		return name
	}
	const most = 1 << 10
	if name, err := r.readFile(path.Join(r.root, ".terraform/environment"), most); err == nil {
		return strings.TrimSpace(string(name))
	}
	if _, err := fs.Stat(r.fsys, path.Join(r.root, ".terraform")); err != nil || root.remote() {
		return ""
	}
	return "default"
}

// remote reports whether something else than the folder may say which workspace it is.
func (m *module) remote() bool {
	for _, body := range m.bodies {
		for _, b := range body.Blocks {
			if b.Type != "terraform" {
				continue
			}
			if b.Body.Attributes["cloud"] != nil || b.Body.Attributes["backend"] != nil { // of JSON
				return true
			}
			for _, inner := range b.Body.Blocks {
				if inner.Type == "cloud" || inner.Type == "backend" && len(inner.Labels) == 1 && inner.Labels[0] == "remote" {
					return true
				}
			}
		}
	}
	return false
}
