package secrets

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"strings"

	"golang.org/x/crypto/bcrypt"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/generator"
)

// Known is what cannot be made up, as far as the person said it.
type Known struct {
	// User is the name that goes with a generated basic-auth password.
	User string
	// AdminEmail is the address of Open WebUI's first account.
	AdminEmail string
	// Given are the values of single keys, by Slot.ID. They stand in the place of
	// what would be made up.
	Given map[string]string
}

// Credential is what a person has to write down: it cannot be read back from a
// hash.
type Credential struct {
	User, Password string
}

// ErrMissing means that a key holds something that only the person has, and that
// is not known.
var ErrMissing = errors.New("only you have what belongs in it")

const (
	// randomBytes makes a session key of 256 bits, what Open WebUI's HS256 uses.
	randomBytes = 32
	// bcryptCost is htpasswd's own. The passwords have 130 random bits, which no
	// cost protects better, and the ingress hashes one for every request.
	bcryptCost = 5
)

// Make makes one Secret, and lists the passwords that were invented for it. It
// returns ErrMissing if it lacks something; see Missing.
func Make(need generator.Secret, known Known) (*corev1.Secret, []Credential, error) {
	secret := &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{Name: need.Name, Namespace: need.Namespace},
		Type:       corev1.SecretType(need.Type),
		StringData: map[string]string{},
	}
	var credentials []Credential
	admin := known.AdminEmail
	for _, key := range need.Keys {
		value, given := known.Given[Slot{need, key}.ID()]
		if given && key.Form == generator.SecretVariables {
			all, err := variables(value)
			if err != nil {
				return nil, nil, err
			}
			maps.Copy(secret.StringData, all)
			continue
		}
		if given {
			secret.StringData[key.Name] = value
			if key.Form == generator.SecretEmail {
				admin = value
			}
			continue
		}
		switch key.Form {
		case generator.SecretRandom, generator.SecretToken:
			secret.StringData[key.Name] = random()
		case generator.SecretEmail:
			if known.AdminEmail == "" {
				return nil, nil, ErrMissing
			}
			secret.StringData[key.Name] = known.AdminEmail
		case generator.SecretPassword:
			password := rand.Text()
			secret.StringData[key.Name] = password
			credentials = append(credentials, Credential{admin, password})
		case generator.SecretHtpasswd:
			password := rand.Text()
			line, err := htpasswd(known.User, password)
			if err != nil {
				return nil, nil, err
			}
			secret.StringData[key.Name] = line
			credentials = append(credentials, Credential{known.User, password})
		default:
			return nil, nil, ErrMissing
		}
	}
	return secret, credentials, nil
}

func random() string {
	key := make([]byte, randomBytes)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the program instead
	return base64.StdEncoding.EncodeToString(key)
}

// htpasswd is one line of user:hash, as F5 NGINX and Traefik both read it. Go's
// $2a$ and htpasswd's $2y$ name the same algorithm; the second is the one that
// every crypt(3) knows.
func htpasswd(user, password string) (string, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcryptCost)
	if err != nil {
		return "", fmt.Errorf("hashing a password: %w", err)
	}
	return user + ":$2y$" + strings.TrimPrefix(string(hash), "$2a$") + "\n", nil
}
