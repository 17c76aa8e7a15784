package config

import (
	"crypto/md5"  //nolint:gosec // Terraform's function of that name
	"crypto/sha1" //nolint:gosec // Terraform's function of that name
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func textParameters(names ...string) []function.Parameter {
	var out []function.Parameter
	for _, name := range names {
		out = append(out, function.Parameter{Name: name, Type: cty.String})
	}
	return out
}

// ofText is a function from text to text.
func ofText(f func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: textParameters("text"),
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s, err := f(args[0].AsString())
			return cty.StringVal(s), err
		},
	})
}

func hasPrefix(s, part string) bool { return strings.HasPrefix(s, part) }
func hasSuffix(s, part string) bool { return strings.HasSuffix(s, part) }
func contains(s, part string) bool  { return strings.Contains(s, part) }

func textTest(f func(s, part string) bool) function.Function {
	return function.New(&function.Spec{
		Params: textParameters("text", "part"),
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(f(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

func base64Encode() function.Function {
	return ofText(func(s string) (string, error) { return base64.StdEncoding.EncodeToString([]byte(s)), nil })
}

func base64Decode() function.Function {
	return ofText(func(s string) (string, error) {
		out, err := base64.StdEncoding.DecodeString(s)
		if err == nil && !utf8.Valid(out) {
			err = errors.New("what is encoded is no text")
		}
		return string(out), err
	})
}

func urlEncode() function.Function {
	return ofText(func(s string) (string, error) { return url.QueryEscape(s), nil })
}

func hashed(sum func([]byte) []byte) function.Function {
	return ofText(func(s string) (string, error) { return hex.EncodeToString(sum([]byte(s))), nil })
}

func encoded(sum func([]byte) []byte) function.Function {
	return ofText(func(s string) (string, error) { return base64.StdEncoding.EncodeToString(sum([]byte(s))), nil })
}

// timeCompare says which of two instants is earlier.
func timeCompare() function.Function {
	return function.New(&function.Spec{
		Params: textParameters("timestamp_a", "timestamp_b"),
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			a, err := time.Parse(time.RFC3339, args[0].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			b, err := time.Parse(time.RFC3339, args[1].AsString())
			return cty.NumberIntVal(int64(a.Compare(b))), err
		},
	})
}

func md5Sum(b []byte) []byte {
	s := md5.Sum(b) //nolint:gosec // see the import
	return s[:]
}

func sha1Sum(b []byte) []byte {
	s := sha1.Sum(b) //nolint:gosec // see the import
	return s[:]
}

func sha256Sum(b []byte) []byte {
	s := sha256.Sum256(b)
	return s[:]
}

func sha512Sum(b []byte) []byte {
	s := sha512.Sum512(b)
	return s[:]
}

// replace takes what stands between slashes for a regular expression
// (https://developer.hashicorp.com/terraform/language/functions/replace).
func replace() function.Function {
	return function.New(&function.Spec{
		Params: textParameters("text", "searched", "replacement"),
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if s := args[1].AsString(); len(s) > 1 && s[0] == '/' && s[len(s)-1] == '/' {
				return stdlib.RegexReplace(args[0], cty.StringVal(s[1:len(s)-1]), args[2])
			}
			return stdlib.Replace(args[0], args[1], args[2])
		},
	})
}
