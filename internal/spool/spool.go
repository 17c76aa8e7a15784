// Package spool keeps the units of a large estate on disk until their turn comes: memory is bounded by what is being read and judged,
// not by how many accounts and Regions there are.
package spool

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/protection"
)

// Room is how much may stay in memory by default, as Weight counts: some 20 MB.
const Room = 40_000

// Shelf takes units in any order and gives them back in theirs, each once. What exceeds its room is in a file of the temporary folder,
// compressed, which has no name any more where the system allows that: nothing is left behind, however the program ends.
type Shelf struct {
	room int
	held int

	mu     sync.Mutex
	slots  []slot
	mail   map[string][]parcel // letters by address, in the order of the senders when read
	file   *os.File
	end    int64
	closed bool
}

// slot is a unit in memory, or where it stands in the file. A unit that never came has neither.
type slot struct {
	unit   *estate.Unit
	weight int
	at     section
	brief  protection.Brief
	came   bool
}

// section is a part of the file.
type section struct{ from, size int64 }

// parcel is a letter in memory, or where it stands in the file.
type parcel struct {
	sender int
	text   *estate.Unit
	at     section
}

// New makes an empty shelf with room for so much in memory; 0 means Room.
func New(room int) *Shelf {
	if room == 0 {
		room = Room
	}
	return &Shelf{room: room, mail: map[string][]parcel{}}
}

// Weight is about how much memory a unit takes, in recovery points.
func Weight(u *estate.Unit) int {
	n := 4*len(u.Tables.Items) + len(u.Backups.Items) + len(u.BackupJobs.Items) + len(u.CopyJobs.Items) + len(u.RestoreJobs.Items) + len(u.Provenance)
	for i := range u.Vaults.Items {
		n += len(u.Vaults.Items[i].RecoveryPoints.Items)
	}
	return n + 4*(len(u.IAMRoles.Items)+len(u.Users.Items)+len(u.Policies.Items))
}

// Put takes the unit that has the given place in the order of the estate.
func (s *Shelf) Put(place int, u *estate.Unit) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.slots) <= place {
		s.slots = append(s.slots, slot{})
	}
	brief, letters := protection.Abridge(u)
	s.slots[place] = slot{unit: u, weight: Weight(u), brief: brief, came: true}
	s.held += s.slots[place].weight
	if err := s.post(place, letters); err != nil {
		return err
	}
	return s.makeRoom()
}

// Len is how many units there are.
func (s *Shelf) Len() int { return len(s.slots) }

// makeRoom writes units to the file, the largest first, until the rest fits. The only one stays: it is in memory anyway.
func (s *Shelf) makeRoom() error {
	for s.held > s.room && len(s.slots) > 1 {
		largest := -1
		for i := range s.slots {
			if s.slots[i].unit != nil && (largest < 0 || s.slots[i].weight > s.slots[largest].weight) {
				largest = i
			}
		}
		if largest < 0 {
			return nil
		}
		at, err := s.write(s.slots[largest].unit)
		if err != nil {
			return err
		}
		s.held -= s.slots[largest].weight
		s.slots[largest].unit, s.slots[largest].at = nil, at
	}
	return nil
}

// post keeps letters: in the file once there is one, so that a vault that gathers the copies of a whole organisation is no burden.
func (s *Shelf) post(sender int, letters map[string]*estate.Unit) error {
	for to, text := range letters {
		p := parcel{sender: sender, text: text}
		if w := Weight(text); s.file != nil || w > s.room/8 && len(s.slots) > 1 {
			at, err := s.write(text)
			if err != nil {
				return err
			}
			p.text, p.at = nil, at
		}
		s.mail[to] = append(s.mail[to], p)
	}
	return nil
}

