package v1alpha1

import (
	"regexp"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// ModelsFolder is the default of Ollama's ModelsFolder: what the upstream image
// has below /root/.ollama.
const ModelsFolder = "models"

// folderForm is a relative path of plain names, or the root itself.
var folderForm = regexp.MustCompile(`^(\.|[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*)$`)

func (v validator) modelsFolder(at *field.Path, folder string) {
	if !folderForm.MatchString(folder) || len(folder) > 200 {
		v.errorf(at, "", "got %q, want a folder of the volume, such as %s or a/b, without a slash in front; or \".\", its root", folder, ModelsFolder)
	}
}
