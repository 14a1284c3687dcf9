package v1alpha1

import (
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Database is where the chat keeps accounts, chats and settings.
type Database struct {
	// Type is sqlite (default), a file on the chat's volume: on Longhorn, Ceph and
	// other volumes that are reached by the network each write waits for it, and
	// so does everybody. postgres is a server that is there; cloudNativePG, one
	// that the stack brings, kept by the operator CloudNativePG. With another type
	// the chat begins empty: docs/how-to.md says what can be taken along.
	Type DatabaseType `json:"type,omitzero"`
	// MaxConnections that the server takes (max_connections). The pools of all the
	// chat's pods take at most what is left of them after ten, which others need:
	// backups, the operator, psql. With cloudNativePG the server is set to it. Default 100,
	// PostgreSQL's own.
	MaxConnections int `json:"maxConnections,omitzero"`
	// Postgres is where the server is (type postgres).
	Postgres *Postgres `json:"postgres,omitzero"`
	// CloudNativePG is the server that the stack brings (type cloudNativePG).
	CloudNativePG *CloudNativePG `json:"cloudNativePG,omitzero"`
}

// DatabaseType says what keeps the chat's data.
type DatabaseType string

// What may keep the chat's data.
const (
	DatabaseSQLite        DatabaseType = "sqlite"
	DatabasePostgres      DatabaseType = "postgres"
	DatabaseCloudNativePG DatabaseType = "cloudNativePG"
)

// Values lists the allowed types.
func (DatabaseType) Values() []string {
	return texts(DatabaseSQLite, DatabasePostgres, DatabaseCloudNativePG)
}

// Postgres is a PostgreSQL server that is there.
type Postgres struct {
	// URL is where the database's URL is, with the user's name and password
	// (DATABASE_URL): postgresql://USER:PASSWORD@HOST:5432/DATABASE. Of
	// CloudNativePG it is the key uri of the Secret CLUSTER-app. An overlay that
	// changes it leaves behind what the other database holds.
	URL SecretKeyRef `json:"url"`
	// To is where the server is, for the NetworkPolicy, which cannot see the
	// Secret. Default: the pods of the base's own namespace, at port 5432.
	To *Destination `json:"to,omitzero"`
}

// CloudNativePG is a Cluster of the operator CloudNativePG, which has to be on the
// cluster: hearth doctor asks. The operator makes the database, its Secret, and
// its volumes.
type CloudNativePG struct {
	// Name of the Cluster; the operator makes the Service NAME-rw and the Secret
	// NAME-app of it. It cannot change after the first deploy. Default
	// open-webui-database.
	Name string `json:"name,omitzero"`
	// Instances of the server, each with a volume of its own: one writes, the
	// others follow it and take over. Default 1.
	Instances int `json:"instances,omitzero"`
	// Image of PostgreSQL. A tag of the next major version upgrades the database,
	// and nothing leads back. Default: that of CloudNativePG 1.30,
	// ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie, which has pgvector.
	Image Image `json:"image,omitzero"`
	// Resources of each instance. Default: 100m of CPU and 256Mi, at most 1 CPU and
	// 1Gi.
	Resources Resources `json:"resources,omitzero"`
	// Storage is the volume of each instance.
	Storage DatabaseStorage `json:"storage,omitzero"`
}

// DatabaseStorage is the volume of one instance of a database.
type DatabaseStorage struct {
	// Size of the volume. It cannot shrink after the first deploy. Default 5Gi.
	Size Quantity `json:"size,omitzero"`
	// StorageClassName of the volume. A disk of the node, such as k3s' local-path,
	// is the fastest. Default: the cluster's default class.
	StorageClassName string `json:"storageClassName,omitzero"`
	// Retain keeps the database when the Cluster leaves Git: Fleet, Helm, Argo CD
	// and kpt are told so, for the operator deletes the volumes with it. Default
	// true.
	Retain *bool `json:"retain,omitzero"`
}

// PostgresPort is where PostgreSQL listens.
const PostgresPort = 5432

// CloudNativePGImage is the image of PostgreSQL that CloudNativePG 1.30.0 takes by
// itself (pkg/versions).
func CloudNativePGImage() Image {
	return Image{Registry: "ghcr.io", Repository: "cloudnative-pg/postgresql", Tag: "18.4-system-trixie", PullPolicy: "IfNotPresent"}
}

// Server reports whether the data is kept by a server, and not by a file on the
// chat's volume.
func (d *Database) Server() bool {
	return d.Type == DatabasePostgres || d.Type == DatabaseCloudNativePG
}

// URL is where the URL of the server's database is.
func (d *Database) URL() SecretKeyRef {
	if d.Type == DatabaseCloudNativePG {
		return SecretKeyRef{Name: d.CloudNativePG.Name + "-app", Key: "uri"}
	}
	return d.Postgres.URL
}

// Way is where the chat has to be let out to, to reach the server.
func (d *Database) Way() Destination {
	if d.Type == DatabaseCloudNativePG {
		return Destination{Peer{PodLabels: map[string]string{"cnpg.io/cluster": d.CloudNativePG.Name}}, []Port{PostgresPort}}
	}
	return *d.Postgres.To
}

// OnVolume is what the chat keeps on its volume: all that it keeps, which the
// caller has words for, or what is left of it beside a server.
func (d *Database) OnVolume(all string) string {
	if d.Server() {
		return "documents"
	}
	return all
}

// Pool is how many connections each pod keeps to the chat's server, and how many
// more it opens under load. Open WebUI has two pools of that size, one for each of
// its ways to wait for an answer (internal/db.py of 0.9.4 and 0.12.4), and with
// pgvector a third. 15 and 20 are the most, what its documentation gives for many
// people.
func (w *OpenWebUI) Pool() (size, overflow int) {
	const most = 35
	pools := 2
	if w.Vectors.Type == VectorsPGVector {
		pools++
	}
	n := min(most, (w.Database.MaxConnections-connectionsOfOthers)/w.Replicas/pools)
	size = max(1, n*15/most)
	return size, n - size
}

const (
	// connectionsOfOthers are those that the chat leaves: three of a superuser's, by
	// PostgreSQL's default, and some for backups, an operator, and people.
	connectionsOfOthers = 10
	// leastConnections of a pod: two pools of five, or three of three.
	leastConnections = 10
)

func (d *Database) applyDefaults() {
	fill(&d.Type, DatabaseSQLite)
	if d.Server() {
		fill(&d.MaxConnections, 100)
	}
	switch d.Type {
	case DatabasePostgres:
		fillPointer(&d.Postgres, Postgres{})
		fillPointer(&d.Postgres.To, Destination{})
		if len(d.Postgres.To.Ports) == 0 {
			d.Postgres.To.Ports = []Port{PostgresPort}
		}
	case DatabaseCloudNativePG:
		fillPointer(&d.CloudNativePG, CloudNativePG{})
		d.CloudNativePG.applyDefaults()
	}
}

func (c *CloudNativePG) applyDefaults() {
	fill(&c.Name, "open-webui-database")
	fill(&c.Instances, 1)
	image := CloudNativePGImage()
	fill(&c.Image.Tag, image.Tag)
	fill(&c.Image.PullPolicy, image.PullPolicy)
	c.Resources.applyDefaults(Resources{
		Requests: ResourceList{CPU: "100m", Memory: "256Mi"},
		Limits:   ResourceList{CPU: "1", Memory: "1Gi"},
	})
	fill(&c.Storage.Size, "5Gi")
	fillPointer(&c.Storage.Retain, true)
}

func (v validator) database(at *field.Path, given, d *Database) {
	v = v.because(at.Child("type"))
	switch d.Type {
	case DatabasePostgres:
		v.only(at, "type is postgres", *given, "type", "maxConnections", "postgres")
		v.secretKey(at.Child("postgres", "url"), d.Postgres.URL)
		if given.Postgres != nil && given.Postgres.To != nil {
			v.destination(at.Child("postgres", "to"), given.Postgres.To.Peer)
		}
	case DatabaseCloudNativePG:
		v.only(at, "type is cloudNativePG", *given, "type", "maxConnections", "cloudNativePG")
		var c CloudNativePG
		if given.CloudNativePG != nil {
			c = *given.CloudNativePG
		}
		v.cloudNativePG(at.Child("cloudNativePG"), c, *d.CloudNativePG)
	default:
		v.only(at, "type is sqlite", *given, "type")
		return
	}
	v.count(at.Child("maxConnections"), d.MaxConnections, connectionsOfOthers+leastConnections, 10_000, "connections")
}

// maxClusterName is CloudNativePG's own bound (internal/webhook/v1/cluster_webhook.go
// of 1.30.0, validateName).
const maxClusterName = 50

func (v validator) cloudNativePG(at *field.Path, given, c CloudNativePG) {
	if len(validation.IsDNS1035Label(c.Name)) > 0 || len(c.Name) > maxClusterName {
		v.errorf(at.Child("name"), "", "got %q, want at most %d lower-case letters, digits and '-', beginning with a letter", c.Name, maxClusterName)
	}
	v.count(at.Child("instances"), c.Instances, 1, 9, "instances")
	v.image(at.Child("image"), c.Image)
	v.resources(at.Child("resources"), given.Resources, c.Resources)
	v.chosen(at.Child("storage", "size"), given.Storage.Size, "100Mi", "1Pi")
	v.optionalName(at.Child("storage", "storageClassName"), filled(c.Storage.StorageClassName, "x"), "a StorageClass")
}
