//go:build unix

package fingerprint

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// shopItem is an order of a shop, some 800 bytes of JSON with most types in it.
func shopItem(r *rand.Rand, n int) string {
	return fmt.Sprintf(`{"pk":{"S":"CUSTOMER#%08d"},"sk":{"S":"ORDER#2026-11-%02dT%02d:%02d:00Z"},"status":{"S":"%s"},"total":{"N":"%d.%02d"},"currency":{"S":"EUR"},`+
		`"quantity":{"N":"%d"},"paid":{"BOOL":%v},"note":{"S":"%s"},"tags":{"SS":["gift","express","summer"]},"lines":{"L":[{"M":{"sku":{"S":"SKU-%06d"},"n":{"N":"2"},"price":{"N":"19.95"}}},`+
		`{"M":{"sku":{"S":"SKU-%06d"},"n":{"N":"1"},"price":{"N":"7.5"}}}]},"address":{"M":{"street":{"S":"Königstraße %d"},"city":{"S":"München"},"zip":{"S":"80331"},"country":{"S":"DE"}}},`+
		`"digest":{"B":"q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="},"version":{"N":"7"},"updated":{"N":"17636%08d"},"deleted":{"NULL":true}}`,
		n, r.IntN(28)+1, r.IntN(24), r.IntN(60), []string{"SHIPPED", "PENDING", "RETURNED"}[r.IntN(3)], r.IntN(1000), r.IntN(100), r.IntN(9)+1, r.IntN(2) == 0,
		strings.Repeat("please leave it with the neighbour ", r.IntN(4)), r.IntN(1e6), r.IntN(1e6), r.IntN(200), r.IntN(1e8))
}

// scanAnswer is one page of 1 MB.
func scanAnswer(item func(*rand.Rand, int) string) (body []byte, items int) {
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	b.WriteString(`{"ConsumedCapacity":{"CapacityUnits":128.5,"TableName":"orders"},"Items":[`)
	for b.Len() < 1<<20 {
		if items > 0 {
			b.WriteByte(',')
		}
		b.WriteString(item(r, items))
		items++
	}
	fmt.Fprintf(&b, `],"Count":%d,"ScannedCount":%d,"LastEvaluatedKey":{"pk":{"S":"x"},"sk":{"S":"y"}}}`, items, items)
	return b.Bytes(), items
}

// canned answers every request with the same body.
type canned []byte

func (c canned) Do(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, ContentLength: int64(len(c)), Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Body: io.NopCloser(bytes.NewReader(c))}, nil
}

// sdkScan is Scan by the SDK, which is handed the body.
func sdkScan(b testing.TB, client *dynamodb.Client) []map[string]types.AttributeValue {
	out, err := client.Scan(b.Context(), &dynamodb.ScanInput{TableName: aws.String("orders")})
	if err != nil {
		b.Fatal(err)
	}
	return out.Items
}

func sdkClient(body []byte) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{Region: "eu-west-1", HTTPClient: canned(body), BaseEndpoint: aws.String("http://localhost"), Credentials: credentials.NewStaticCredentialsProvider("a", "b", "")})
}

// decoded makes the same hashes from what the SDK decoded, with the same encoding and the same hash and as little else as possible.
type decoded struct {
	value, key []byte
	plain      []byte
	table      []Bucket
}

func (d *decoded) add(item map[string]types.AttributeValue) {
	d.value = d.attributes(d.value[:headSize], item)
	d.key = append(d.key[:headSize], 2)
	for _, name := range []string{"pk", "sk"} {
		d.key = d.one(appendLong(d.key, name), item[name])
	}
	key, value := Sum(sha256.Sum256(d.key)), Sum(sha256.Sum256(d.value))
	d.table[int(binary.BigEndian.Uint32(key[28:]))&(len(d.table)-1)].add(1, &value)
}

func appendLong(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func (d *decoded) attributes(dst []byte, item map[string]types.AttributeValue) []byte {
	var room [32]string
	names := room[:0]
	for name := range item {
		names = append(names, name)
	}
	slices.Sort(names)
	dst = binary.AppendUvarint(dst, uint64(len(names)))
	for _, name := range names {
		dst = d.one(appendLong(dst, name), item[name])
	}
	return dst
}

func (d *decoded) one(dst []byte, v types.AttributeValue) []byte {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return appendLong(append(dst, letterText), v.Value)
	case *types.AttributeValueMemberN:
		return d.number(append(dst, letterNumber), v.Value)
	case *types.AttributeValueMemberB:
		return append(binary.AppendUvarint(append(dst, letterBinary), uint64(len(v.Value))), v.Value...)
	case *types.AttributeValueMemberBOOL:
		if v.Value {
			return append(dst, letterTrue)
		}
		return append(dst, letterFalse)
	case *types.AttributeValueMemberNULL:
		return append(dst, letterNull)
	case *types.AttributeValueMemberM:
		return d.attributes(append(dst, letterMap), v.Value)
	case *types.AttributeValueMemberL:
		dst = binary.AppendUvarint(append(dst, letterList), uint64(len(v.Value)))
		for _, one := range v.Value {
			dst = d.one(dst, one)
		}
		return dst
	case *types.AttributeValueMemberSS:
		slices.SortFunc(v.Value, strings.Compare)
		dst = binary.AppendUvarint(append(dst, letterTexts), uint64(len(v.Value)))
		for _, one := range v.Value {
			dst = appendLong(dst, one)
		}
		return dst
	}
	panic(fmt.Sprintf("%T does not occur in the items", v))
}

