package config

import (
	"errors"
	"math/big"
	"net/netip"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// cidrFunctions count addresses within a prefix (https://developer.hashicorp.com/terraform/language/functions/cidrhost and its like).
func cidrFunctions() map[string]function.Function {
	number := func(name string) function.Parameter { return function.Parameter{Name: name, Type: cty.Number} }
	prefix := textParameters("prefix")[0]
	newbits := number("newbits")
	of := func(f func(netip.Prefix, []cty.Value) (string, error), more ...function.Parameter) function.Function {
		return function.New(&function.Spec{Params: append([]function.Parameter{prefix}, more...), Type: function.StaticReturnType(cty.String),
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				p, err := netip.ParsePrefix(args[0].AsString())
				if err != nil {
					return cty.NilVal, err
				}
				s, err := f(p.Masked(), args[1:])
				return cty.StringVal(s), err
			}})
	}
	return map[string]function.Function{
		"cidrhost":    of(cidrHost, number("hostnum")),
		"cidrnetmask": of(cidrNetmask),
		"cidrsubnet":  of(cidrSubnet, newbits, number("netnum")),
		"cidrsubnets": function.New(&function.Spec{Params: []function.Parameter{prefix}, VarParam: &newbits,
			Type: function.StaticReturnType(cty.List(cty.String)), Impl: cidrSubnets}),
	}
}

// whole is a number without a fraction.
func whole(v cty.Value) (*big.Int, error) {
	n, accuracy := v.AsBigFloat().Int(nil)
	if accuracy != big.Exact || n.BitLen() > 128 {
		return nil, errors.New("it takes whole numbers")
	}
	return n, nil
}

// bits is a number of bits by which a prefix becomes longer.
func bits(p netip.Prefix, v cty.Value) (int, error) {
	n, err := whole(v)
	if err != nil {
		return 0, err
	}
	if most := int64(p.Addr().BitLen() - p.Bits()); !n.IsInt64() || n.Int64() < 0 || n.Int64() > most {
		return 0, errors.New("the prefix has not so many bits left")
	}
	return int(n.Int64()), nil
}

// plus is an address that so many addresses stand behind another; false where it is none.
func plus(a netip.Addr, n *big.Int) (netip.Addr, bool) {
	sum := new(big.Int).Add(new(big.Int).SetBytes(a.AsSlice()), n)
	if sum.Sign() < 0 || sum.BitLen() > a.BitLen() {
		return a, false
	}
	return netip.AddrFromSlice(sum.FillBytes(make([]byte, a.BitLen()/8)))
}

// sizeOf is how many addresses a prefix of a length holds.
func sizeOf(a netip.Addr, length int) *big.Int {
	return new(big.Int).Lsh(big.NewInt(1), uint(a.BitLen()-length)) //nolint:gosec // between 0 and 128
}

// cidrHost counts from the end where the number is negative.
func cidrHost(p netip.Prefix, args []cty.Value) (string, error) {
	n, err := whole(args[0])
	if err != nil {
		return "", err
	}
	all := sizeOf(p.Addr(), p.Bits())
	if n.Sign() < 0 {
		n = new(big.Int).Add(all, n)
	}
	host, ok := plus(p.Addr(), n)
	if !ok || n.Sign() < 0 || n.Cmp(all) >= 0 {
		return "", errors.New("the prefix has no host of that number")
	}
	return host.String(), nil
}

func cidrNetmask(p netip.Prefix, _ []cty.Value) (string, error) {
	if !p.Addr().Is4() {
		return "", errors.New("there are netmasks in IPv4 alone")
	}
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{255, 255, 255, 255}), p.Bits()).Masked().Addr().String(), nil
}

func cidrSubnet(p netip.Prefix, args []cty.Value) (string, error) {
	more, err := bits(p, args[0])
	if err != nil {
		return "", err
	}
	n, err := whole(args[1])
	if err != nil {
		return "", err
	}
	if n.Sign() < 0 || n.BitLen() > more {
		return "", errors.New("the prefix has no network of that number")
	}
	length := p.Bits() + more
	at, _ := plus(p.Addr(), n.Mul(n, sizeOf(p.Addr(), length)))
	return netip.PrefixFrom(at, length).String(), nil
}

// cidrSubnets puts networks one after the other, each at the next place that its length allows.
func cidrSubnets(args []cty.Value, _ cty.Type) (cty.Value, error) {
	p, err := netip.ParsePrefix(args[0].AsString())
	if err != nil {
		return cty.NilVal, err
	}
	p = p.Masked()
	var out []cty.Value
	next, full := p.Addr(), false
	for _, v := range args[1:] {
		more, err := bits(p, v)
		if err != nil || more < 1 || more > 32 {
			return cty.NilVal, errors.New("a network is longer by 1 to 32 bits, as far as there are any")
		}
		length := p.Bits() + more
		at := netip.PrefixFrom(next, length).Masked()
		ok := true
		if at.Addr() != next {
			next, ok = plus(at.Addr(), sizeOf(next, length))
		}
		if full || !ok || !p.Contains(next) {
			return cty.NilVal, errors.New("the prefix has not enough addresses left")
		}
		out = append(out, cty.StringVal(netip.PrefixFrom(next, length).String()))
		next, ok = plus(next, sizeOf(next, length))
		full = !ok
	}
	if len(out) == 0 {
		return cty.ListValEmpty(cty.String), nil
	}
	return cty.ListVal(out), nil
}
