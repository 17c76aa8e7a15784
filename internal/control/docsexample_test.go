package control

import (
	"regexp"
	"testing"
)

// TestTheDocumentedExampleWorks takes the control and the scenario file out of the page and runs them.
func TestTheDocumentedExampleWorks(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(exampleProse, -1)
	if len(blocks) != 2 {
		t.Fatalf("%d blocks", len(blocks))
	}
	c, err := loadOwn(t, map[string]string{"owned-tables.yaml": blocks[0][1]})
	if err != nil {
		t.Fatal(err)
	}
	k, _ := c.Control("owned-tables")
	for _, r := range c.Test(k) {
		if r.Err != nil {
			t.Error(r.Err)
		}
	}
	s, err := c.ParseScenario("shop.yaml", []byte(blocks[1][1]))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range c.RunScenario(s) {
		if r.Err != nil {
			t.Error(r.Err)
		}
	}
	for i, name := range []string{"control-v1.schema.json", "scenario-v1.schema.json"} {
		if err := fileSchema(t, name).Validate(asDocument(t, []byte(blocks[i][1]))); err != nil {
			t.Error(err)
		}
	}
}