func (d *decoded) number(dst []byte, s string) []byte {
	d.plain = append(d.plain[:0], s...)
	dst, why := appendNumber(dst, d.plain)
	if why != "" {
		panic(why)
	}
	return dst
}

func newDecoded(h *Hasher) *decoded {
	return &decoded{value: slices.Clone(h.answer.out[:headSize]), key: slices.Clone(h.answer.keyOut[:headSize]), table: make([]Bucket, len(h.buckets))}
}

// bareWalk goes from string to string and does nothing with them.
func bareWalk(raw []byte) (n int) {
	w := walker{raw: raw}
	for i := 0; ; n++ {
		at := bytes.IndexByte(raw[i:], '"')
		if at < 0 {
			return n
		}
		i, _ = w.text(i + at + 1)
		i++
	}
}

// line is one measured way through a page, on one core.
type line struct {
	name string
	page time.Duration // of the processor, for a page
}

// processor is the time that this process has had, which other work on the machine does not add to.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func (l *line) run(b *testing.B, body []byte, items int, page func()) {
	b.Run(l.name, func(b *testing.B) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		page() // room grows once
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := processor(b)
		for b.Loop() {
			page()
		}
		l.page = (processor(b) - began) / time.Duration(b.N)
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(len(body))/1e6/l.page.Seconds(), "MB/s")
		b.ReportMetric(float64((after.Mallocs-before.Mallocs)/uint64(b.N*items)), "allocs/item")
		if l.name != "sdk" && sdkLine.page > 0 {
			b.ReportMetric(float64(sdkLine.page)/float64(l.page), "×sdk")
		}
	})
}

// sdkLine is what the other lines are compared with.
var sdkLine line

// lines measures the three ways through a page: the SDK's decoding and the same hash, ours, and a bare walk over the strings.
func lines(b *testing.B, item func(*rand.Rand, int) string) {
	body, items := scanAnswer(item)
	key, attributes := Key{1, 2, 3}, []string{"pk", "sk"}
	client, d := sdkClient(body), newDecoded(New(key, attributes, 1024))
	h := New(key, attributes, 1024)
	sdkLine = line{name: "sdk"}
	sdkLine.run(b, body, items, func() {
		for _, item := range sdkScan(b, client) {
			d.add(item)
		}
	})
	raw := line{name: "raw"}
	raw.run(b, body, items, func() {
		if _, err := h.Page(body); err != nil {
			b.Fatal(err)
		}
	})
	walk := line{name: "walk"}
	walk.run(b, body, items, func() { bareWalk(body) })
}

// BenchmarkFingerprint reads pages of orders: the figures of docs/fingerprint.md.
func BenchmarkFingerprint(b *testing.B) { lines(b, shopItem) }

// BenchmarkShapes reads other kinds of items, between which the ratio varies.
func BenchmarkShapes(b *testing.B) {
	key := func(n int) string { return fmt.Sprintf(`{"pk":{"S":"%08d"},"sk":{"N":"%d"},`, n, n) }
	for name, item := range map[string]func(*rand.Rand, int) string{
		"one text of 300 bytes": func(_ *rand.Rand, n int) string {
			return key(n) + `"a":{"S":"` + strings.Repeat("some text ", 30) + `"}}`
		},
		"one text of 20 kB": func(_ *rand.Rand, n int) string {
			return key(n) + `"a":{"S":"` + strings.Repeat("some text ", 2000) + `"}}`
		},
		"binary of 3 kB": func(_ *rand.Rand, n int) string { return key(n) + `"a":{"B":"` + strings.Repeat("q83v", 1000) + `"}}` },
		"escapes": func(_ *rand.Rand, n int) string {
			return key(n) + `"a":{"S":"` + strings.Repeat(`\"a\":\"b\",`, 30) + `"}}`
		},
		"40 numbers": func(r *rand.Rand, n int) string {
			out := key(n)
			for i := range 40 {
				out += fmt.Sprintf(`"n%d":{"N":"%d.%d"},`, i, r.IntN(1e6), r.IntN(100))
			}
			return out[:len(out)-1] + "}"
		},
	} {
		b.Run(name, func(b *testing.B) { lines(b, item) })
	}
}

// TestSDKHashesAlike shows that both lines of the benchmark do the same work.
func TestSDKHashesAlike(t *testing.T) {
	body, items := scanAnswer(shopItem)
	h := New(testKey, []string{"pk", "sk"}, 1024)
	if _, err := h.Page(body); err != nil {
		t.Fatal(err)
	}
	d := newDecoded(h)
	for _, item := range sdkScan(t, sdkClient(body)) {
		d.add(item)
	}
	if !slices.Equal(d.table, h.buckets) || h.Table().Count != int64(items) {
		t.Error("what the SDK decoded has other hashes")
	}
}
