//go:build unix

package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/inside"
	"github.com/restorable/restorable/internal/awssim/world"
)

// twinsVariable makes this test binary a simulated AWS with two tables of so many items, instead of running tests.
const twinsVariable = "RESTORABLE_BENCH_TWINS"

// twinsMain serves until it is told to stop.
func twinsMain() int {
	n, err := strconv.Atoi(os.Getenv(twinsVariable))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	server, err := awssim.New(awssim.Options{Load: func(as *awssim.Assembly) error { return twins(as, n) }})
	if err == nil {
		err = server.Listen(ctx, "127.0.0.1:0", func(url string) { fmt.Println(url) })
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// twins makes the tables source and same with the same items, of about 300 bytes each; in damaged every thousandth item differs.
func twins(as *awssim.Assembly, n int) error {
	hand := inside.New(as)
	sc := world.Scope{Partition: "aws", Account: Account, Region: Region}
	do := func(in any) (err error) {
		as.World.Do(func() { _, err = hand.Do(sc, "dynamodb", in) })
		return err
	}
	tables := []string{"source", "same", "damaged"}
	for _, name := range tables {
		if err := do(&dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest,
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}},
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: "HASH"}}}); err != nil {
			return err
		}
	}
	as.World.Advance(time.Minute)
	for from := 0; from < n; from += 25 {
		for _, name := range tables {
			var batch []types.WriteRequest
			for i := from; i < min(from+25, n); i++ {
				batch = append(batch, types.WriteRequest{PutRequest: &types.PutRequest{Item: order(i, name == "damaged" && i%1000 == 0)}})
			}
			if err := do(&dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{name: batch}}); err != nil {
				return err
			}
		}
	}
	return nil
}

func order(i int, damaged bool) map[string]types.AttributeValue {
	status := "delivered"
	if damaged {
		status = "lost"
	}
	return map[string]types.AttributeValue{
		"id":     &types.AttributeValueMemberS{Value: fmt.Sprintf("order-%09d", i)},
		"status": &types.AttributeValueMemberS{Value: status}, "total": &types.AttributeValueMemberN{Value: strconv.Itoa(i*37%100_000) + ".50"},
		"customer": &types.AttributeValueMemberS{Value: fmt.Sprintf("customer-%06d", i%50_000)}, "placed": &types.AttributeValueMemberN{Value: strconv.Itoa(1_770_000_000 + i)},
		"address": &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"street": &types.AttributeValueMemberS{Value: "16 Rua do Almada"}, "city": &types.AttributeValueMemberS{Value: "Porto"}}},
		"tags":    &types.AttributeValueMemberSS{Value: []string{"gift", "express"}}, "note": &types.AttributeValueMemberS{Value: strings.Repeat("leave it with the neighbour ", 3)},
	}
}

// twinTables starts that simulated AWS in a process of its own.
func twinTables(b testing.TB, n int) *simulator {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	s := &simulator{cmd: exec.Command(self)}
	s.cmd.Env, s.cmd.Stderr = append(environment(), twinsVariable+"="+strconv.Itoa(n)), os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatalf("the simulator said %q: %v", line, err)
	}
	s.url = strings.TrimSpace(line)
	return s
}

// BenchmarkCompare compares two tables as a process: the same, and with every thousandth item different, so that what differs is read
// again. Target: under 200 MB at a million items each, and no more than at a hundred thousand but for the buckets.
func BenchmarkCompare(b *testing.B) {
	for _, items := range []int{100_000, 1_000_000} {
		b.Run(strconv.Itoa(items), func(b *testing.B) {
			sim := twinTables(b, items)
			for _, c := range []struct {
				name, with string
				want       int
			}{{"same", "same", 0}, {"damaged", "damaged", 1}} {
				b.Run(c.name, func(b *testing.B) {
					for b.Loop() {
						benchmarkCompare(b, sim, items, c.with, c.want)
					}
				})
			}
		})
	}
}

func benchmarkCompare(b testing.TB, sim *simulator, items int, with string, want int) usage {
	b.Helper()
	var out bytes.Buffer
	u := measure(b, binary(b), command{args: []string{"compare", "source", with, "-o", "json"}, env: []string{"AWS_ENDPOINT_URL=" + sim.url}, out: &out, want: []int{want}})
	var r struct {
		A, B    struct{ Count, Bytes int64 }
		Changed int64
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || r.A.Count != int64(items) || r.B.Count != int64(items) || want == 1 && r.Changed != int64(items+999)/1000 {
		b.Fatalf("%+v: %v", r, err)
	}
	if m, ok := b.(*testing.B); ok {
		m.ReportMetric(u.Wall.Seconds(), "s/comparison")
		m.ReportMetric(u.CPU.Seconds(), "cpu-s")
		m.ReportMetric(float64(2*items)/u.Wall.Seconds(), "items/s")
		m.ReportMetric(u.megabytes(), "peak-MB")
	}
	return u
}

// TestComparingTakesLittleMemory: the whole benchmark in small, so that it cannot rot.
func TestComparingTakesLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program and runs it")
	}
	sim := twinTables(t, 5_000)
	for with, want := range map[string]int{"same": 0, "damaged": 1} {
		if u := benchmarkCompare(t, sim, 5_000, with, want); u.megabytes() > 120 {
			t.Errorf("with %s it took %.0f MB", with, u.megabytes())
		}
	}
}
