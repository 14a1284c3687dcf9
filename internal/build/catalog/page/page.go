// Package page writes the service page of an overlay: what a person on call, or
// one who reviews the service, wants to know of it. Everything follows from the
// spec and the objects; what does not is a field of About.
package page

import (
	"bytes"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/file"
	"github.com/hearth-dev/hearth/internal/build/object"
)

// Write returns the page as Markdown.
func Write(r *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay, _ []object.Object) ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteString(file.MarkdownFirstLine(r.Name))
	buf.WriteString("# " + title(o) + "\n")
	return buf.Bytes(), nil
}

func title(o *v1alpha1.ResolvedOverlay) string {
	if o.About.Title != "" {
		return o.About.Title
	}
	return o.Name
}
