package secrets

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/build/keys"
)

// Slot is one key of one needed Secret.
type Slot struct {
	Secret generator.Secret
	Key    generator.SecretKey
}

// ID is namespace/name/key.
func (s Slot) ID() string { return s.Secret.Namespace + "/" + s.Secret.Name + "/" + s.Key.Name }

// Purpose of the key, in a few words.
func (s Slot) Purpose() string {
	if s.Key.Purpose != "" {
		return s.Key.Purpose
	}
	return s.Secret.Purpose
}

// Placeholder stands for what a person fills in: in capitals.
func (s Slot) Placeholder() string {
	switch {
	case s.Key.Form == generator.SecretEmail:
		return "YOU@EXAMPLE.ORG"
	case s.Key.Name == "tls.crt":
		return "CERTIFICATE.pem"
	case s.Key.Name == "tls.key":
		return "KEY.pem"
	case s.Key.Name == ".dockerconfigjson":
		return "CONFIG.json"
	}
	return "FILE"
}

// OneLine reports whether the key holds what a person can type or paste.
func (s Slot) OneLine() bool {
	return s.Secret.Type == "Opaque" && s.Key.Form != generator.SecretVariables
}

func slots(needs []generator.Secret) []Slot {
	var all []Slot
	for _, need := range needs {
		for _, key := range need.Keys {
			all = append(all, Slot{need, key})
		}
	}
	return all
}

// Missing are the keys that can neither be made up nor are known.
func Missing(needs []generator.Secret, known Known) []Slot {
	return slices.DeleteFunc(slots(needs), func(s Slot) bool {
		_, given := known.Given[s.ID()]
		byHand := s.Key.Form == generator.SecretGiven || s.Key.Form == generator.SecretVariables
		return given || !byHand && (s.Key.Form != generator.SecretEmail || known.AdminEmail != "")
	})
}

// Name is the shortest of NAME/KEY and NAMESPACE/NAME/KEY that means this slot
// alone among the needs.
func (s Slot) Name(needs []generator.Secret) string {
	short := s.Secret.Name + "/" + s.Key.Name
	if found, err := Find(needs, short); err == nil && found.ID() == s.ID() {
		return short
	}
	return s.ID()
}

// Find is the slot of KEY, NAME/KEY or NAMESPACE/NAME/KEY.
func Find(needs []generator.Secret, name string) (Slot, error) {
	all := slots(needs)
	var have, found []string
	var slot Slot
	for _, s := range all {
		have = append(have, s.ID())
		if strings.HasSuffix("/"+s.ID(), "/"+name) && name != "" {
			found = append(found, s.ID())
			slot = s
		}
	}
	switch len(found) {
	case 0:
		return Slot{}, fmt.Errorf("the overlay needs no key %q; it needs: %s", name, strings.Join(have, ", "))
	case 1:
		return slot, nil
	}
	return Slot{}, fmt.Errorf("%q may be each of %s: write the whole of one", name, strings.Join(found, ", "))
}

// Accept is the value of a key that a person gave; an error says why it cannot
// be one. The newline that editors and echo put behind a single line is no part
// of it: a program would send it along with the password.
func (s Slot) Accept(data []byte) (string, error) {
	value := string(data)
	if line := strings.TrimRight(value, "\r\n"); s.OneLine() && !strings.ContainsAny(line, "\r\n") {
		value = line
	}
	if strings.TrimSpace(value) == "" {
		return "", errors.New("is empty")
	}
	switch {
	case s.Key.Form == generator.SecretEmail:
		return value, Email(value)
	case s.Key.Form == generator.SecretRandom && len(value) < randomBytes:
		return "", fmt.Errorf("has only %d bytes; %d or more are safe", len(value), randomBytes)
	case s.Key.Form == generator.SecretToken:
		return value, token(value)
	case s.Key.Form == generator.SecretVariables:
		_, err := variables(value)
		return value, err
	case s.Key.Form == generator.SecretHtpasswd:
		return value, htpasswdLines(value)
	case s.Key.Name == ".dockerconfigjson":
		return value, registries(data)
	}
	return value, nil
}

// token refuses a key that ollama-keys would never take.
func token(value string) error {
	if !keys.Token(value) {
		return errors.New("want 32 characters or more out of letters, digits and ._~+/=-, what a bearer token may have")
	}
	return nil
}

// Email says why a text is no e-mail address; nil if it is one.
func Email(text string) error {
	if parsed, err := mail.ParseAddress(text); err != nil || parsed.Address != text {
		return errors.New("want an e-mail address such as me@example.org")
	}
	return nil
}

// variables reads lines of NAME=VALUE as `kubectl create secret generic
// --from-env-file` does: the value is all that follows, quotes too, and a line
// that is empty or begins with # is none. One without "=" is refused, since
// kubectl would look into its own environment.
func variables(text string) (map[string]string, error) {
	all := map[string]string{}
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\uFEFF")) {
		number++
		line = strings.TrimLeft(strings.TrimRight(line, "\r\n"), " \t")
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok || len(validation.IsConfigMapKey(name)) > 0 {
			return nil, fmt.Errorf("line %d: want NAME=VALUE, the name of letters, digits, '-', '_' and '.'", number)
		}
		if _, twice := all[name]; twice {
			return nil, fmt.Errorf("line %d: %s is there twice", number, name)
		}
		all[name] = value
	}
	if len(all) == 0 {
		return nil, errors.New("has no line of NAME=VALUE")
	}
	return all, nil
}

func htpasswdLines(text string) error {
	for line := range strings.Lines(text) {
		user, hash, ok := strings.Cut(strings.TrimSpace(line), ":")
		if ok && (user == "" || !strings.HasPrefix(hash, "$")) || !ok && user != "" {
			return errors.New("want lines of user:hash, as htpasswd -nB USER writes them")
		}
	}
	return nil
}

// registries wants a password in Docker's configuration: docker login may have
// put it into a keychain, and then no cluster can use the file.
func registries(data []byte) error {
	var config struct {
		Auths map[string]struct {
			Auth     string `json:"auth"`
			Username string `json:"username"`
			Password string `json:"password"`
			Token    string `json:"identitytoken"`
		} `json:"auths"`
	}
	if err := json.Unmarshal(data, &config); err != nil {
		return errors.New(`want Docker's configuration in JSON, as docker login writes ~/.docker/config.json`)
	}
	for _, a := range config.Auths {
		if a.Auth != "" || a.Username != "" && a.Password != "" || a.Token != "" {
			return nil
		}
	}
	return errors.New(`has no password under "auths": where docker login keeps them in a keychain ("credsStore"), log in with a configuration of its own: docker --config FOLDER login REGISTRY`)
}

// Fit says which given values do not fit each other; nil if all do.
func Fit(needs []generator.Secret, known Known) error {
	var wrong []error
	for _, need := range needs {
		certificate, has := known.Given[Slot{need, generator.SecretKey{Name: "tls.crt"}}.ID()]
		key, hasKey := known.Given[Slot{need, generator.SecretKey{Name: "tls.key"}}.ID()]
		if !has || !hasKey {
			continue
		}
		if _, err := tls.X509KeyPair([]byte(certificate), []byte(key)); err != nil {
			wrong = append(wrong, fmt.Errorf("%s/%s: tls.crt and tls.key, want a certificate and its key in PEM: %w", need.Namespace, need.Name, err))
		}
	}
	return errors.Join(wrong...)
}
