package secrets

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
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
}

// Credential is what a person has to write down: it cannot be read back from a
// hash.
type Credential struct {
	User, Password string
}

// ErrGiven means that a key holds something only the person has.
var ErrGiven = errors.New("only you have what belongs in it")

// ErrEmail means that Known.AdminEmail is needed and empty.
var ErrEmail = errors.New("it needs the admin's e-mail address")

const (
	// randomBytes makes a session key of 256 bits, what Open WebUI's HS256 uses.
	randomBytes = 32
	// bcryptCost is htpasswd's own. The passwords have 130 random bits, which no
	// cost protects better, and the ingress hashes one for every request.
	bcryptCost = 5
)

// Make makes one Secret, and lists the passwords that were invented for it. It
// returns ErrGiven or ErrEmail if it lacks something.
func Make(need generator.Secret, known Known) (*corev1.Secret, []Credential, error) {
	secret := &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{Name: need.Name, Namespace: need.Namespace},
		Type:       corev1.SecretType(need.Type),
		StringData: map[string]string{},
	}
	var credentials []Credential
	for _, key := range need.Keys {
		switch key.Form {
		case generator.SecretRandom:
			secret.StringData[key.Name] = random()
		case generator.SecretEmail:
			if known.AdminEmail == "" {
				return nil, nil, ErrEmail
			}
			secret.StringData[key.Name] = known.AdminEmail
		case generator.SecretPassword:
			password := rand.Text()
			secret.StringData[key.Name] = password
			credentials = append(credentials, Credential{known.AdminEmail, password})
		case generator.SecretHtpasswd:
			password := rand.Text()
			line, err := htpasswd(known.User, password)
			if err != nil {
				return nil, nil, err
			}
			secret.StringData[key.Name] = line
			credentials = append(credentials, Credential{known.User, password})
		default:
			return nil, nil, ErrGiven
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
