package resource

// Text is what an attribute that is a text comes to: what is written, or what a plan knows of a resource that is deployed already, else the
// text that names the resource by it.
func (r *Resource) Text(name string) string {
	if text, ok := r.Body.text(name); ok {
		return text
	}
	return r.Attribute(name)
}
