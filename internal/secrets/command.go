package secrets

import (
	"strings"

	"github.com/hearth-dev/hearth/generator"
)

// Command is how a person makes the Secret with kubectl; what they have to fill
// in is in capitals. A secret comes from a file: everybody on the machine can
// read a command line, and the shell keeps it.
func Command(need generator.Secret) string {
	create := "kubectl --namespace " + need.Namespace + " create secret "
	switch need.Type {
	case "kubernetes.io/dockerconfigjson":
		return create + "generic " + need.Name + " --type=" + need.Type + " --from-file=.dockerconfigjson=CONFIG.json"
	case "kubernetes.io/tls":
		return create + "tls " + need.Name + " --cert=CERTIFICATE.pem --key=KEY.pem"
	}
	create += "generic " + need.Name
	if need.Type != "Opaque" && need.Type != "" {
		create += " --type=" + need.Type
	}
	for _, key := range need.Keys {
		if key.Form == generator.SecretVariables {
			if len(need.Keys) > 1 { // kubectl takes it alone
				continue
			}
			create += " --from-env-file=FILE"
			continue
		}
		if key.Form == generator.SecretEmail { // no secret
			create += " --from-literal=" + key.Name + "=ADDRESS"
			continue
		}
		create += " --from-file=" + key.Name + "=FILE"
	}
	return strings.TrimSpace(create)
}

// AddCommand is how a person adds keys to a Secret that is there. A server-side
// apply leaves the other keys as they are.
func AddCommand(need generator.Secret, keys []generator.SecretKey) string {
	need.Keys = keys
	return Command(need) + " --dry-run=client -o yaml | kubectl apply --server-side -f -"
}
