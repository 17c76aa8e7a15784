package fingerprint

import "fmt"

// maxSkipped bounds the nesting of what is passed over. Far more than any answer of DynamoDB has.
const maxSkipped = 128

// walker goes through JSON by positions: a step returns the position after what it read, or -1 after an error, which the walker keeps.
type walker struct {
	raw []byte
	at  int    // of the error
	why string // "" while there is none; never holds any of the text, which is a customer's
}

func (w *walker) fail(at int, why string) int {
	if w.why == "" {
		w.at, w.why = at, why
	}
	return -1
}

func (w *walker) err() error {
	return fmt.Errorf("read DynamoDB JSON: %s, at byte %d of %d", w.why, w.at, len(w.raw))
}

// peek is the next byte that is not white space, and its place; 0 at the end.
func (w *walker) peek(i int) (c byte, at int) {
	for ; i < len(w.raw); i++ {
		c := w.raw[i]
		if c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c, i
		}
	}
	return 0, i
}

// token passes one byte of punctuation and white space before it.
func (w *walker) token(i int, c byte) int {
	if uint(i) < uint(len(w.raw)) && w.raw[i] == c {
		return i + 1
	}
	return w.tokenAfterSpace(i, c)
}

func (w *walker) tokenAfterSpace(i int, c byte) int {
	if i < 0 {
		return -1
	}
	found, at := w.peek(i)
	switch {
	case found == c:
		return at + 1
	case at >= len(w.raw):
		return w.fail(at, "the text ends early")
	}
	return w.fail(at, "not the JSON of DynamoDB")
}

// next passes a comma, or the closing bracket, after a member. done tells which.
func (w *walker) next(i int, closing byte) (after int, done bool) {
	if uint(i) < uint(len(w.raw)) {
		switch w.raw[i] {
		case ',':
			return i + 1, false
		case closing:
			return i + 1, true
		}
	}
	if i < 0 {
		return -1, true
	}
	switch c, at := w.peek(i); c {
	case ',':
		return at + 1, false
	case closing:
		return at + 1, true
	case 0:
		return w.fail(at, "the text ends early"), true
	default:
		return w.fail(at, "neither a comma nor an end after a member"), true
	}
}

// open passes the opening bracket of an object or array. empty tells that it was closed at once.
func (w *walker) open(i int, opening, closing byte) (after int, empty bool) {
	i = w.token(i, opening)
	if i < 0 {
		return -1, true
	}
	if c, at := w.peek(i); c == closing {
		return at + 1, true
	}
	return i, false
}

// name passes a member's name and the colon after it. The name is raw[begin:end], perhaps with escapes.
func (w *walker) name(i int) (begin, end, after int, escaped bool) {
	begin = w.token(i, '"')
	if begin < 0 {
		return 0, 0, -1, false
	}
	end, escaped = w.text(begin)
	if end < 0 {
		return 0, 0, -1, false
	}
	return begin, end, w.token(end+1, ':'), escaped
}

// skip passes any value.
func (w *walker) skip(i, depth int) int {
	if depth > maxSkipped {
		return w.fail(i, "nested too deeply")
	}
	c, at := w.peek(i)
	switch c {
	case '{':
		return w.skipMembers(at, '{', '}', depth)
	case '[':
		return w.skipMembers(at, '[', ']', depth)
	case '"':
		end, escaped := w.text(at + 1)
		if end < 0 {
			return -1
		}
		if escaped {
			if _, why := unescape(nil, w.raw[at+1:end]); why != "" {
				return w.fail(at, why)
			}
		}
		return end + 1
	case 't':
		return w.word(at, "true")
	case 'f':
		return w.word(at, "false")
	case 'n':
		return w.word(at, "null")
	}
	return w.plainNumber(at)
}

func (w *walker) skipMembers(i int, opening, closing byte, depth int) int {
	i, done := w.open(i, opening, closing)
	for !done {
		if opening == '{' {
			_, _, i, _ = w.name(i)
		}
		if i < 0 {
			return -1
		}
		if i = w.skip(i, depth+1); i < 0 {
			return -1
		}
		i, done = w.next(i, closing)
	}
	return i
}

func (w *walker) word(i int, word string) int {
	if len(w.raw)-i >= len(word) && string(w.raw[i:i+len(word)]) == word {
		return i + len(word)
	}
	return w.fail(i, "an unknown word")
}

// plainNumber passes a number of JSON, which are never those of items.
func (w *walker) plainNumber(i int) int {
	begin := i
	if i < len(w.raw) && w.raw[i] == '-' {
		i++
	}
	first := i
	i = w.digits(i)
	good := i > first && (w.raw[first] != '0' || i == first+1)
	if i < len(w.raw) && w.raw[i] == '.' {
		from := i + 1
		i = w.digits(from)
		good = good && i > from
	}
	if i < len(w.raw) && (w.raw[i] == 'e' || w.raw[i] == 'E') {
		from := i + 1
		if from < len(w.raw) && (w.raw[from] == '-' || w.raw[from] == '+') {
			from++
		}
		i = w.digits(from)
		good = good && i > from
	}
	if !good {
		return w.fail(begin, "no value of JSON")
	}
	return i
}

func (w *walker) digits(i int) int {
	for i < len(w.raw) && '0' <= w.raw[i] && w.raw[i] <= '9' {
		i++
	}
	return i
}

// end checks that nothing but white space follows.
func (w *walker) end(i int) int {
	if i < 0 {
		return -1
	}
	if _, at := w.peek(i); at < len(w.raw) {
		return w.fail(at, "something after the end")
	}
	return i
}
