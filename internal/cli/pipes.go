package cli

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/restorable/restorable/internal/iac/terraform/planfile"
)

// pipes is a tree in which standard input and pipes, which can be read only once, are kept: a file is looked at before it is read.
type pipes struct {
	fs.FS
	kept map[string]*kept // by name
}

// kept is what came through a pipe.
type kept struct {
	info fs.FileInfo
	text []byte
}

// Open implements fs.FS.
func (p *pipes) Open(name string) (fs.File, error) {
	if k := p.kept[name]; k != nil {
		return &keptFile{Reader: bytes.NewReader(k.text), info: k.info}, nil
	}
	return p.FS.Open(name) //nolint:wrapcheck // as the tree answers
}

type keptFile struct {
	*bytes.Reader
	info fs.FileInfo
}

func (f *keptFile) Stat() (fs.FileInfo, error) { return f.info, nil }

func (f *keptFile) Close() error { return nil }

// standardInput is the path that - stands for.
const standardInput = "/dev/stdin"

// keep reads those of the paths that are pipes.
func (t *tree) keep(paths []string) error {
	p := &pipes{FS: t.FS, kept: map[string]*kept{}}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket|fs.ModeCharDevice) == 0 {
			continue // whoever opens it says what is wrong
		}
		name, err := t.name(path)
		if err != nil {
			return err
		}
		if p.kept[name] != nil {
			continue
		}
		text, err := drain(path)
		if err != nil {
			return misuse("", "read %s: %s", path, plainCause(err))
		}
		p.kept[name] = &kept{info, text}
	}
	if len(p.kept) > 0 {
		t.FS = p
	}
	return nil
}

// drain reads a byte more than the greatest file that is read, for whoever parses it to say that it is too long.
func drain(path string) ([]byte, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller names it
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, planfile.MaxBytes+1)) //nolint:wrapcheck // the caller names it
}