// write appends a unit to the file, which is made when it is first needed.
func (s *Shelf) write(u *estate.Unit) (section, error) {
	if s.file == nil {
		f, err := os.CreateTemp("", "restorable-units-*.tmp")
		if err != nil {
			return section{}, fmt.Errorf("keep units aside: %w", err)
		}
		_ = os.Remove(f.Name()) // where open files keep their names, as on Windows, Close removes it
		s.file = f
	}
	out := &counter{w: io.NewOffsetWriter(s.file, s.end)}
	z, err := gzip.NewWriterLevel(out, gzip.BestSpeed)
	if err != nil {
		return section{}, fmt.Errorf("keep units aside: %w", err)
	}
	if err := errors.Join(estate.WriteUnit(z, u), z.Close()); err != nil {
		return section{}, fmt.Errorf("keep units aside (TMPDIR names another place): %w", err)
	}
	at := section{from: s.end, size: out.n}
	s.end += out.n
	return at, nil
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// text is what WriteUnit wrote.
func (s *Shelf) text(at section) (io.ReadCloser, error) {
	z, err := gzip.NewReader(bufio.NewReaderSize(io.NewSectionReader(s.file, at.from, at.size), 1<<16))
	if err != nil {
		return nil, fmt.Errorf("read what was kept aside: %w", err)
	}
	return z, nil
}

func (s *Shelf) read(at section, as func(io.Reader) (*estate.Unit, error)) (*estate.Unit, error) {
	text, err := s.text(at)
	if err != nil {
		return nil, err
	}
	u, err := as(text)
	if err = errors.Join(err, text.Close()); err != nil {
		return nil, fmt.Errorf("read what was kept aside: %w", err)
	}
	return u, nil
}

// Each gives back every unit in the order of the estate, with its index among all of them, and forgets it when visit returns.
func (s *Shelf) Each(visit func(*estate.Unit, *protection.Index) error) error {
	var briefs []protection.Brief
	for i := range s.slots {
		if s.slots[i].came {
			briefs = append(briefs, s.slots[i].brief)
		}
	}
	neighbours, place := protection.NewNeighbours(briefs), 0
	for i := range s.slots {
		if !s.slots[i].came {
			continue
		}
		u, err := s.take(i)
		if err != nil {
			return err
		}
		letters, err := s.letters(u, s.places())
		if err != nil {
			return err
		}
		if err := visit(u, neighbours.Index(place, u, letters)); err != nil {
			return err
		}
		place++
	}
	return nil
}

// places maps the slots to the places among the units that came.
func (s *Shelf) places() []int {
	out, n := make([]int, len(s.slots)), 0
	for i := range s.slots {
		out[i] = n
		if s.slots[i].came {
			n++
		}
	}
	return out
}

func (s *Shelf) take(i int) (*estate.Unit, error) {
	u := s.slots[i].unit
	s.slots[i].unit = nil
	if u != nil {
		return u, nil
	}
	return s.read(s.slots[i].at, estate.ReadUnit)
}

// letters are those that a unit needs, in the order of the senders.
func (s *Shelf) letters(u *estate.Unit, places []int) ([]protection.Letter, error) {
	var out []protection.Letter
	for _, to := range protection.Reads(u) {
		for _, p := range s.mail[to] {
			text := p.text
			if text == nil {
				var err error
				if text, err = s.read(p.at, estate.ReadPart); err != nil {
					return nil, err
				}
			}
			out = append(out, protection.Letter{From: places[p.sender], Text: text})
		}
	}
	return out, nil
}

// Export writes every unit into an estate file, in the order of the estate, and forgets it.
func (s *Shelf) Export(w *estate.Writer) error {
	for i := range s.slots {
		switch {
		case !s.slots[i].came:
		case s.slots[i].unit != nil:
			u := s.slots[i].unit
			s.slots[i].unit = nil
			if err := w.Unit(u); err != nil {
				return err
			}
		default:
			text, err := s.text(s.slots[i].at)
			if err != nil {
				return err
			}
			if err := errors.Join(w.Text(text), text.Close()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close forgets everything and removes the file.
func (s *Shelf) Close() error {
	if s.file == nil || s.closed {
		return nil
	}
	s.closed = true
	err := s.file.Close()
	if gone := os.Remove(s.file.Name()); gone != nil && !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}
