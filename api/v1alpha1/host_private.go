package v1alpha1

// PrivateHost tells a host that only a private network can reach, by its name
// alone, as the default of audience does.
func PrivateHost(name string) bool { return Host(name).private() }
