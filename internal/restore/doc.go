// Package restore brings a table back: it asks AWS for it in the way that its point calls for, waits, puts back what AWS leaves out, and
// reads everything back. A restore cannot be cancelled, so every step is in the store before it is done: a process that was killed finds
// its restore again and never asks for it twice. Nothing is ever written to the table that is restored.
package restore
