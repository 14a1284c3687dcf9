package vet

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/problem"
)

func confineRules() []Rule {
	return []Rule{{
		ID: "writable-root", Severity: problem.Warning, check: writableRoot,
		Reason: "whoever breaks into a container can put programs beside its own; Kubernetes leaves the root file system open where nobody says a word. A written false is a decision that Git shows, and is not found",
		Fix:    "set securityContext.readOnlyRootFilesystem: true, with a volume where the program writes",
		Source: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context",
	}, {
		ID: "low-user", Severity: problem.Warning, check: lowUser,
		Reason: "below 10000 a number is a person's or a daemon's of the node: who breaks out of the container, or shares a hostPath, has their files",
		Fix:    "set securityContext.runAsUser and runAsGroup to 10000 or more, or the pod's hostUsers: false",
		Source: "https://systemd.io/UIDS-GIDS; https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces",
	}}
}

// writableRoot leaves a false alone. Some programs write to their own folders,
// and who wrote it knows: hearth does for Open WebUI, whose public image was not
// yet run otherwise (see openWebUI.readOnlyRootFilesystem).
func writableRoot(in *input) []Finding {
	return in.eachContainer(func(c container) []Finding {
		if c.SecurityContext != nil && c.SecurityContext.ReadOnlyRootFilesystem != nil {
			return nil
		}
		return []Finding{c.finding("securityContext.readOnlyRootFilesystem", "is not set, which leaves the root file system writable")}
	})
}

const firstHighID = 10000

// lowUser says nothing of a user that is not set: the image has one, and
// pod-security asks that it is not root.
func lowUser(in *input) []Finding {
	return in.eachContainer(func(c container) []Finding {
		if c.pod.Spec.HostUsers != nil && !*c.pod.Spec.HostUsers {
			return nil // the node has other numbers
		}
		user, group := c.ids()
		var found []Finding
		if user != nil && *user < firstHighID {
			found = append(found, c.finding("securityContext.runAsUser", "%d is less than %d", *user, firstHighID))
		}
		switch {
		case group != nil && *group < firstHighID:
			found = append(found, c.finding("securityContext.runAsGroup", "%d is less than %d", *group, firstHighID))
		case group == nil && user != nil:
			found = append(found, c.finding("securityContext.runAsGroup", "is not set, while runAsUser is: the group is root's, unless the image knows the user"))
		}
		return found
	})
}

// ids are the user and group that the container, or else its pod, sets.
func (c container) ids() (user, group *int64) {
	pod, own := c.pod.Spec.SecurityContext, c.SecurityContext
	if pod == nil {
		pod = &corev1.PodSecurityContext{}
	}
	if own == nil {
		own = &corev1.SecurityContext{}
	}
	if user = own.RunAsUser; user == nil {
		user = pod.RunAsUser
	}
	if group = own.RunAsGroup; group == nil {
		group = pod.RunAsGroup
	}
	return user, group
}
