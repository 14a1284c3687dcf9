package verify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// certificates is cert-manager's resource.
func certificates() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: "cert-manager.io", Version: "v1", Resource: "certificates"}
}

// certificate wants cert-manager to have issued the host's certificate.
func (r route) certificate() check {
	namespace, name := r.base.Namespace, r.base.Expose.TLS.SecretName
	return check{id: "certificate", subject: namespace + "/" + name, title: "cert-manager has issued the certificate", look: func(ctx context.Context) (result, error) {
		live, err := r.dynamic.Resource(certificates()).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return failed(seeObjects, "no such Certificate, or no cert-manager"), nil
		}
		if err != nil {
			return result{}, err
		}
		hint := r.field("tls.certManager.issuer") + "; " + r.kubectl("-n %s describe certificate,certificaterequest,order,challenge", namespace)
		conditions, _, err := unstructured.NestedSlice(live.Object, "status", "conditions")
		if err != nil {
			return result{}, err
		}
		for _, c := range conditions {
			condition, _ := c.(map[string]any)
			if condition["type"] != "Ready" {
				continue
			}
			message, _ := condition["message"].(string)
			if condition["status"] != "True" {
				return waiting(hint, "not ready: %s", oneLine(message)), nil
			}
			until, _, _ := unstructured.NestedString(live.Object, "status", "notAfter")
			return passed("ready, until %s", until), nil
		}
		return waiting(hint, "cert-manager has not looked at it yet"), nil
	}}
}

// Served is the certificate that the host presents.
type Served struct {
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	DNSNames  []string  `json:"dnsNames"`
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
}

// tls wants a certificate for the host, from an authority that is trusted, with
// life left.
func (r route) tls() check {
	return check{id: "tls", subject: r.host, title: "the served certificate is the host's, trusted and fresh", look: func(ctx context.Context) (result, error) {
		client := r.web()
		defer client.CloseIdleConnections()
		page, err := fetch(ctx, client, "https://"+r.host+"/")
		if err != nil {
			return r.unreachable(err, 443), nil
		}
		leaf := page.certificate
		served := Served{
			Subject: leaf.Subject.String(), Issuer: leaf.Issuer.String(), DNSNames: leaf.DNSNames,
			NotBefore: leaf.NotBefore.UTC(), NotAfter: leaf.NotAfter.UTC(),
		}
		left := time.Until(leaf.NotAfter)
		detail := fmt.Sprintf("issued by %s, expires in %s", issuer(leaf), short(left))
		// A tenth is less than any issuer's default renewal leaves.
		if life := leaf.NotAfter.Sub(leaf.NotBefore); left < life/10 {
			return failed("renewal does not work: "+r.kubectl("-n %s describe certificate", r.base.Namespace),
				"%s of %s", detail, short(life)).with(served), nil
		}
		return passed("%s", detail).with(served), nil
	}}
}

// issuer is the authority's name as people know it.
func issuer(leaf *x509.Certificate) string {
	if leaf.Issuer.CommonName != "" {
		return leaf.Issuer.CommonName
	}
	return leaf.Issuer.String()
}

// unreachable is the result where a host gave no answer at all.
func (r route) unreachable(err error, port int) result {
	detail := "no answer: " + err.Error()
	resolve := fmt.Sprintf("--resolve %s:%d:ADDRESS", r.host, port)
	var unverified *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &unverified) && errors.As(err, &unknown):
		return failed("--ca-file with the authority's certificate; "+r.field("tls")+" if it should be a public one",
			"served by %s, which is not trusted here", issuer(unverified.UnverifiedCertificates[0]))
	case errors.As(err, &unverified):
		return failed(r.field("tls")+"; "+r.describe(), "%v", unverified.Err)
	case isDNS(err):
		return failed("a DNS record for "+r.host+" with the controller's address, or "+resolve, "%s", detail)
	}
	return failed(r.describe()+"; or "+resolve, "%s", detail)
}
