package workload

import (
	"maps"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
)

// clusterSpec is that of the Cluster of CloudNativePG, as far as hearth writes it.
type clusterSpec struct {
	Instances        int                           `json:"instances"`
	ImageName        string                        `json:"imageName"`
	ImagePullPolicy  corev1.PullPolicy             `json:"imagePullPolicy"`
	ImagePullSecrets []corev1.LocalObjectReference `json:"imagePullSecrets,omitzero"`
	// SmartShutdownTimeout is for how many seconds a server that ends waits for its
	// clients to go, and takes no new ones.
	SmartShutdownTimeout int                         `json:"smartShutdownTimeout"`
	PostgreSQL           postgresConfiguration       `json:"postgresql"`
	Resources            corev1.ResourceRequirements `json:"resources"`
	Storage              clusterStorage              `json:"storage"`
}

type postgresConfiguration struct {
	Parameters map[string]string `json:"parameters"`
}

type clusterStorage struct {
	Size         string `json:"size"`
	StorageClass string `json:"storageClass,omitzero"`
}

// databaseSpec is that of a Database of CloudNativePG.
type databaseSpec struct {
	Cluster    named       `json:"cluster"`
	Name       string      `json:"name"`
	Owner      string      `json:"owner"`
	Extensions []extension `json:"extensions"`
}

// extension has the API's default, too: Fleet compares the list as a whole.
type extension struct {
	Name   string `json:"name"`
	Ensure string `json:"ensure"`
}

type named struct {
	Name string `json:"name"`
}

// appDatabase is the database that the operator makes for a Cluster, and its owner.
const appDatabase = "app"

// database is the server that the chat brings, for CloudNativePG's operator to
// make, with the extension that keeps vectors, which only a superuser may add; none
// where the data is elsewhere.
func (b builder) database() []any {
	d := &b.base.OpenWebUI.Database
	if d.Type != v1alpha1.DatabaseCloudNativePG {
		return nil
	}
	own := d.CloudNativePG
	c := b.component(own.Name, "database", own.Image.Tag)
	cluster := &object.Custom{
		TypeMeta:   metav1.TypeMeta{APIVersion: "postgresql.cnpg.io/v1", Kind: "Cluster"},
		ObjectMeta: c.Meta(c.Name),
	}
	if *own.Storage.Retain { // the operator deletes the volumes with their Cluster
		annotations := keepAnnotations()
		maps.Copy(annotations, cluster.Annotations)
		cluster.Annotations = annotations
	}
	cluster.Spec = clusterSpec{
		Instances:       own.Instances,
		ImageName:       Image(b.base, v1alpha1.CloudNativePGImage(), own.Image),
		ImagePullPolicy: corev1.PullPolicy(own.Image.PullPolicy),
		// A chat never goes by itself: by default nobody new would be let in for three
		// minutes, each time that a node is drained.
		SmartShutdownTimeout: 5,
		PostgreSQL:           postgresConfiguration{map[string]string{"max_connections": strconv.Itoa(d.MaxConnections)}},
		Resources:            corev1.ResourceRequirements{Requests: amounts(own.Resources.Requests), Limits: amounts(own.Resources.Limits)},
		ImagePullSecrets:     b.pullSecrets(),
		Storage:              clusterStorage{string(own.Storage.Size), own.Storage.StorageClassName},
	}
	if b.base.OpenWebUI.Vectors.Type != v1alpha1.VectorsPGVector {
		return []any{cluster}
	}
	return []any{cluster, &object.Custom{
		TypeMeta:   metav1.TypeMeta{APIVersion: "postgresql.cnpg.io/v1", Kind: "Database"},
		ObjectMeta: c.Meta(c.Name),
		Spec:       databaseSpec{Cluster: named{own.Name}, Name: appDatabase, Owner: appDatabase, Extensions: []extension{{"vector", "present"}}},
	}}
}

// databaseEnv is where the chat keeps its data, and how many connections it has.
func databaseEnv(w *v1alpha1.OpenWebUI) []corev1.EnvVar {
	if !w.Database.Server() {
		return []corev1.EnvVar{
			// SQLite keeps up to 512 connections otherwise, each with 64 MB of cache
			// and 256 MB of the file mapped.
			{Name: "DATABASE_POOL_SIZE", Value: "8"},
			{Name: "DATABASE_SQLITE_PRAGMA_CACHE_SIZE", Value: "-2000"}, // KiB
			{Name: "DATABASE_SQLITE_PRAGMA_MMAP_SIZE", Value: "0"},
		}
	}
	url := w.Database.URL()
	size, overflow := w.Pool()
	return []corev1.EnvVar{
		{Name: "DATABASE_URL", ValueFrom: secretKey(url.Name, url.Key)},
		{Name: "DATABASE_POOL_SIZE", Value: strconv.Itoa(size)},
		{Name: "DATABASE_POOL_MAX_OVERFLOW", Value: strconv.Itoa(overflow)},
	}
}
