package secrets

import (
	"context"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	client "k8s.io/client-go/kubernetes/typed/core/v1"

	"github.com/hearth-dev/hearth/generator"
)

// Outcome is what became of one needed Secret.
type Outcome struct {
	Need generator.Secret
	// Created is false for one that was there before, or could not be made.
	Created bool
	// Credentials were invented for it.
	Credentials []Credential
	// Wrong says why the overlay cannot use the Secret, or why there is none.
	Wrong string
}

// Apply creates the needed Secrets that a cluster lacks, and checks those that
// it has. An error ends it: the outcomes so far are returned with it, because
// their passwords are kept nowhere else.
func Apply(ctx context.Context, cluster client.SecretsGetter, needs []generator.Secret, known Known) ([]Outcome, error) {
	var outcomes []Outcome
	for _, need := range needs {
		outcome, err := apply(ctx, cluster.Secrets(need.Namespace), need, known)
		if err != nil {
			return outcomes, fmt.Errorf("secret %s/%s: %w", need.Namespace, need.Name, err)
		}
		outcome.Need = need
		outcomes = append(outcomes, outcome)
	}
	return outcomes, nil
}

func apply(ctx context.Context, cluster client.SecretInterface, need generator.Secret, known Known) (Outcome, error) {
	there, err := cluster.Get(ctx, need.Name, metav1.GetOptions{})
	if err == nil {
		return Outcome{Wrong: unusable(need, there)}, nil
	}
	if !apierrors.IsNotFound(err) {
		return Outcome{}, err
	}
	secret, credentials, err := Make(need, known)
	if errors.Is(err, ErrGiven) || errors.Is(err, ErrEmail) {
		return Outcome{Wrong: "is missing, and " + err.Error()}, nil
	}
	if err != nil {
		return Outcome{}, err
	}
	_, err = cluster.Create(ctx, secret, metav1.CreateOptions{FieldManager: "hearth"})
	if apierrors.IsNotFound(err) { // the only thing a Secret needs to exist
		return Outcome{}, fmt.Errorf("the namespace does not exist; run: kubectl create namespace %s", need.Namespace)
	}
	if apierrors.IsAlreadyExists(err) { // somebody was quicker
		return apply(ctx, cluster, need, known)
	}
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Created: true, Credentials: credentials}, nil
}

// unusable says what a Secret that is there lacks; "" if nothing.
func unusable(need generator.Secret, there *corev1.Secret) string {
	// F5 NGINX reads a Secret only if it has the type it expects. Opaque stands
	// for any: nothing that reads single keys looks at the type.
	if need.Type != string(corev1.SecretTypeOpaque) && string(there.Type) != need.Type {
		return fmt.Sprintf("has the type %s, and must have %s; a Secret cannot change its type: delete it and run this again", there.Type, need.Type)
	}
	var missing []string
	for _, key := range need.Keys {
		value, ok := there.Data[key.Name]
		if !ok {
			missing = append(missing, key.Name)
		} else if key.Form == generator.SecretRandom && len(value) < randomBytes {
			return fmt.Sprintf("has only %d bytes in the key %s; %d or more are safe", len(value), key.Name, randomBytes)
		}
	}
	if len(missing) > 0 {
		return "lacks the key " + strings.Join(missing, ", the key ") + "; add it by hand: hearth does not change a Secret"
	}
	return ""
}
