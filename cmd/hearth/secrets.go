package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/clientset"
	"github.com/hearth-dev/hearth/internal/columns"
	"github.com/hearth-dev/hearth/internal/secrets"
)

// secretsVerb prints or creates the Secrets of one overlay.
type secretsVerb struct {
	input
	kubeconfig
	known secrets.Known
	files []string // [NAMESPACE/][NAME/]KEY=FILE
	skip  []string
	apply bool
	// output is yaml, or json: a List.
	output string
}

func newSecrets() *cobra.Command {
	s := &secretsVerb{}
	cmd := &cobra.Command{
		Use:   "secrets [OVERLAY]",
		Short: "Make the Secrets that an overlay needs and Git must not hold",
		Long: `Secrets prints the Secrets that an overlay needs, each in the form its reader
wants, with fresh random keys and passwords. With --apply it creates those that
a cluster lacks. It never changes a Secret that is there. OVERLAY may be left
out where the stack has one only. With spec.fleet.copySecrets they are for the
GitRepo's namespace on Fleet's management cluster, and --context is its.

A password that ends up as a hash is shown once, on stderr: write it down. What
only you have cannot be made up: the admin's address, a client's secret at a
sign-in provider, a certificate, the password of a registry. On a terminal you
are asked for it; else give it by --admin-email and --from-file. If anything is
missing, all of it is listed and nothing is made.

--from-file KEY=FILE fills one key of a Secret, also one that would be made up.
Write NAME/KEY where two Secrets have that key; - is stdin. A newline at the end
of a single line is left away. There is no flag for the value itself: everybody
on the machine can read a command line. Make such a FILE where nobody else reads
it; the shell does not keep what it reads:

  umask 077; read -rs SECRET; printf %s "$SECRET" > FILE; unset SECRET`,
		Example: `  hearth secrets --apply --context homelab --admin-email me@example.org
  hearth secrets homelab --admin-email me@example.org | kubeseal > sealed.yaml
  hearth secrets homelab --from-file oidc-client-secret=FILE
  hearth secrets --from-file tls.crt=crt.pem --from-file tls.key=key.pem
  pass show registry | hearth secrets --from-file registry/.dockerconfigjson=-`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: s.completeOverlay,
		RunE: func(cmd *cobra.Command, args []string) error {
			if s.apply && s.context == "" {
				return errors.New("--apply needs --context, so that no cluster is changed by accident; see: kubectl config get-contexts")
			}
			if !s.apply && (s.context != "" || s.configFile != "") {
				return errors.New("--context and --kubeconfig need --apply: without it no cluster is asked")
			}
			return s.run(cmd, args)
		},
	}
	s.addFlag(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&s.apply, "apply", false, "create what is missing on the cluster of --context, instead of printing")
	s.addFlags(cmd, ", for --apply")
	flags.StringVar(&s.known.User, "user", "hearth", "the user `name` for basic authentication")
	flags.StringVar(&s.known.AdminEmail, "admin-email", "", "the `address` of Open WebUI's first account, the admin's, where sign-up is closed")
	flags.StringVarP(&s.output, "output", "o", formatYAML, "how to print them: `yaml`, or json")
	complete(cmd, "output", formatYAML, string(formatJSON))
	cmd.MarkFlagsMutuallyExclusive("apply", "output")
	flags.StringArrayVar(&s.files, "from-file", nil, "fill one key of a Secret from a file, - is stdin: `[NAME/]KEY=FILE`; may be given several times")
	flags.StringSliceVar(&s.skip, "skip", nil, "leave out the Secret of this `NAME`, which something else makes; may be given several times")
	return cmd
}

func (s *secretsVerb) run(cmd *cobra.Command, args []string) error {
	if s.output != formatYAML && s.output != string(formatJSON) {
		return fmt.Errorf("--output %q: want yaml or json", s.output)
	}
	if strings.ContainsAny(s.known.User, ":\n") || s.known.User == "" {
		return fmt.Errorf("--user %q: want a name without a colon", s.known.User)
	}
	if email := s.known.AdminEmail; email != "" {
		if err := secrets.Email(email); err != nil {
			return fmt.Errorf("--admin-email %q: %w", email, err)
		}
	}
	stack, err := s.load(cmd)
	if err != nil {
		return err
	}
	overlay, err := s.overlay(stack, args)
	if err != nil {
		return err
	}
	needs, err := generator.SecretSources(stack, overlay)
	if err != nil {
		return err
	}
	if needs, err = s.without(needs); err != nil {
		return err
	}
	if err := s.readFiles(cmd.InOrStdin(), needs); err != nil {
		return err
	}
	stderr := cmd.ErrOrStderr()
	if len(needs) == 0 {
		fmt.Fprintf(stderr, "overlay %s needs no Secrets\n", overlay)
		return nil
	}
	uris, err := generator.RedirectURIs(stack, overlay)
	if err != nil {
		return err
	}
	fmt.Fprint(stderr, registered(uris))
	if generator.CopiesSecrets(stack, overlay) {
		fmt.Fprintf(stderr, "they belong into %s of Fleet's management cluster, which copies them\n", stack.Fleet.GitRepo.Namespace)
	}
	r := secretsRun{s, overlay, needs, newDialogue(cmd.InOrStdin(), stderr)}
	if s.apply {
		return r.create(cmd)
	}
	if err := r.complete(needs); err != nil {
		return err
	}
	return r.print(cmd.OutOrStdout(), stderr)
}

