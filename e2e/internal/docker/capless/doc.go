// Command capless is an OCI runtime for hosts that withhold capabilities from root, as some virtual machines and nested
// containers do. It takes what cannot be granted out of a container's configuration and then becomes runc.
//
// A privileged container asks for every capability the kernel knows, and runc refuses to start it when one of them lies
// outside the bounding set: "unable to apply caps: operation not permitted". Without CAP_SYS_RESOURCE a negative
// oomScoreAdj is refused as well. Nothing is ever added, so a container can only end up with less than it asked for.
package main
