package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
)

// names are the flags that say nothing of what is deployed: with these alone the
// other things are asked.
var names = []string{"file", "name", "namespace", "cluster", "fleet"}

// ask fills in what no flag says: everything where no flag says anything, and
// else what has no default.
func (v *initVerb) ask(cmd *cobra.Command, d *dialogue) error {
	if !d.terminal || v.stdout {
		return nil
	}
	given, all := map[string]bool{}, true
	for _, flag := range said(cmd) {
		given[flag] = true
		all = all && slices.Contains(names, flag)
	}
	if all {
		fmt.Fprintln(d.out, "Enter takes what stands in brackets.")
		if err := v.askModel(d); err != nil {
			return err
		}
		if err := v.askExpose(d); err != nil {
			return err
		}
	}
	if !v.exposed() {
		return nil
	}
	if err := v.askHost(d); err != nil {
		return err
	}
	if v.tlsFlag() == "" && !v.noTLS && v.gateway == "" {
		if err := v.askIssuer(d); err != nil {
			return err
		}
	}
	if !all || given["controller-namespace"] {
		return nil
	}
	where := v1alpha1.ControllerPods(v1alpha1.ExposeType(v.expose)).Namespace
	question := "Namespace of the controller's pods"
	switch v1alpha1.ExposeType(v.expose) {
	case v1alpha1.ExposeTraefik:
		question += " (kube-system on k3s)"
	case v1alpha1.ExposeGateway:
		where, _, _ = strings.Cut(v.gateway, "/")
		question += " (envoy-gateway-system with Envoy Gateway)"
	}
	_, err := d.ask(question, where, v.fits("from", &v.controller))
	return err
}

func said(cmd *cobra.Command) []string {
	var all []string
	for _, flag := range append(slices.Clone(names), "stdout", "model", "chat", "storage-class", "expose", "host", "gateway",
		"issuer", "cert-resolver", "tls-secret", "no-tls", "sign-up", "controller-namespace") {
		if cmd.Flags().Changed(flag) {
			all = append(all, flag)
		}
	}
	return all
}

func (v *initVerb) askModel(d *dialogue) error {
	_, err := d.ask("Model, as for ollama pull", strings.Join(v.models, ","), func(answer string) error {
		v.models = strings.Split(strings.ReplaceAll(answer, " ", ""), ",")
		return v.wrong("models")
	})
	return err
}

func (v *initVerb) askExpose(d *dialogue) error {
	_, err := d.ask("Way in from outside: "+exposures, v.expose, func(answer string) error {
		v.expose = answer
		return v.knownExpose()
	})
	return err
}

func (v *initVerb) askHost(d *dialogue) error {
	if v.expose == string(v1alpha1.ExposeGateway) && v.gateway == "" {
		_, err := d.ask("Gateway that the route attaches to, as NAMESPACE/NAME", "", func(answer string) error {
			v.gateway = answer
			namespace, name, _ := strings.Cut(answer, "/")
			if namespace == "" || name == "" {
				return errors.New("want NAMESPACE/NAME, such as infra/public; see: kubectl get gateways -A")
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if v.host != "" {
		return nil
	}
	_, err := d.ask("DNS name that people use, such as chat.example.org", "", func(answer string) error {
		if answer == "" {
			return errors.New("want a DNS name; with the address of the controller, ADDRESS.nip.io needs no DNS of your own")
		}
		return v.fits("host", &v.host)(answer)
	})
	return err
}

func (v *initVerb) askIssuer(d *dialogue) error {
	_, err := d.ask("Certificate: a cert-manager ClusterIssuer; see: kubectl get clusterissuers\n  (empty for none, on a private network; --tls-secret and --cert-resolver are other ways)", "", func(answer string) error {
		v.issuer, v.noTLS = answer, answer == ""
		return v.wrong("tls")
	})
	return err
}

// fits sets a value, and reports what is wrong with the field that it ends up in.
func (v *initVerb) fits(field string, value *string) func(string) error {
	return func(answer string) error {
		*value = answer
		return v.wrong(field)
	}
}

// wrong is the first thing that the stack's own rules say of a field.
func (v *initVerb) wrong(field string) error {
	text, err := v.text()
	if err != nil {
		return err
	}
	_, problems := generator.Load("", text)
	for _, p := range problems.Errors() {
		if in := "." + field; strings.Contains(p.Path+".", in+".") || strings.Contains(p.Path, in+"[") {
			p = problem.Problem{Message: p.Message, Fix: p.Fix}
			return errors.New(p.String())
		}
	}
	return nil
}
