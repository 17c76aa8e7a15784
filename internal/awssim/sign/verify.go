package sign

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"
)

const timeLayout = "20060102T150405Z"

// Time reads X-Amz-Date; ok is false when it is missing or malformed.
func Time(h http.Header) (time.Time, bool) {
	t, err := time.Parse(timeLayout, h.Get("X-Amz-Date"))
	return t, err == nil
}

// Verify answers whether the request carries the signature that the secret gives. body is the whole body.
func Verify(r *http.Request, body []byte, c Credential, secret string) bool {
	if !contains(c.SignedHeaders, "host") {
		return false
	}
	date := r.Header.Get("X-Amz-Date")
	scope := strings.Join([]string{c.Day, c.Region, c.Service, "aws4_request"}, "/")
	digest := sha256.Sum256([]byte(canonical(r, body, c)))
	toSign := strings.Join([]string{algorithm, date, scope, hex.EncodeToString(digest[:])}, "\n")
	key := []byte("AWS4" + secret)
	for _, part := range []string{c.Day, c.Region, c.Service, "aws4_request", toSign} {
		key = mac(key, part)
	}
	want := hex.EncodeToString(key)
	return strings.HasPrefix(date, c.Day) && subtle.ConstantTimeCompare([]byte(want), []byte(c.Signature)) == 1
}

func mac(key []byte, s string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(s))
	return h.Sum(nil)
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

func canonical(r *http.Request, body []byte, c Credential) string {
	var headers strings.Builder
	for _, name := range c.SignedHeaders {
		headers.WriteString(name + ":" + headerValue(r, name) + "\n")
	}
	return strings.Join([]string{
		r.Method, canonicalPath(r), canonicalQuery(r), headers.String(), strings.Join(c.SignedHeaders, ";"), payloadHash(r, body),
	}, "\n")
}

func headerValue(r *http.Request, name string) string {
	switch name {
	case "host":
		return r.Host
	case "content-length":
		if r.Header.Get(name) == "" {
			return strconv.FormatInt(max(r.ContentLength, 0), 10)
		}
	}
	var values []string
	for _, v := range r.Header.Values(name) {
		values = append(values, strings.Join(strings.Fields(v), " "))
	}
	return strings.Join(values, ",")
}

// canonicalPath encodes the path as sent once more, as every service but S3 wants it.
func canonicalPath(r *http.Request) string {
	path := r.URL.EscapedPath()
	if path == "" {
		return "/"
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = encode(s)
	}
	return strings.Join(segments, "/")
}

func canonicalQuery(r *http.Request) string {
	var pairs []string
	for name, values := range r.URL.Query() {
		for _, v := range values {
			pairs = append(pairs, encode(name)+"="+encode(v))
		}
	}
	sort.Strings(pairs)
	return strings.Join(pairs, "&")
}

// encode is AWS's UriEncode: everything but A–Z a–z 0–9 - . _ ~.
func encode(s string) string {
	const upper = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		ch := s[i]
		if ch >= 'A' && ch <= 'Z' || ch >= 'a' && ch <= 'z' || ch >= '0' && ch <= '9' || strings.IndexByte("-._~", ch) >= 0 {
			b.WriteByte(ch)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(upper[ch>>4])
		b.WriteByte(upper[ch&15])
	}
	return b.String()
}

// payloadHash trusts a declared hash only when it is the body's own.
func payloadHash(r *http.Request, body []byte) string {
	if r.Header.Get("X-Amz-Content-Sha256") == "UNSIGNED-PAYLOAD" {
		return "UNSIGNED-PAYLOAD"
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
