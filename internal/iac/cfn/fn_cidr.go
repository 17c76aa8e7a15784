package cfn

import (
	"math/big"
	"net/netip"
	"strconv"

	"github.com/restorable/restorable/internal/iac/build"
)

// maxBlocks is how many blocks Fn::Cidr makes at most.
const maxBlocks = 256

// cidr evaluates Fn::Cidr: blocks of a size, one behind the other, from the beginning of a block
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html).
func (s *stack) cidr(n *node, p build.Pos) value {
	args, ok := arguments(n, 2, 3)
	if !ok {
		return malformed(p, "Fn::Cidr")
	}
	given := []string{"", "", "8"}
	for i, arg := range args {
		if given[i], ok = s.evaluate(arg).flat(); !ok {
			return unknownOf(p, "what Fn::Cidr divides is not known")
		}
	}
	block, err := netip.ParsePrefix(given[0])
	count, err2 := strconv.Atoi(given[1])
	bits, err3 := strconv.Atoi(given[2])
	if err != nil || err2 != nil || err3 != nil || count < 1 || count > maxBlocks {
		return malformed(p, "Fn::Cidr")
	}
	length := block.Addr().BitLen() - bits
	if bits < 1 || length < block.Bits() {
		return unknownOf(p, "the blocks of Fn::Cidr do not fit")
	}
	out := value{form: listing, pos: p}
	for i := range count {
		next, fits := blockAt(block.Masked(), bits, i)
		if !fits {
			return unknownOf(p, "the blocks of Fn::Cidr do not fit")
		}
		out.items = append(out.items, textOf(netip.PrefixFrom(next, length).String(), p))
	}
	return out
}

// blockAt is where the block with a number begins, and whether it lies within the whole.
func blockAt(within netip.Prefix, bits, number int) (netip.Addr, bool) {
	at := new(big.Int).SetBytes(within.Addr().AsSlice())
	at.Add(at, new(big.Int).Lsh(big.NewInt(int64(number)), uint(bits)))
	if at.BitLen() > within.Addr().BitLen() {
		return netip.Addr{}, false
	}
	next, ok := netip.AddrFromSlice(at.FillBytes(make([]byte, within.Addr().BitLen()/8)))
	return next, ok && within.Contains(next)
}
