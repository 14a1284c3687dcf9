package v1alpha1

import (
	"errors"
	"strconv"
)

// Identity is the user and the groups that a pod runs as. Files on a volume that
// another deployment filled keep their owner: a pod that is to write them runs as
// that one. None of them is root's.
type Identity struct {
	// RunAsUser is the number of the user, from 1 to 2147483647. Default 10001,
	// which is nobody's on a node; one below 10000 may be somebody's.
	RunAsUser ID `json:"runAsUser,omitzero"`
	// RunAsGroup is the number of the group. Default: runAsUser's number.
	RunAsGroup ID `json:"runAsGroup,omitzero"`
	// FSGroup is the group that Kubernetes gives the volume to, where its driver
	// can: it changes the files' group when the volume's root has another one,
	// and no file's user. NFS and hostPath keep theirs. Default: runAsGroup.
	FSGroup ID `json:"fsGroup,omitzero"`
}

// ID is the number of a user or a group.
type ID int64

// NobodyID is the user and group of our pods unless somebody chose another: above
// 10000, so that it is nobody's on the node (the rule low-user of internal/vet).
const NobodyID ID = 10001

func (i *Identity) applyDefaults() {
	fill(&i.RunAsUser, NobodyID)
	fill(&i.RunAsGroup, i.RunAsUser)
	fill(&i.FSGroup, i.RunAsGroup)
}

// UnmarshalText accepts 1 to 2147483647: 0 is root, and no kernel has a larger one.
func (i *ID) UnmarshalText(text []byte) error {
	n, err := strconv.ParseInt(string(text), 10, 32)
	if n == 0 && err == nil {
		return errors.New("is root's, and Pod Security restricted refuses it: want a number from 1 to 2147483647")
	}
	if err != nil || n < 0 {
		return errors.New("want a number from 1 to 2147483647")
	}
	*i = ID(n)
	return nil
}
