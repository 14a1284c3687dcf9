package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"time"

	"github.com/spf13/cobra"
	client "k8s.io/client-go/kubernetes/typed/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/columns"
	"github.com/hearth-dev/hearth/internal/secrets"
)

// secretsVerb prints or creates the Secrets of one overlay.
type secretsVerb struct {
	input
	kubeconfig
	known secrets.Known
	apply bool
}

func newSecrets() *cobra.Command {
	s := &secretsVerb{}
	cmd := &cobra.Command{
		Use:   "secrets OVERLAY",
		Short: "Make the Secrets that an overlay needs and Git must not hold",
		Long: `Secrets prints the Secrets that an overlay needs, each in the form its reader
wants, with fresh random keys and passwords. With --apply it creates those that
a cluster lacks. It never changes a Secret that is there.

A password that ends up as a hash is shown once, on stderr: write it down. What
only you have, such as a certificate or the password of a registry, cannot be
made up: for that the kubectl command is shown. It reads files, because
everybody on the machine can read a command line. Make such a FILE where nobody
else reads it, and without a newline at its end; the shell does not keep what it
reads:

  umask 077; read -rs SECRET; printf %s "$SECRET" > FILE; unset SECRET`,
		Example: `  hearth secrets homelab --apply --context homelab
  hearth secrets homelab --admin-email me@example.org | kubeseal > sealed.yaml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("name one overlay; see: hearth secrets --help")
			}
			return nil
		},
		ValidArgsFunction: s.completeOverlay,
		RunE: func(cmd *cobra.Command, args []string) error {
			if s.apply && s.context == "" {
				return errors.New("--apply needs --context, so that no cluster is changed by accident; see: kubectl config get-contexts")
			}
			if !s.apply && (s.context != "" || s.configFile != "") {
				return errors.New("--context and --kubeconfig need --apply: without it no cluster is asked")
			}
			return s.run(cmd, args[0])
		},
	}
	s.addFlag(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&s.apply, "apply", false, "create what is missing on the cluster of --context, instead of printing")
	s.addFlags(cmd, ", for --apply")
	flags.StringVar(&s.known.User, "user", "hearth", "the user `name` for basic authentication")
	flags.StringVar(&s.known.AdminEmail, "admin-email", "", "the `address` of Open WebUI's admin, where sign-up is closed")
	return cmd
}

func (s *secretsVerb) run(cmd *cobra.Command, overlay string) error {
	if strings.ContainsAny(s.known.User, ":\n") || s.known.User == "" {
		return fmt.Errorf("--user %q: want a name without a colon", s.known.User)
	}
	if email := s.known.AdminEmail; email != "" {
		if parsed, err := mail.ParseAddress(email); err != nil || parsed.Address != email {
			return fmt.Errorf("--admin-email %q: want an e-mail address such as me@example.org", email)
		}
	}
	stack, problems, err := s.parse(cmd.InOrStdin())
	if err != nil {
		return err
	}
	if stack == nil {
		return printProblems(cmd.ErrOrStderr(), problems)
	}
	if stack.Overlay(overlay) == nil {
		return fmt.Errorf("no overlay %q in %s; it has: %s", overlay, s.name(), strings.Join(overlayNames(stack), ", "))
	}
	needs, err := generator.Secrets(stack, overlay)
	if err != nil {
		return err
	}
	if len(needs) == 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "overlay %s needs no Secrets\n", overlay)
		return nil
	}
	if s.apply {
		return s.create(cmd, needs)
	}
	return s.print(cmd.OutOrStdout(), cmd.ErrOrStderr(), needs)
}

// print writes what can be made up to stdout, and how to get the rest to stderr. Nothing
// is shown before everything is made: half of a manifest might get applied.
func (s *secretsVerb) print(stdout, stderr io.Writer, needs []generator.Secret) error {
	var manifests, messages bytes.Buffer
	manifests.WriteString("# Secret values: never commit this to Git as it is.\n")
	for _, need := range needs {
		secret, credentials, err := secrets.Make(need, s.known)
		switch {
		case errors.Is(err, secrets.ErrEmail):
			return fmt.Errorf("secret %s/%s: %w; give it with --admin-email", need.Namespace, need.Name, err)
		case errors.Is(err, secrets.ErrGiven):
			printGiven(&messages, need, "is not printed, "+err.Error())
			continue
		case err != nil:
			return err
		}
		data, err := yaml.Marshal(secret)
		if err != nil {
			return err
		}
		fmt.Fprintf(&manifests, "---\n%s", data)
		printCredentials(&messages, need, credentials)
	}
	if _, err := manifests.WriteTo(stdout); err != nil {
		return err
	}
	_, err := messages.WriteTo(stderr)
	return err
}

// requestTimeout is what a slow cluster may take before it counts as unreachable.
const requestTimeout = 20 * time.Second

// create makes what the cluster lacks.
func (s *secretsVerb) create(cmd *cobra.Command, needs []generator.Secret) error {
	config, err := s.config()
	if err != nil {
		return err
	}
	config.Timeout = requestTimeout
	cluster, err := client.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("context %s: %w", s.context, err)
	}
	outcomes, err := secrets.Apply(cmd.Context(), cluster, needs, s.known)
	stderr := cmd.ErrOrStderr()
	wrong := false
	for _, o := range outcomes {
		switch {
		case o.Created:
			fmt.Fprintf(stderr, "created %s/%s: %s\n", o.Need.Namespace, o.Need.Name, o.Need.Purpose)
			printCredentials(stderr, o.Need, o.Credentials)
		case o.Wrong == "":
			fmt.Fprintf(stderr, "unchanged %s/%s\n", o.Need.Namespace, o.Need.Name)
		default:
			wrong = true
			printGiven(stderr, o.Need, o.Wrong)
		}
	}
	if err != nil {
		return err
	}
	if wrong {
		return errProblems
	}
	return nil
}

func printCredentials(stderr io.Writer, need generator.Secret, credentials []secrets.Credential) {
	for _, c := range credentials {
		fmt.Fprintf(stderr, "%s/%s: user %s, password %s (shown this once)\n", need.Namespace, need.Name, c.User, c.Password)
	}
}

func printGiven(stderr io.Writer, need generator.Secret, what string) {
	text := fmt.Sprintf("%s/%s (%s) %s:", need.Namespace, need.Name, need.Purpose, what)
	fmt.Fprintf(stderr, "%s  %s\n", columns.Hang(columns.Width, "", text), secrets.Command(need))
}
