package generator

import (
	"fmt"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/secret"
)

// What an overlay needs that is never in Git.
type (
	// Secret is one that an overlay needs.
	Secret = secret.Secret
	// SecretKey is one key of a Secret.
	SecretKey = secret.Key
	// SecretKeyForm says what a key holds, and so whether it can be made up.
	SecretKeyForm = secret.KeyForm
	// RedirectURI is where a provider sends people back to.
	RedirectURI = secret.RedirectURI
)

// What a key of a Secret holds.
const (
	// SecretRandom is a random text of 32 bytes or more.
	SecretRandom = secret.Random
	// SecretToken is a random text that a program sends as a bearer token.
	SecretToken = secret.Token
	// SecretPassword is a password that a person types.
	SecretPassword = secret.Password
	// SecretEmail is an e-mail address.
	SecretEmail = secret.Email
	// SecretHtpasswd is lines of user:bcrypt.
	SecretHtpasswd = secret.Htpasswd
	// SecretGiven is something only the person has.
	SecretGiven = secret.Given
	// SecretVariables are lines of NAME=VALUE, for all keys of the Secret.
	SecretVariables = secret.Variables
)

// Secrets lists what the overlay's namespaces must hold before it can run,
// sorted by namespace and name.
func Secrets(r *v1alpha1.Resolved, overlay string) ([]Secret, error) {
	o := r.Overlay(overlay)
	if o == nil {
		return nil, fmt.Errorf("overlay %q: not in the stack", overlay)
	}
	return secret.Of(o), nil
}

// SecretSources are the Secrets of the overlay in the namespace where they are to be
// made: with CopiesSecrets, that of the GitRepo on Fleet's management cluster.
func SecretSources(r *v1alpha1.Resolved, overlay string) ([]Secret, error) {
	o := r.Overlay(overlay)
	if o == nil {
		return nil, fmt.Errorf("overlay %q: not in the stack", overlay)
	}
	return secret.Sources(r, o), nil
}

// CopiesSecrets reports whether Fleet copies the Secrets of the overlay from its
// management cluster to those that get it.
func CopiesSecrets(r *v1alpha1.Resolved, overlay string) bool {
	o := r.Overlay(overlay)
	return o != nil && secret.Copied(r, o)
}

// SecretsCommand is what makes the Secrets of the overlay that a cluster lacks; context
// is the cluster's, "" if it has no name. Where Fleet copies them it is another one's.
func SecretsCommand(r *v1alpha1.Resolved, overlay, context string) string {
	command := "hearth secrets " + overlay + " --apply"
	if CopiesSecrets(r, overlay) {
		context = "MANAGEMENT"
	}
	if context != "" {
		command += " --context " + context
	}
	return command
}

// RedirectURIs are what the providers that sign people in to the overlay's chats
// have to be told.
func RedirectURIs(r *v1alpha1.Resolved, overlay string) ([]RedirectURI, error) {
	o := r.Overlay(overlay)
	if o == nil {
		return nil, fmt.Errorf("overlay %q: not in the stack", overlay)
	}
	return secret.RedirectURIs(o), nil
}
