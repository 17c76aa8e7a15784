package scenario

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/demo"
	"github.com/rogpeppe/go-internal/testscript"
)

// tlssimCommand starts the demo's company behind a certificate that nobody signed, and writes that to ca.pem: tlssim.
func tlssimCommand(ts *testscript.TestScript, _ bool, _ []string) {
	server, err := awssim.New(awssim.Options{World: world.Options{Start: demo.Start(), Speed: 1e-6}, Load: demo.Load})
	ts.Check(err)
	web := httptest.NewTLSServer(server)
	web.Config.ErrorLog = nil
	ts.Defer(web.Close)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), text, 0o600))
	ts.Setenv("AWS_ENDPOINT_URL", web.URL)
	ts.Setenv("AWS_ACCESS_KEY_ID", demo.Account)
	ts.Setenv("AWS_SECRET_ACCESS_KEY", "any")
	ts.Setenv("AWS_REGION", demo.Home)
}

// tidyCommand fails when a file written aside was left behind: tidy [FOLDER].
func tidyCommand(ts *testscript.TestScript, _ bool, args []string) {
	left, err := filepath.Glob(filepath.Join(ts.MkAbs(filepath.Join(append([]string{"."}, args...)...)), ".*"))
	ts.Check(err)
	for _, file := range left {
		if filepath.Base(file) != ".tmp" { // testscript's own
			ts.Fatalf("left behind: %s", file)
		}
	}
}
