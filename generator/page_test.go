package generator_test

import (
	"bytes"
	"flag"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	goldmarktext "github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/build/file"
	"github.com/hearth-dev/hearth/internal/build/monitoring"
	"github.com/hearth-dev/hearth/internal/printable"
	"github.com/hearth-dev/hearth/internal/testing/sample"
)

var (
	mkdocs  = flag.String("mkdocs", "", "the `folder` that tools/mkdocs/install prints: MkDocs reads the pages as well")
	mermaid = flag.String("mermaid", "", "the `folder` that tools/mermaid/install prints: Mermaid reads the diagrams")
)

// nasty texts would be markup if they were not text: of Markdown, of its
// extensions, of HTML.
var nasty = []string{
	"a | b", `a \| b \`, "<script>alert(1)</script>", "<b>x", "`code", "``a` b``", "*b* **b** _i_ __i__ a_b_c", "~s~ ~~s~~ ^c^ ==m== ++i++",
	"[x](y)", "![i](j)", "[x]: y", "[^1]", "# h", "## h {#id .class}", "{: #id }", "- l", "+ l", "1. n", "2) n", "> q", "---", "===", ":::",
	`--8<-- "/etc/passwd"`, "&amp; &lt; &#35;", "(c) (r) (tm) +/- --> <-- =/= 1/2 c/o 1st", ":smile: a:smile:", "${HOME} $x$ $$y$$ {{ z }} {% z %}", "@me #1", `"q" 'q'`,
	"{++a++} {--b--} {>>c<<}", "!!! note", "??? note", "*[HTML]: x", "https://x.example.org/?a=b|c_d_e", "www.x.example.org", "a@b.example.org",
	strings.Repeat("long", 120), "<https://x.example.org>", "    code", "\u202eabc", "ä ö 漢字", "~~~", "```sh", "|---|", "[ ] todo", "[x] done", "Term\u00a0: x",
}

