package backstage

// entity is an entity of Backstage's catalog, of the kinds that hearth writes:
// https://backstage.io/docs/features/software-catalog/descriptor-format.
type entity struct {
	APIVersion string   `yaml:"apiVersion"`
	Kind       string   `yaml:"kind"`
	Metadata   metadata `yaml:"metadata"`
	Spec       spec     `yaml:"spec"`
}

type metadata struct {
	Name        string            `yaml:"name"`
	Namespace   string            `yaml:"namespace,omitempty"`
	Title       string            `yaml:"title,omitempty"`
	Description string            `yaml:"description,omitempty"`
	Annotations map[string]string `yaml:"annotations,omitempty"`
	Tags        []string          `yaml:"tags,omitempty"`
	Links       []link            `yaml:"links,omitempty"`
}

type link struct {
	URL   string `yaml:"url"`
	Title string `yaml:"title"`
	Type  string `yaml:"type,omitempty"`
}

// spec has the fields of all the kinds; each has some of them.
type spec struct {
	Type         string   `yaml:"type,omitempty"`
	Lifecycle    string   `yaml:"lifecycle,omitempty"`
	Owner        string   `yaml:"owner"`
	System       string   `yaml:"system,omitempty"`
	Domain       string   `yaml:"domain,omitempty"`
	ProvidesAPIs []string `yaml:"providesApis,omitempty"`
	ConsumesAPIs []string `yaml:"consumesApis,omitempty"`
	DependsOn    []string `yaml:"dependsOn,omitempty"`
	Definition   string   `yaml:"definition,omitempty"`
}
