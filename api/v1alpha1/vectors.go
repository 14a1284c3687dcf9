package v1alpha1

import (
	"strconv"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Vectors is where the chat keeps the vectors by which it finds the passages of a
// document.
type Vectors struct {
	// Type is chromaFile (default), a Chroma inside of the chat's process, whose
	// files on the volume are that process's alone; pgvector, in the database of
	// openWebUI.database: PostgreSQL's extension vector, which a superuser has to add
	// there (CREATE EXTENSION vector), as CloudNativePG does for type cloudNativePG;
	// chroma or qdrant, a server (VECTOR_DB). Open WebUI's own team looks after Chroma
	// and pgvector, others after Qdrant. After a change documents have to be uploaded
	// again.
	Type VectorsType `json:"type,omitzero"`
	// Chroma is where its server is (type chroma).
	Chroma *Chroma `json:"chroma,omitzero"`
	// Qdrant is where its server is (type qdrant).
	Qdrant *Qdrant `json:"qdrant,omitzero"`
}

// VectorsType says what keeps vectors.
type VectorsType string

// What may keep vectors.
const (
	VectorsChromaFile VectorsType = "chromaFile"
	VectorsPGVector   VectorsType = "pgvector"
	VectorsChroma     VectorsType = "chroma"
	VectorsQdrant     VectorsType = "qdrant"
)

// Values lists the allowed types.
func (VectorsType) Values() []string {
	return texts(VectorsChromaFile, VectorsPGVector, VectorsChroma, VectorsQdrant)
}

// Chroma is a Chroma server.
type Chroma struct {
	// URL of the server, without a path (CHROMA_HTTP_HOST, CHROMA_HTTP_PORT,
	// CHROMA_HTTP_SSL): http://chroma.vectors.svc:8000.
	URL string `json:"url"`
	// To is where the server is, for the NetworkPolicy. Default: where the URL
	// leads to.
	To *Destination `json:"to,omitzero"`
}

// Server is the URL in parts, as Open WebUI has them.
func (c *Chroma) Server() (host, port string, encrypted bool) {
	u := parseURL(c.URL)
	if u == nil {
		return "", "", false
	}
	return u.Hostname(), strconv.Itoa(int(portOf(u))), u.Scheme == "https"
}

// Qdrant is a Qdrant server.
type Qdrant struct {
	// URL of the server (QDRANT_URI): http://qdrant.vectors.svc:6333.
	URL string `json:"url"`
	// APIKey is where the server's key is (QDRANT_API_KEY). Default: no key is sent.
	APIKey *SecretKeyRef `json:"apiKey,omitzero"`
	// To is where the server is, for the NetworkPolicy. Default: where the URL
	// leads to.
	To *Destination `json:"to,omitzero"`
}

// qdrantPort is what Open WebUI asks where the URL names none (dbs/qdrant.py).
const qdrantPort = 6333

// Server reports whether vectors are on a server, and not in files on the chat's
// volume.
func (x *Vectors) Server() bool { return x.Type != VectorsChromaFile }

// Way is where the chat has to be let out to, as of a Backend; not known for what
// needs no way of its own.
func (x *Vectors) Way(namespace string) (to *Destination, port Port, known bool) {
	switch x.Type {
	case VectorsChroma:
		return way(parseURL(x.Chroma.URL), x.Chroma.To, 0, namespace)
	case VectorsQdrant:
		return way(parseURL(x.Qdrant.URL), x.Qdrant.To, qdrantPort, namespace)
	}
	return nil, 0, false
}

func (x *Vectors) applyDefaults() {
	fill(&x.Type, VectorsChromaFile)
	switch x.Type {
	case VectorsChroma:
		fillPointer(&x.Chroma, Chroma{})
	case VectorsQdrant:
		fillPointer(&x.Qdrant, Qdrant{})
	}
}

func (v validator) vectors(base *field.Path, given Vectors, b *Base) {
	at, x := base.Child("openWebUI", "vectors"), &b.OpenWebUI.Vectors
	kind := at.Child("type")
	v = v.because(kind)
	switch x.Type {
	case VectorsPGVector:
		v.only(at, "type is pgvector", given, "type")
		if !b.OpenWebUI.Database.Server() {
			v.because(base.Child("openWebUI", "database", "type")).errorf(kind, "write chroma or qdrant; or have a PostgreSQL in openWebUI.database",
				"got pgvector, an extension of PostgreSQL, and the chat's database is SQLite")
		}
	case VectorsChroma:
		v.only(at, "type is chroma", given, "type", "chroma")
		v.server(base, at.Child("chroma"), vectorServer(x.Chroma.URL, "http://chroma.vectors.svc:8000", x.Chroma.To, 0), b.Namespace)
	case VectorsQdrant:
		v.only(at, "type is qdrant", given, "type", "qdrant")
		if x.Qdrant.APIKey != nil {
			v.secretKey(at.Child("qdrant", "apiKey"), *x.Qdrant.APIKey)
		}
		v.server(base, at.Child("qdrant"), vectorServer(x.Qdrant.URL, "http://qdrant.vectors.svc:6333", x.Qdrant.To, qdrantPort), b.Namespace)
	default:
		v.only(at, "type is chromaFile", given, "type")
	}
}

func vectorServer(url, example string, to *Destination, usual Port) server {
	return server{url: url, to: to, usual: usual, example: example, clear: "http", encrypted: "https", carries: "what people upload", bare: true}
}
