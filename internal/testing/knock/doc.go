// Package knock asks who gets in by trying it: it makes requests, of strangers
// and of people in a private network, none with a password, and follows each
// from every way into a list of objects, hop by hop, as the documentation of
// Kubernetes and of each controller says. It is slow, and has nothing in common
// with package reach, which it judges.
//
// Documentation leaves things open: which of two routes wins, whether
// a controller was configured to cross namespaces. So each request is followed
// twice. Must is what gets in for certain. May is what gets in as well if
// everything left open is read in favour of who knocks. Between them, either
// answer is right. What is left open:
//
//   - which of several routes of a controller gets a request; a grant or
//     a listener that is not the route's;
//   - what listens at a port that nothing here is known to listen at, and what
//     pods a Service selects that selects none here;
//   - whose an address is that a person wrote;
//   - a Service that is not here, in a namespace without Ollama and without
//     a chat;
//   - which addresses strangers and a private network have, beyond the samples.
//
// A request to a host of a private network is from there: so package reach reads
// its name, though a stranger may write it into a request.
package knock
