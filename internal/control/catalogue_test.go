package control

import (
	"sync"
	"testing"
)

// loaded is the built-in catalogue, read once: it may be shared.
var loaded = sync.OnceValues(Load)

func catalogue(t testing.TB) *Catalogue {
	t.Helper()
	c, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryExampleOfEveryBuiltInControl(t *testing.T) {
	c := catalogue(t)
	for _, control := range c.Controls() {
		for _, result := range c.Test(control) {
			t.Run(control.ID+"/"+result.Example.Name, func(t *testing.T) {
				if result.Err != nil {
					t.Fatal(result.Err)
				}
				t.Log(result.Finding.Reason)
			})
		}
	}
}

func examplesOf(tb testing.TB, c *Control) []Example {
	tb.Helper()
	examples, err := c.Examples()
	if err != nil {
		tb.Fatal(err)
	}
	return examples
}
