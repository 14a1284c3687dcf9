package fakecluster

import (
	"fmt"
	"io"
	"net"
	"net/http"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"
)

const portForwardProtocol = "portforward.k8s.io"

// portForward connects a client to the address behind a pod's port. It speaks
// SPDY only, as API servers before Kubernetes 1.30 do.
func (s *Server) portForward(w http.ResponseWriter, r *http.Request, namespace, pod string) {
	s.mu.Lock()
	denied := s.denied["pods/portforward"]
	s.mu.Unlock()
	if denied {
		forbid(w, "pods/portforward")
		return
	}
	if r.Method != http.MethodPost { // a WebSocket
		refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, "upgrade request required")
		return
	}
	if _, err := httpstream.Handshake(r, w, []string{portForwardProtocol}); err != nil {
		return // Handshake has answered
	}
	streams := make(chan httpstream.Stream, 2)
	connection := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(stream httpstream.Stream, _ <-chan struct{}) error {
		streams <- stream
		return nil
	})
	if connection == nil {
		return
	}
	defer connection.Close()
	var data, errors httpstream.Stream
	for data == nil || errors == nil {
		select {
		case stream := <-streams:
			if stream.Headers().Get(corev1.StreamType) == corev1.StreamTypeData {
				data = stream
			} else {
				errors = stream
			}
		case <-connection.CloseChan():
			return
		}
	}
	s.join(connection, data, errors, namespace+"/"+pod+":"+data.Headers().Get(corev1.PortHeader))
}

// join copies both ways until one side ends.
func (s *Server) join(connection httpstream.Connection, data, errors httpstream.Stream, port string) {
	s.mu.Lock()
	address := s.ports[port]
	s.mu.Unlock()
	backend, err := net.Dial("tcp", address)
	if err != nil {
		// What the kubelet says.
		_, _ = fmt.Fprintf(errors, "an error occurred forwarding %s: connection refused", port)
		_ = errors.Close()
		_ = data.Close()
		<-connection.CloseChan()
		return
	}
	defer backend.Close()
	_ = errors.Close()
	done := make(chan struct{}, 2)
	go func() { _, _ = io.Copy(backend, data); done <- struct{}{} }()
	go func() { _, _ = io.Copy(data, backend); done <- struct{}{} }()
	select {
	case <-done:
	case <-connection.CloseChan():
	}
}
