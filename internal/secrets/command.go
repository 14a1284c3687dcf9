package secrets

import (
	"strings"

	"github.com/hearth-dev/hearth/generator"
)

// Command is how a person makes the Secret with kubectl; what they have to fill
// in is in capitals.
func Command(need generator.Secret) string {
	create := "kubectl --namespace " + need.Namespace + " create secret "
	switch need.Type {
	case "kubernetes.io/dockerconfigjson":
		return create + "docker-registry " + need.Name + " --docker-server=HOST --docker-username=USER --docker-password=PASSWORD"
	case "kubernetes.io/tls":
		return create + "tls " + need.Name + " --cert=CERTIFICATE.pem --key=KEY.pem"
	}
	create += "generic " + need.Name
	if need.Type != "Opaque" && need.Type != "" {
		create += " --type=" + need.Type
	}
	for _, key := range need.Keys {
		value := "VALUE"
		switch key.Form {
		case generator.SecretRandom:
			value = `"$(openssl rand -base64 32)"`
		case generator.SecretPassword:
			value = "PASSWORD"
		case generator.SecretEmail:
			value = "ADDRESS"
		case generator.SecretHtpasswd:
			value = `"$(htpasswd -nB USER)"`
		}
		create += " --from-literal=" + key.Name + "=" + value
	}
	return strings.TrimSpace(create)
}