// nastyStack has them wherever a person can write a text.
func nastyStack(t *testing.T) []byte {
	t.Helper()
	deps, env, links := []any{}, map[string]any{"PLAIN": "x"}, []any{}
	for i, s := range nasty {
		if !strings.ContainsRune(s, '\u202e') && !strings.ContainsRune(s, '\u00a0') {
			deps = append(deps, map[string]any{"name": s, "type": s, "why": s})
		}
		env["NASTY_"+string(rune('A'+i/26))+string(rune('A'+i%26))] = s + "\n\n" + s
	}
	for _, u := range []string{"https://x.example.org/a_(b)_|c?d=<e>&copy=f*g*", "http://x.example.org/`a`[b]{c}~d~"} {
		links = append(links, map[string]any{"title": "[a](b) | `c`", "url": u, "type": "dashboard"})
	}
	about := map[string]any{"dependencies": deps, "links": links, "clusters": []any{"a | b", "<c>"}}
	for i, field := range []string{"title", "purpose", "impact", "criticality", "owner", "users", "rpo", "rto", "lastChange"} {
		about[field] = nasty[i]
	}
	data, err := yaml.Marshal(map[string]any{
		"apiVersion": "hearth.dev/v1alpha1", "kind": "Stack", "metadata": map[string]any{"name": "nasty"},
		"spec": map[string]any{
			"catalog": map[string]any{"about": about, "pages": map[string]any{}},
			"bases": []any{map[string]any{
				"name": "ai", "namespace": "ai", "ollama": map[string]any{"models": []any{"llama3.2:3b", "an_unknown_one:1b"}, "env": env, "storage": map[string]any{"size": "20Gi"}, "resources": map[string]any{"limits": map[string]any{"memory": "8Gi"}}},
				"openWebUI": map[string]any{"name": "chat | <b>`x`", "env": map[string]any{"BANNER": "a|b\n```\n# c"}},
				"expose":    map[string]any{"type": "nginx", "host": "chat.home.arpa", "tls": map[string]any{"type": "none"}, "nginx": map[string]any{}},
			}},
			"overlays": []any{map[string]any{"name": "home", "bases": []any{map[string]any{"name": "ai"}}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// pagesOf are the pages of a stack, by their paths; nil for one that cannot be
// built.
func pagesOf(t *testing.T, stack *v1alpha1.Resolved) map[string][]byte {
	t.Helper()
	stack.Catalog = &v1alpha1.Catalog{Pages: &v1alpha1.Pages{Folder: "docs/services"}}
	files, err := generator.GenerateUnchecked(stack)
	if err != nil {
		return nil // a patch of something that is not there
	}
	pages := map[string][]byte{}
	for _, f := range files {
		if strings.HasPrefix(f.Path, "docs/services/") {
			pages[f.Path] = f.Data
		}
	}
	return pages
}

// outline is what a reader sees of a page, as far as its layout goes.
type outline struct {
	Headings []string
	Tables   [][][]string
	// Items of lists, each with all that belongs to it; Blocks of code in them.
	Items, Blocks int
}

// read is the page as GitHub reads it, and what is wrong with it.
func read(page []byte) (outline, []string) {
	var o outline
	var wrong []string
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(goldmarktext.NewReader(page))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			o.Headings = append(o.Headings, words(textOf(n, page)))
		case *ast.HTMLBlock:
			if n.Lines().At(0).Start != 0 {
				wrong = append(wrong, "HTML: "+string(n.Lines().Value(page)))
			}
		case *ast.RawHTML:
			wrong = append(wrong, "HTML: "+string(n.Segments.Value(page)))
		case *ast.ListItem:
			o.Items++
		case *ast.FencedCodeBlock:
			if n.Parent().Kind() == ast.KindListItem {
				o.Blocks++
			}
		case *ast.Image:
			wrong = append(wrong, "an image: "+string(n.Destination))
		case *ast.Link:
			if u, err := url.Parse(string(n.Destination)); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
				wrong = append(wrong, "a link to "+string(n.Destination))
			}
		case *extast.Table:
			o.Tables = append(o.Tables, nil)
		case *extast.TableHeader, *extast.TableRow:
			o.Tables[len(o.Tables)-1] = append(o.Tables[len(o.Tables)-1], nil)
		case *extast.TableCell:
			table := o.Tables[len(o.Tables)-1]
			table[len(table)-1] = append(table[len(table)-1], words(textOf(n, page)))
		}
		return ast.WalkContinue, nil
	})
	code, cells := false, 0
	for line := range strings.Lines(string(page)) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "```"):
			code = !code
		case code:
		case !strings.HasPrefix(line, "|"):
			cells = 0
		default:
			n := strings.Count(line, "|")
			if cells > 0 && n != cells {
				wrong = append(wrong, "a row with other cells than its head: "+line)
			}
			cells = n
		}
	}
	return o, wrong
}

