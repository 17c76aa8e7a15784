package estate

// Adopt takes the provenance of another unit over into this one, and makes the other's facts name their sources here, so that its records can
// be moved over. The other unit is of no use any more but for that.
func (u *Unit) Adopt(other *Unit) {
	if len(other.Provenance) == 0 {
		return
	}
	if len(u.Provenance) == 0 {
		u.Provenance = append(u.Provenance, Provenance{})
	}
	shift := Source(len(u.Provenance) - 1)
	u.Provenance = append(u.Provenance, other.Provenance[1:]...)
	EachFact(other, func(_ string, f AnyFact) {
		if ref := f.Ref(); ref.Source() != 0 {
			f.(factCodec).setRef(newRef(ref.State(), ref.Source()+shift))
		}
	})
	other.Provenance = nil
}