// without leaves out what --skip names.
func (s *secretsVerb) without(needs []generator.Secret) ([]generator.Secret, error) {
	for _, name := range s.skip {
		same := func(need generator.Secret) bool { return need.Name == name || need.Namespace+"/"+need.Name == name }
		if !slices.ContainsFunc(needs, same) {
			return nil, fmt.Errorf("--skip %s: the overlay needs no such Secret; it needs: %s", name, strings.Join(secretNames(needs), ", "))
		}
		needs = slices.DeleteFunc(needs, same)
	}
	return needs, nil
}

func secretNames(needs []generator.Secret) []string {
	var names []string
	for _, need := range needs {
		names = append(names, need.Name)
	}
	return names
}

// readFiles reads what --from-file names.
func (s *secretsVerb) readFiles(stdin io.Reader, needs []generator.Secret) error {
	s.known.Given = map[string]string{}
	piped := s.file == "-"
	for _, text := range s.files {
		name, file, ok := strings.Cut(text, "=")
		if !ok || file == "" {
			return fmt.Errorf("--from-file %q: want KEY=FILE or NAME/KEY=FILE, where - is stdin", text)
		}
		slot, err := secrets.Find(needs, name)
		if err != nil {
			return fmt.Errorf("--from-file %s: %w", text, err)
		}
		if _, twice := s.known.Given[slot.ID()]; twice {
			return fmt.Errorf("--from-file %s: %s is given twice", text, slot.ID())
		}
		var data []byte
		switch {
		case file != "-":
			data, err = read(file, mostOfSecret)
		case piped:
			return fmt.Errorf("--from-file %s: only one thing can come from stdin", text)
		default:
			piped = true
			data, err = io.ReadAll(io.LimitReader(stdin, mostOfSecret+1))
		}
		if err != nil {
			return fmt.Errorf("--from-file %s: %w", name, err)
		}
		if len(data) > mostOfSecret {
			return fmt.Errorf("--from-file %s: has more than 1 MiB, the most that a Secret holds", name)
		}
		if s.known.Given[slot.ID()], err = slot.Accept(data); err != nil {
			return fmt.Errorf("--from-file %s: %w", text, err)
		}
	}
	return secrets.Fit(needs, s.known)
}

// mostOfSecret is what Kubernetes takes of a Secret's data.
const mostOfSecret = 1 << 20

// secretsRun makes the Secrets of one overlay.
type secretsRun struct {
	*secretsVerb
	overlay string
	needs   []generator.Secret // all of them
	*dialogue
}

// complete asks for what some of the needed Secrets lack, and lists what is
// missing still.
func (s secretsRun) complete(of []generator.Secret) error {
	if s.terminal {
		if err := s.askFor(of); err != nil {
			return err
		}
	}
	missing := secrets.Missing(of, s.known)
	if len(missing) == 0 {
		return secrets.Fit(of, s.known)
	}
	fmt.Fprintf(s.out, "overlay %s needs what only you have:\n", s.overlay)
	for _, slot := range missing {
		fmt.Fprint(s.out, columns.Hang(columns.Width, "  "+slot.ID()+": ", slot.Purpose()))
	}
	fmt.Fprintf(s.out, "Give it; what is in capitals is yours to fill in:\n%s", secretsCommand(s.needs, missing, s.words()))
	fmt.Fprintf(s.out, "Or leave out a Secret that something else makes: --skip %s\n", missing[len(missing)-1].Secret.Name)
	return errors.New("nothing was made: see what is missing above")
}

// askFor asks for each missing key. An empty answer leaves it missing.
func (s secretsRun) askFor(needs []generator.Secret) error {
	for _, slot := range secrets.Missing(needs, s.known) {
		if slot.Key.Form == generator.SecretEmail && s.known.AdminEmail != "" {
			continue // two chats of the overlay have the same admin
		}
		question := slot.ID() + ", " + slot.Purpose()
		var value string
		take := func(data []byte, err error) error {
			if err == nil {
				value, err = slot.Accept(data)
			}
			return err
		}
		check := func(answer string) error {
			if answer == "" {
				return nil
			}
			return take([]byte(answer), nil)
		}
		var err error
		switch {
		case slot.Key.Form == generator.SecretEmail:
			_, err = s.ask(question, "", check)
			s.known.AdminEmail, value = value, ""
		case slot.OneLine():
			_, err = s.secret(question, check)
		default:
			_, err = s.ask(question+": a file", "", func(file string) error {
				if file == "" {
					return nil
				}
				return take(read(file, mostOfSecret))
			})
		}
		if err != nil {
			return fmt.Errorf("%s: %w", slot.ID(), err)
		}
		if value != "" {
			s.known.Given[slot.ID()] = value
		}
	}
	return nil
}