// textOf is what a node says.
func textOf(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			switch n := n.(type) {
			case *ast.Text:
				if n.IsRaw() {
					b.Write(n.Segment.Value(source))
				} else {
					b.WriteString(html.UnescapeString(string(n.Segment.Value(source))))
				}
			case *ast.String:
				b.Write(n.Value)
			case *ast.AutoLink:
				b.Write(n.Label(source))
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// words is text as a browser shows it.
func words(s string) string { return strings.Join(strings.Fields(s), " ") }

var sections = []string{
	"Metadata", "1. Service Overview", "2. Architecture Diagram", "3. Deployment Specifications", "4. Configuration Guide",
	"5. Access Protocols", "6. Operations and Observability", "7. Backup and Recovery Notes", "8. Release and Change Notes", "9. Sizing",
}

// checkPage wants what every page has.
func checkPage(t *testing.T, page []byte, stack *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay) outline {
	t.Helper()
	seen, wrong := read(page)
	for _, w := range wrong {
		t.Errorf("%s: %s", o.Name, w)
	}
	if !strings.HasPrefix(string(page), file.MarkdownFirstLine(stack.Name)+"# ") {
		t.Errorf("%s begins with %q", o.Name, strings.SplitN(string(page), "\n", 2)[0])
	}
	at := 0
	for _, s := range sections {
		i := slices.Index(seen.Headings[at:], s)
		if i < 0 {
			t.Fatalf("%s: no section %q in its place: %q", o.Name, s, seen.Headings)
		}
		at += i
	}
	if title := o.About.Title; title != "" && seen.Headings[0] != words(title) {
		t.Errorf("%s: the title is %q, want %q", o.Name, seen.Headings[0], title)
	}
	for _, table := range seen.Tables {
		if len(table) < 2 { // which readers of Markdown do not show alike
			t.Errorf("%s: a table has no rows: %q", o.Name, table)
		}
	}
	for _, d := range o.About.Dependencies {
		row := []string{words(d.Name), words(d.Type), words(d.Why)}
		if !slices.ContainsFunc(seen.Tables[1], func(r []string) bool { return slices.Equal(r, row) }) {
			t.Errorf("%s: no dependency stands there as %q", o.Name, row)
		}
	}
	for i := range o.Bases {
		for _, a := range monitoring.Alerts(&o.Bases[i]) {
			if !slices.Contains(seen.Headings, "Alert "+a.Name) { // to which RunbookOf leads
				t.Errorf("%s: no heading for the alert %s", o.Name, a.Name)
			}
		}
	}
	for _, table := range seen.Tables {
		for _, row := range table {
			if last := strings.TrimSpace(row[len(row)-1]); strings.HasPrefix(last, "hearth secrets ") && strings.HasSuffix(last, ":") {
				t.Errorf("%s: nothing says how a key comes to be: %q", o.Name, row)
			}
		}
	}
	patched := len(o.Patches) > 0 || slices.ContainsFunc(o.Bases, func(b v1alpha1.Base) bool { return len(b.Patches)+len(b.Resources) > 0 })
	for _, table := range seen.Tables {
		for _, row := range table {
			if !patched && len(row) == 5 && (row[2] == "a patch of the stack" || row[2] == "a patch or resource of the stack") {
				t.Errorf("%s: nothing is known of the variable %s", o.Name, row[0])
			}
		}
	}
	return seen
}

// A page is text in Markdown's tables whatever people write, and the same for the
// same stack.
func TestPages(t *testing.T) {
	texts, drawn := [][]byte{nastyStack(t)}, sample.Size(40, 40)
	for _, d := range draw(t, drawn) {
		texts = append(texts, d.text)
	}
	folder, outlines := t.TempDir(), map[string]outline{}
	for i, text := range texts {
		stack, problems := generator.Load("hearth.yaml", text)
		if stack == nil {
			t.Fatalf("stack %d: %v", i, problems)
		}
		pages := pagesOf(t, stack)
		if pages == nil {
			continue
		}
		for j := range stack.Overlays {
			o := &stack.Overlays[j]
			name := "docs/services/" + o.Name + ".md"
			if o.About.Hidden != (pages[name] == nil) {
				t.Errorf("stack %d: hidden is %v, and there is a page: %v", i, o.About.Hidden, pages[name] != nil)
			}
			if pages[name] == nil {
				continue
			}
			to := filepath.Join("docs", string(rune('a'+i/26))+string(rune('a'+i%26))+"-"+o.Name)
			outlines[to] = checkPage(t, pages[name], stack, o)
			if err := os.MkdirAll(filepath.Join(folder, "docs"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, to+".md"), pages[name], 0o644); err != nil {
				t.Fatal(err)
			}
		}
		again, _ := generator.Load("hearth.yaml", text)
		if diff := cmp.Diff(pages, pagesOf(t, again)); diff != "" {
			t.Errorf("stack %d has other pages the second time:\n%s", i, diff)
		}
	}
	if len(outlines) < drawn {
		t.Errorf("%d pages were read, want %d and more", len(outlines), drawn)
	}
	if *mermaid != "" {
		askMermaid(t, filepath.Join(folder, "docs"), len(outlines))
	}
	if *mkdocs != "" {
		compareMkDocs(t, folder, outlines)
	}
}

// askMermaid wants a diagram of each page that Mermaid reads, and one refused
// that is none.
func askMermaid(t *testing.T, folder string, pages int) {
	t.Helper()
	check := func(folder string) (string, error) {
		out, err := exec.Command("node", filepath.Join(*mermaid, "check.mjs"), folder).CombinedOutput()
		return strings.TrimSpace(string(out)), err
	}
	if out, err := check(folder); err != nil || out != strconv.Itoa(pages) {
		t.Errorf("of %d diagrams Mermaid reads %s: %v", pages, out, err)
	}
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "a.md"), []byte("```mermaid\nflowchart LR\n  n1[\"a\"b\"]\n```\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := check(broken); err == nil {
		t.Errorf("Mermaid reads what is no diagram: %s", out)
	}
}

// Values of the environment are shown as they are.
func TestPagesShowNastyValues(t *testing.T) {
	stack, problems := generator.Load("hearth.yaml", nastyStack(t))
	if stack == nil {
		t.Fatal(problems)
	}
	seen, _ := read(pagesOf(t, stack)["docs/services/home.md"])
	shown := map[string]bool{}
	for _, table := range seen.Tables {
		for _, row := range table {
			for _, cell := range row {
				shown[cell] = true
			}
		}
	}
	for _, s := range nasty {
		if want := words(strings.TrimSpace(strings.ReplaceAll(printable.Text(s+"\n\n"+s), "\n", `\n`))); !shown[want] {
			t.Errorf("no cell shows %q", want)
		}
	}
}

// compareMkDocs has MkDocs read the pages, as Backstage's TechDocs does.
func compareMkDocs(t *testing.T, folder string, want map[string]outline) {
	t.Helper()
	config := `site_name: pages
plugins: [techdocs-core]
use_directory_urls: false
markdown_extensions:
  - pymdownx.superfences:
      custom_fences:
        - name: mermaid
          class: mermaid
          format: !!python/name:pymdownx.superfences.fence_code_format
`
	if err := os.WriteFile(filepath.Join(folder, "mkdocs.yml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "docs", "index.md"), []byte("# Pages\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "-m", "mkdocs", "build", "--strict", "--quiet")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "PYTHONPATH="+*mkdocs)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("mkdocs build --strict: %v\n%s", err, out)
	}
	for name, o := range want {
		data, err := os.ReadFile(filepath.Join(folder, "site", strings.TrimPrefix(name, "docs/")+".html"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(o, seenInHTML(t, data)); diff != "" {
			t.Errorf("%s: MkDocs shows something else (-goldmark +MkDocs):\n%s", name, diff)
		}
	}
	t.Logf("MkDocs reads %d pages as goldmark does", len(want))
}

// seenInHTML is the outline of the article in a page of MkDocs.
func seenInHTML(t *testing.T, data []byte) outline {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var o outline
	var walk func(n *html.Node, in bool)
	walk = func(n *html.Node, in bool) {
		if n.Type == html.ElementNode {
			if strings.Contains(attribute(n, "class"), "highlight") { // lines of code with their numbers
				if n.Parent.DataAtom == atom.Li {
					o.Blocks++
				}
				return
			}
			in = in || n.DataAtom == atom.Article
			if in {
				switch n.DataAtom {
				case atom.H1, atom.H2, atom.H3, atom.H4:
					o.Headings = append(o.Headings, seenText(n))
				case atom.Table:
					o.Tables = append(o.Tables, nil)
				case atom.Tr:
					last := &o.Tables[len(o.Tables)-1]
					*last = append(*last, nil)
				case atom.Td, atom.Th:
					table := o.Tables[len(o.Tables)-1]
					table[len(table)-1] = append(table[len(table)-1], seenText(n))
				case atom.Li:
					o.Items++
				case atom.Script, atom.Img:
					t.Errorf("the article has %v", n)
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, in)
		}
	}
	walk(doc, false)
	return o
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// seenText is the text of an element, without the sign that links to a heading.
func seenText(n *html.Node) string {
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if attribute(n, "class") == "headerlink" {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return words(b.String())
}
