package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
)

// initVerb writes a first stack.
type initVerb struct {
	starter
	file   string
	stdout bool
}

func newInit() *cobra.Command {
	return new(initVerb).command(func(cmd *cobra.Command) *dialogue {
		return newDialogue(cmd.InOrStdin(), cmd.ErrOrStderr())
	})
}

// command asks in the dialogue that it is given.
func (v *initVerb) command(talk func(*cobra.Command) *dialogue) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a first hearth.yaml, with comments",
		Long: `Init writes a small stack with comments: one base, one overlay of it, and for
Fleet the cluster it goes to. Change the file from then on; init never
overwrites one.

It writes the newest versions of Ollama and Open WebUI that hearth was run and
measured with, and says which: a stack that names none stays with older ones.

On a terminal it asks for what the flags do not say; without one, or with
--stdout, the defaults are taken.

A route is through F5's NGINX Ingress Controller (nginx), Traefik, a Gateway of
Gateway API, or Kubernetes' own ingress-nginx (ingressNGINX), which is retired.
The NetworkPolicy admits the controller's pods and nobody else, so it has to
know where they run: --controller-namespace, kube-system for the Traefik of k3s.`,
		Example: `  hearth init
  hearth init --expose nginx --host chat.10.0.0.200.nip.io --issuer my-ca
  hearth init --expose traefik --host ai.example.org --cert-resolver letsencrypt
  hearth init --expose traefik --host ai.example.org --issuer my-ca \
    --controller-namespace kube-system      the Traefik that comes with k3s
  hearth init --expose gateway --host chat.example.org --gateway infra/public
  hearth init --namespace ollama --chat=false
  hearth init --stdout --model qwen3:4b | hearth render -f - --dry-run`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return v.run(cmd, talk(cmd)) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&v.file, "file", "f", stackFile, "the file to write")
	flags.BoolVar(&v.stdout, "stdout", false, "print the stack instead")
	flags.StringVar(&v.name, "name", "homelab", "the `name` of the stack and of its overlay")
	flags.StringVar(&v.namespace, "namespace", "ai", "the `name` of the namespace and of the base")
	flags.StringSliceVar(&v.models, "model", []string{"llama3.2:3b"}, "a `model` as for ollama pull; may be given several times")
	flags.BoolVar(&v.chat, "chat", true, "put Open WebUI in front of Ollama")
	flags.StringVar(&v.storageClass, "storage-class", "", "the `class` of the volumes (default: the cluster's default class)")
	flags.StringVar(&v.expose, "expose", string(v1alpha1.ExposeInternal), "the way in from outside: "+exposures)
	flags.StringVar(&v.host, "host", "", "the DNS `name` that people use")
	flags.StringVar(&v.gateway, "gateway", "", "the Gateway that the route attaches to, as `NAMESPACE/NAME`; its listener has the certificate")
	flags.StringVar(&v.controller, "controller-namespace", "", "the `namespace` that the controller's pods run in (default: its chart's, such as nginx-ingress or traefik; with gateway that of the Gateway)")
	flags.StringVar(&v.issuer, "issuer", "", "TLS: the `name` of a cert-manager ClusterIssuer")
	flags.StringVar(&v.certResolver, "cert-resolver", "", "TLS: the `name` of a resolver of Traefik's own")
	flags.StringVar(&v.tlsSecret, "tls-secret", "", "TLS: the `name` of a Secret with the certificate")
	flags.BoolVar(&v.noTLS, "no-tls", false, "TLS: none; for a private network only")
	flags.StringVar(&v.signUp, "sign-up", "", "open: the first to come becomes admin; closed: the admin comes from a Secret (default: closed where the chat is exposed)")
	flags.StringVar(&v.cluster, "cluster", "", "the `name` of the cluster in Fleet (default: any with the label "+overlayLabel+")")
	flags.BoolVar(&v.fleet, "fleet", true, "write a fleet section")
	_ = cmd.RegisterFlagCompletionFunc("model", completeModel) // fails only for a flag that does not exist
	complete(cmd, "expose", v1alpha1.ExposeType("").Values()...)
	complete(cmd, "sign-up", v1alpha1.SignUp("").Values()...)
	cmd.MarkFlagsMutuallyExclusive("issuer", "cert-resolver", "tls-secret", "no-tls")
	cmd.MarkFlagsMutuallyExclusive("file", "stdout")
	return cmd
}

