package remedy

import (
	"bytes"
	"os"
	"testing"
)

func TestSchemaIsPublished(t *testing.T) {
	made, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	published, err := os.ReadFile("../../docs/schemas/plan-v1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made, published) {
		t.Error("docs/schemas/plan-v1.schema.json is not what the types say: go run ./tools/generate")
	}
}
