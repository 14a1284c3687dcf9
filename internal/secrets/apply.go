package secrets

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/clientset"
)

// Outcome is what became of one needed Secret.
type Outcome struct {
	Need generator.Secret
	// Created is false for one that was there before.
	Created bool
	// Credentials were invented for it.
	Credentials []Credential
	// Wrong says why the overlay cannot use the Secret that is there.
	Wrong string
	// Lacks are the keys that it has to get by hand.
	Lacks []generator.SecretKey
}

// Look tells the needed Secrets that a cluster lacks from those that it has, and
// checks the latter.
func Look(ctx context.Context, cluster *clientset.Clientset, needs []generator.Secret) (absent []generator.Secret, there []Outcome, err error) {
	for _, need := range needs {
		secret, err := cluster.Secrets(need.Namespace).Get(ctx, need.Name, metav1.GetOptions{})
		switch {
		case apierrors.IsNotFound(err):
			absent = append(absent, need)
		case err != nil:
			return nil, nil, fmt.Errorf("secret %s/%s: %w", need.Namespace, need.Name, err)
		default:
			there = append(there, judge(need, secret))
		}
	}
	return absent, there, nil
}

// Create makes Secrets that a cluster lacks. An error ends it: the outcomes so
// far are returned with it, because their passwords are kept nowhere else.
func Create(ctx context.Context, cluster *clientset.Clientset, absent []generator.Secret, known Known) ([]Outcome, error) {
	if missing := Missing(absent, known); len(missing) > 0 {
		return nil, fmt.Errorf("%s: %w", missing[0].ID(), ErrMissing)
	}
	var outcomes []Outcome
	for _, need := range absent {
		outcome, err := create(ctx, cluster, need, known)
		if err != nil {
			return outcomes, fmt.Errorf("secret %s/%s: %w", need.Namespace, need.Name, err)
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes, nil
}

func create(ctx context.Context, cluster *clientset.Clientset, need generator.Secret, known Known) (Outcome, error) {
	secret, credentials, err := Make(need, known)
	if err != nil {
		return Outcome{}, err
	}
	_, err = cluster.Secrets(need.Namespace).Create(ctx, secret, metav1.CreateOptions{FieldManager: "hearth"})
	switch {
	case apierrors.IsNotFound(err): // the only thing a Secret needs to exist
		return Outcome{}, fmt.Errorf("the namespace does not exist; run: kubectl create namespace %s", need.Namespace)
	case apierrors.IsAlreadyExists(err): // somebody was quicker
		there, err := cluster.Secrets(need.Namespace).Get(ctx, need.Name, metav1.GetOptions{})
		if err != nil {
			return Outcome{}, err
		}
		return judge(need, there), nil
	case err != nil:
		return Outcome{}, err
	}
	return Outcome{Need: need, Created: true, Credentials: credentials}, nil
}

// judge says what a Secret that is there lacks.
func judge(need generator.Secret, there *corev1.Secret) Outcome {
	out := Outcome{Need: need}
	// F5 NGINX reads a Secret only if it has the type it expects. Opaque stands
	// for any: nothing that reads single keys looks at the type.
	if need.Type != string(corev1.SecretTypeOpaque) && string(there.Type) != need.Type {
		out.Wrong = fmt.Sprintf("has the type %s, and must have %s; a Secret cannot change its type: delete it and run this again", there.Type, need.Type)
		return out
	}
	var missing []string
	for _, key := range need.Keys {
		if key.Form == generator.SecretVariables { // whichever there are
			if len(there.Data) == 0 {
				out.Wrong = "is empty, and its keys are to be variables; add them by hand: hearth does not change a Secret"
				return out
			}
			continue
		}
		value, ok := there.Data[key.Name]
		if !ok {
			missing = append(missing, key.Name)
			out.Lacks = append(out.Lacks, key)
		} else if key.Form == generator.SecretRandom && len(value) < randomBytes {
			out.Wrong = fmt.Sprintf("has only %d bytes in the key %s; %d or more are safe", len(value), key.Name, randomBytes)
			return out
		} else if err := token(strings.TrimSuffix(strings.TrimSuffix(string(value), "\n"), "\r")); key.Form == generator.SecretToken && err != nil {
			out.Wrong = fmt.Sprintf("has a text in the key %s that is never taken: %v", key.Name, err)
			return out
		}
	}
	if len(missing) > 0 {
		out.Wrong = "lacks the key " + strings.Join(missing, ", the key ") + "; add it by hand: hearth does not change a Secret"
	}
	return out
}