func (v *initVerb) run(cmd *cobra.Command, d *dialogue) error {
	if err := v.knownExpose(); err != nil {
		return err
	}
	if _, err := os.Stat(v.file); err == nil && !v.stdout {
		return isThere(v.file) // before anything is asked
	}
	if err := v.ask(cmd, d); err != nil {
		return err
	}
	if err := v.check(); err != nil {
		return err
	}
	text, err := v.text()
	if err != nil {
		return err
	}
	// The stack's own rules judge the flags' values; their places would point
	// into a file that nobody has seen.
	if _, problems := generator.Load("", text); problems.Err() != nil {
		for i := range problems {
			problems[i].Line, problems[i].Column = 0, 0
		}
		return printProblems(cmd.ErrOrStderr(), problems.Errors())
	}
	if v.stdout {
		fmt.Fprint(cmd.ErrOrStderr(), lines(cmd.ErrOrStderr(), "", v.written()))
		_, err := cmd.OutOrStdout().Write(text)
		return err
	}
	if err := create(v.file, text); err != nil {
		return err
	}
	render := "hearth render"
	if v.file != stackFile {
		render += " -f " + v.file
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "wrote %s; next: %s\n", v.file, render)
	fmt.Fprint(cmd.ErrOrStderr(), lines(cmd.ErrOrStderr(), "", v.written()))
	return nil
}

// exposures are the values of --expose, for a sentence.
const exposures = "internal, nginx (F5's), ingressNGINX, traefik or gateway"

// knownExpose refuses what is no way in.
func (v *initVerb) knownExpose() error {
	if slices.Contains(v1alpha1.ExposeType("").Values(), v.expose) {
		return nil
	}
	return fmt.Errorf("--expose %q: want %s; nginx is F5's NGINX Ingress Controller, ingressNGINX Kubernetes' own, which is retired", v.expose, exposures)
}

func (v *initVerb) exposed() bool { return v.expose != string(v1alpha1.ExposeInternal) }

// tlsFlag is the name of what has the certificate; "" if none is named.
func (v *initVerb) tlsFlag() string { return v.issuer + v.certResolver + v.tlsSecret }

// check catches what would only make sense in other words further down.
func (v *initVerb) check() error {
	exposed := v.exposed()
	gateway := v.expose == string(v1alpha1.ExposeGateway)
	tls := v.tlsFlag()
	namespace, name, _ := strings.Cut(v.gateway, "/")
	switch {
	case exposed && v.host == "":
		return fmt.Errorf("--expose %s needs --host, the DNS name that people use", v.expose)
	case !gateway && v.gateway != "":
		return errors.New("--gateway needs --expose gateway")
	case gateway && (namespace == "" || name == ""):
		return fmt.Errorf("--expose gateway needs --gateway NAMESPACE/NAME, the Gateway that the route attaches to; got %q", v.gateway)
	case gateway && tls != "":
		return errors.New("with --expose gateway the certificate is that of the Gateway's listener: leave --issuer, --cert-resolver and --tls-secret out")
	case exposed && !gateway && tls == "" && !v.noTLS:
		return errors.New("choose where the certificate comes from: --issuer, --cert-resolver, --tls-secret, or --no-tls for a private network")
	case !exposed && v.controller != "":
		return errors.New("--controller-namespace needs --expose nginx, ingressNGINX, traefik or gateway")
	case !exposed && (v.host != "" || tls != "" || v.noTLS):
		return errors.New("--host and the TLS flags need --expose nginx, ingressNGINX, traefik or gateway")
	}
	return nil
}

func isThere(file string) error {
	return fmt.Errorf("%s is there already and is left alone; write another with -f, or look at one with --stdout", file)
}

// create writes a new file and refuses to touch an old one.
func create(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return isThere(file)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(file)
		return fmt.Errorf("writing %s: %w", file, err)
	}
	return nil
}

// signUpDefault keeps the first stranger from becoming admin.
func (s starter) signUpDefault() string {
	switch {
	case s.signUp != "":
		return s.signUp
	case s.expose != string(v1alpha1.ExposeInternal):
		return string(v1alpha1.SignUpClosed)
	}
	return string(v1alpha1.SignUpOpen)
}
