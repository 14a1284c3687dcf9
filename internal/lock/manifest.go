package lock

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// manifests are the media types that a container runtime pulls: an index or a
// manifest, of OCI's image specification or of Docker's registry before it.
var manifests = []types.MediaType{
	types.OCIImageIndex, types.OCIManifestSchema1, types.DockerManifestList, types.DockerManifestSchema2,
}

func accept() string {
	var names []string
	for _, m := range manifests {
		names = append(names, string(m))
	}
	return strings.Join(names, ", ")
}

const (
	noRegistry = "is this host a registry, or does a proxy or a sign-in page answer for it?"
	damaged    = "run hearth lock again; if it stays so, the registry or a proxy before it is damaged"
)

// digestOf is the digest of the manifest in an answer, which must be one.
func digestOf(header http.Header, body []byte) (string, error) {
	kind := header.Get("Content-Type")
	parsed, _, err := mime.ParseMediaType(kind)
	media := types.MediaType(parsed)
	if err != nil || !slices.Contains(manifests, media) {
		return "", fmt.Errorf("got an answer of type %q and %d bytes, want an image's manifest or index (%s); %s", clip(kind), len(body), accept(), noRegistry)
	}
	if err := wellFormed(media, body); err != nil {
		return "", fmt.Errorf("got %d bytes of type %s that are none: %q, want an image's manifest or index; %s", len(body), media, clip(err.Error()), damaged)
	}
	// "If present, the value must be a digest of the response body": OCI's
	// distribution specification, pulling manifests.
	if said := header.Get("Docker-Content-Digest"); said != "" {
		hash, err := v1.NewHash(said)
		if err != nil {
			return "", fmt.Errorf("got the digest %q in the header Docker-Content-Digest, want sha256: and 64 hexadecimal digits; %s", clip(said), damaged)
		}
		if own, err := sum(hash.Algorithm, body); err != nil || own != said {
			return "", fmt.Errorf("got a manifest whose digest is %s, and the header Docker-Content-Digest says %s: want the same; %s", own, said, damaged)
		}
	}
	return sum("sha256", body)
}

func sum(algorithm string, body []byte) (string, error) {
	hasher, err := v1.Hasher(algorithm)
	if err != nil {
		return "", err
	}
	hasher.Write(body)
	return algorithm + ":" + hex.EncodeToString(hasher.Sum(nil)), nil
}

// wellFormed reports what keeps a body from being a manifest of its type.
func wellFormed(media types.MediaType, body []byte) error {
	var version int64
	var own types.MediaType
	if media.IsIndex() {
		var m v1.IndexManifest
		if err := json.Unmarshal(body, &m); err != nil {
			return err
		}
		if len(m.Manifests) == 0 {
			return errors.New("an index without manifests")
		}
		for _, d := range m.Manifests {
			if d.Digest.Hex == "" {
				return errors.New("an index with a manifest without a digest")
			}
		}
		version, own = m.SchemaVersion, m.MediaType
	} else {
		var m v1.Manifest
		if err := json.Unmarshal(body, &m); err != nil {
			return err
		}
		if m.Config.Digest.Hex == "" {
			return errors.New("a manifest without a config's digest")
		}
		version, own = m.SchemaVersion, m.MediaType
	}
	switch {
	case version != 2:
		return fmt.Errorf("schemaVersion %d, want 2", version)
	case own != "" && own != media: // OCI lets it be absent
		return fmt.Errorf("mediaType %s in the text, and another in the header", own)
	}
	return nil
}
