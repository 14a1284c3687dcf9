// Package reach computes who can reach Ollama, vLLM and the chat in a list of rendered
// objects: from every way into the cluster, through routes, Services and pods
// that pass requests on, with the authentication that is passed on the way. What
// it cannot follow it says.
//
// It reads objects alone. What stands outside of them, such as a firewall, a
// controller's own configuration or what is behind an address, it does not know:
// a NetworkPolicy narrows a way only where the client's address gets to the pod.
package reach