// words are the verb's own flags so far, to be given again.
func (s secretsRun) words() []string {
	words := []string{"hearth", "secrets", s.overlay}
	words = append(words, s.named()...)
	if s.apply {
		words = append(words, "--apply", "--context "+s.context)
	}
	if s.configFile != "" {
		words = append(words, "--kubeconfig "+s.configFile)
	}
	if s.known.AdminEmail != "" {
		words = append(words, "--admin-email "+s.known.AdminEmail)
	}
	for _, file := range s.files {
		words = append(words, "--from-file "+file)
	}
	for _, name := range s.skip {
		words = append(words, "--skip "+name)
	}
	return words
}

// secretsCommand adds flags for what is missing to the words of a command, and
// breaks it into lines that a shell joins.
func secretsCommand(needs []generator.Secret, missing []secrets.Slot, words []string) string {
	for _, slot := range missing {
		word := "--from-file " + slot.Name(needs) + "=" + slot.Placeholder()
		if slot.Key.Form == generator.SecretEmail {
			word = "--admin-email " + slot.Placeholder()
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	var b strings.Builder
	line := " "
	for _, word := range words {
		if len(line)+1+len(word)+len(` \`) > columns.Width {
			b.WriteString(line + " \\\n")
			line = "   "
		}
		line += " " + word
	}
	return b.String() + line + "\n"
}

// named is the flag that names the stack, where it has to be named.
func (in *input) named() []string {
	if in.file == stackFile || in.file == in.found {
		return nil
	}
	return []string{"-f " + in.file}
}

// registered is what the providers that sign people in have to be told.
func registered(uris []generator.RedirectURI) string {
	var b strings.Builder
	for _, u := range uris {
		fmt.Fprintf(&b, "register this redirect URI at %s:\n  %s\n", u.Provider, u.URI)
	}
	return b.String()
}

// print writes the Secrets to stdout, and passwords to stderr. Nothing is shown
// before everything is made: half of a manifest might get applied.
func (s secretsRun) print(stdout, stderr io.Writer) error {
	var manifests, messages bytes.Buffer
	list := corev1.SecretList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "List"}}
	for _, need := range s.needs {
		secret, credentials, err := secrets.Make(need, s.known)
		if err != nil {
			return err
		}
		list.Items = append(list.Items, *secret)
		printCredentials(&messages, need, credentials)
	}
	write := writeSecrets
	if s.output == string(formatJSON) {
		write = func(w io.Writer, _ []corev1.Secret) error { return writeJSON(w, list) }
	}
	if err := write(&manifests, list.Items); err != nil {
		return err
	}
	if _, err := manifests.WriteTo(stdout); err != nil {
		return err
	}
	_, err := messages.WriteTo(stderr)
	return err
}

// writeSecrets writes them as documents of YAML.
func writeSecrets(w io.Writer, all []corev1.Secret) error {
	fmt.Fprintln(w, "# Secret values: never commit this to Git as it is.")
	for i := range all {
		data, err := yaml.Marshal(&all[i])
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "---\n%s", data)
	}
	return nil
}

// requestTimeout is what a slow cluster may take before it counts as unreachable.
const requestTimeout = 20 * time.Second

// create makes what the cluster lacks.
func (s secretsRun) create(cmd *cobra.Command) error {
	config, err := s.config()
	if err != nil {
		return err
	}
	config.Timeout = requestTimeout
	cluster, err := clientset.New(config)
	if err != nil {
		return fmt.Errorf("context %s: %w", s.context, err)
	}
	absent, outcomes, err := secrets.Look(cmd.Context(), cluster, s.needs)
	if err != nil {
		return err
	}
	if err := s.complete(absent); err != nil {
		return err
	}
	created, err := secrets.Create(cmd.Context(), cluster, absent, s.known)
	stderr := cmd.ErrOrStderr()
	wrong := false
	for _, o := range append(outcomes, created...) {
		switch {
		case o.Created:
			fmt.Fprintf(stderr, "created %s/%s: %s\n", o.Need.Namespace, o.Need.Name, o.Need.Purpose)
			printCredentials(stderr, o.Need, o.Credentials)
		case o.Wrong == "":
			fmt.Fprintf(stderr, "unchanged %s/%s\n", o.Need.Namespace, o.Need.Name)
		default:
			wrong = true
			printWrong(stderr, o)
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

func printWrong(stderr io.Writer, o secrets.Outcome) {
	text := fmt.Sprintf("%s/%s (%s) %s:", o.Need.Namespace, o.Need.Name, o.Need.Purpose, o.Wrong)
	command := secrets.Command(o.Need)
	if len(o.Lacks) > 0 {
		command = secrets.AddCommand(o.Need, o.Lacks)
	}
	fmt.Fprintf(stderr, "%s  %s\n", columns.Hang(columns.Width, "", text), command)
}
