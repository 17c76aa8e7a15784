package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/estatebridge"
	"github.com/restorable/restorable/internal/awssim/world"
	"github.com/restorable/restorable/internal/demo"
	"github.com/restorable/restorable/internal/estate"
	"github.com/spf13/cobra"
)

const simHelp = `A simulated AWS behind AWS's own wire protocols: any AWS client works against it.

  restorable sim --demo --listen 127.0.0.1:8000
  AWS_ENDPOINT_URL=http://127.0.0.1:8000 AWS_ACCESS_KEY_ID=111122223333 \
  AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION=eu-west-1 aws dynamodb list-tables

An access key of 12 digits is that account. The address is printed on standard output.
Outside AWS's paths: POST /_sim/clock {"advance":"24h"}, POST /_sim/faults, GET /_sim/calls,
POST /_sim/reset, GET /_sim/estate (docs/simulator.md).`

type simOptions struct {
	listen  string
	load    string
	demo    bool
	clock   string
	speed   float64
	latency time.Duration
	rates   string
	iam     string
}

func (a *app) simCommand() *cobra.Command {
	var o simOptions
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Run the simulated AWS as a server",
		Long:  simHelp,
		Args:  exactArgs(0, "no arguments"),
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.sim(cmd.Context(), o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:0", "`address`; port 0 picks a free one")
	f.StringVar(&o.load, "load", "", "start with the state of an estate `file`")
	f.BoolVar(&o.demo, "demo", false, "start with the demo's company")
	f.StringVar(&o.clock, "clock", "real", "where the virtual clock starts: real, or a `time` (RFC 3339)")
	f.Float64Var(&o.speed, "speed", 1, "virtual seconds per real second")
	f.DurationVar(&o.latency, "latency", 0, "wait before each answer, for example 50ms")
	f.StringVar(&o.rates, "rates", "off", "AWS's rate limits and quotas: aws or off")
	f.StringVar(&o.iam, "iam", "off", "identity policies and signatures: off or enforce")
	return cmd
}

func (o simOptions) validate() error {
	if o.demo && o.load != "" {
		return misuse("give one of them", "--demo and --load both give the state to start with")
	}
	if !(o.speed > 0 && o.speed <= 1e6) { // so that NaN is refused too
		return misuse("--speed 60 makes an hour of a minute", "--speed %v: want more than 0 and at most 1000000", o.speed)
	}
	if o.latency < 0 {
		return misuse("--latency 50ms", "--latency %v: want 0 or more", o.latency)
	}
	if o.rates != "aws" && o.rates != "off" {
		return misuse("--rates aws or --rates off", "--rates %s: unknown", o.rates)
	}
	if o.iam != "off" && o.iam != "enforce" {
		return misuse("--iam off or --iam enforce", "--iam %s: unknown", o.iam)
	}
	if _, _, err := net.SplitHostPort(o.listen); err != nil {
		return misuse("--listen 127.0.0.1:0", "--listen %s: want HOST:PORT", o.listen)
	}
	return nil
}

func (a *app) sim(ctx context.Context, o simOptions) error {
	if err := o.validate(); err != nil {
		return err
	}
	server, err := a.newSimulator(o)
	if err != nil {
		return err
	}
	if host, _, _ := net.SplitHostPort(o.listen); !isLoopback(host) {
		a.note("listening beyond this machine: anybody who reaches %s can use the simulated AWS", o.listen)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	err = server.Listen(ctx, o.listen, func(url string) {
		if _, err := fmt.Fprintln(a.std.Out, url); err != nil {
			stop() // nobody would know where it listens; Run says why
		}
	})
	if err != nil {
		return &complaint{code: exitUsage, summary: err.Error(), hint: "choose another address with --listen, for example 127.0.0.1:0", err: err}
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (a *app) newSimulator(o simOptions) (*awssim.Server, error) {
	options := awssim.Options{
		World:   world.Options{Speed: o.speed},
		Latency: o.latency,
		Rates:   o.rates == "aws",
		Enforce: o.iam == "enforce",
		Estate:  func(as *awssim.Assembly, w io.Writer) error { return estatebridge.Write(as, w, toolName) },
	}
	if o.clock != "real" {
		start, err := time.Parse(time.RFC3339, o.clock)
		if err != nil {
			return nil, misuse("--clock 2026-11-21T08:00:00Z", "--clock %s: want real or a time in RFC 3339", o.clock)
		}
		options.World.Start = start
	}
	switch {
	case o.demo:
		if o.clock == "real" {
			options.World.Start = demo.Start()
		}
		options.Load = demo.Load
	case o.load != "":
		es, err := loadEstate(o.load)
		if err != nil {
			return nil, err
		}
		options.Load = a.loader(es)
		if o.clock == "real" {
			options.World.Start = newest(es)
		}
	}
	server, err := awssim.New(options)
	if err != nil {
		return nil, &complaint{code: exitUsage, summary: err.Error(), err: err}
	}
	return server, nil
}

// loader puts an estate into the simulated AWS, and says the first time what it had to assume.
func (a *app) loader(es *estate.Estate) func(*awssim.Assembly) error {
	told := false
	return func(as *awssim.Assembly) error {
		notes, err := estatebridge.LoadNotes(as, es)
		if told {
			return err
		}
		told = true
		for _, n := range notes {
			a.note("%s", n)
		}
		return err
	}
}

// newest is the moment at which an estate was seen: a simulator that starts from it starts then.
func newest(es *estate.Estate) time.Time {
	var at estate.Instant
	for _, u := range es.Units {
		at = max(at, u.Now.Or(0))
	}
	if at == 0 {
		return time.Time{}
	}
	return at.Time()
}

// loadEstate reads an estate file; its errors name the file and the place in it.
func loadEstate(name string) (*estate.Estate, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, &complaint{code: exitUsage, summary: fmt.Sprintf("read estate file: %v", err), hint: "restorable collect --out FILE writes one", err: err}
	}
	defer f.Close()
	es, err := estate.Load(f)
	if err != nil {
		return nil, badEstate(name, err)
	}
	return es, nil
}

func badEstate(name string, err error) error {
	return &complaint{code: exitUsage, summary: "cannot read " + name, detail: err.Error(), hint: "restorable collect --out FILE writes a new one", err: err}
}
