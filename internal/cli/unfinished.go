package cli

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// unfinished follows the name of a file that is being written: what a killed run leaves says what it is.
const unfinished = ".unfinished-"

// abandoned is after how long an unfinished file belongs to no run that could still be under way.
const abandoned = 24 * time.Hour

// forgetUnfinished removes what killed runs left of a file. It is a courtesy: what cannot be removed stays.
func forgetUnfinished(name string) {
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || !strings.HasPrefix(e.Name(), filepath.Base(name)+unfinished) || time.Since(info.ModTime()) < abandoned {
			continue
		}
		_ = os.Remove(filepath.Join(filepath.Dir(name), e.Name())) // best effort
	}
}
