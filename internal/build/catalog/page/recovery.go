package page

import (
	"fmt"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/catalog/markdown"
	"github.com/hearth-dev/hearth/internal/build/catalog/restore"
	"github.com/hearth-dev/hearth/internal/sizetext"
	"github.com/hearth-dev/hearth/sizing"
)

func (p *page) recovery() string {
	runbook := "the steps below"
	if l := p.links(v1alpha1.LinkRunbook); l != notSaid {
		runbook = l + ", and the steps below"
	}
	prerequisites := "storage capacity for a second volume beside the first"
	if p.any(hasChat) {
		prerequisites += "; the version of Open WebUI that wrote the data, or a newer one"
	}
	blocks := []string{strings.Join([]string{
		"- Backup method: " + p.backupMethod(),
		"- Restore prerequisites: " + prerequisites + "; the Secrets of section 4.",
		"- Related runbook: " + runbook + ".",
	}, "\n")}
	blocks = append(blocks, p.databases()...)
	for _, v := range p.volumes {
		blocks = append(blocks,
			"### Volume of "+v.Program+" in "+markdown.Text(v.Namespace),
			holds(v), "Earlier states: "+v.Kept)
		for _, w := range v.Ways {
			blocks = append(blocks, "#### "+w.Title+": "+v.Program+" in "+markdown.Text(v.Namespace), w.Markdown())
		}
		if len(v.Ways) == 0 {
			blocks = append(blocks, "There is no way back.")
		}
	}
	return paragraphs(blocks...)
}

func holds(v restore.Volume) string {
	if len(v.Claims) > 1 {
		return fmt.Sprintf("The claims %s of %s hold %s, each.", code(v.Claims), markdown.Code(v.Workload), v.Holds)
	}
	return fmt.Sprintf("The claim %s of %s holds %s.", code(v.Claims), markdown.Code(v.Workload), v.Holds)
}

// databases are what the chats' servers hold, and who keeps earlier states of it.
func (p *page) databases() []string {
	var blocks []string
	for i := range p.overlay.Bases {
		b := &p.overlay.Bases[i]
		if !onServer(b) {
			continue
		}
		d := &b.OpenWebUI.Database
		text := "Chats, accounts and settings are in the database that the Secret " + markdown.Code(d.URL().Name) + " leads to. Its own server keeps earlier states of it: hearth writes no backup of a database."
		if c := d.CloudNativePG; c != nil {
			text = "Chats, accounts and settings are in " + markdown.Code("Cluster/"+c.Name) + " of CloudNativePG. A ScheduledBackup of the operator's keeps earlier states of it: write one into the overlay's resources."
		}
		blocks = append(blocks, "### Database of Open WebUI in "+markdown.Text(b.Namespace), text)
	}
	return blocks
}

func (p *page) backupMethod() string {
	kept := map[string]string{"snapshot": "snapshots of the volume", "backup": "backups of the volume, outside it", "none": "none"}
	if m, one := kept[p.backupClass()]; one {
		return m + "; see below."
	}
	return p.backupClass() + "; see below."
}

func (p *page) release() string {
	var versions []string
	for i := range p.overlay.Bases {
		b := &p.overlay.Bases[i]
		for _, w := range running(b) {
			v := w.program + " " + markdown.Code(w.Image.Tag)
			if w.Image.Digest != "" {
				v += ", digest " + markdown.Code(w.Image.Digest)
			} else {
				v += ", without a digest"
			}
			versions = append(versions, v)
		}
	}
	change := markdown.Text(p.about.LastChange)
	if change == "" {
		change = "Git's history has it: " + markdown.Code("git log -- hearth.yaml "+p.folder())
	}
	forward := "Every volume stays as it is: a size does not shrink, and models that were pulled stay."
	if p.any(hasChat) {
		forward += " Open WebUI's database moves forward only: an older version may not start on it, and the way back is a copy of the volume from before."
	}
	return paragraphs(
		strings.Join([]string{
			"- Current deployed app version: " + strings.Join(versions, "; ") + ".",
			"- Current chart version: N/A, the objects are hearth's own.",
			"- Last significant change: " + change,
			"- Rollback reference: previous overlay revision in Git.",
		}, "\n"),
		"### Release", "Change `hearth.yaml`, then:", fence([]string{
			"hearth render", "hearth diff", "git commit --all", "hearth verify " + p.overlay.Name + " --context CONTEXT # once it is deployed",
		}),
		"### Rollback", "Undo the commit; what deploys from Git does the rest.", fence([]string{
			"git revert COMMIT", "hearth render --check", "hearth verify " + p.overlay.Name + " --context CONTEXT # once it is deployed",
		}),
		forward)
}

func (p *page) sizing() string {
	var blocks []string
	for i := range p.overlay.Bases {
		b := &p.overlay.Bases[i]
		for _, w := range running(b) {
			r, program := w.Resources, w.program
			if w.field == keysField {
				program += " " + w.name // as many as there are Ollamas
			}
			if w.pods > 1 {
				program = fmt.Sprintf("Each of %d pods of %s", w.pods, program)
			}
			blocks = append(blocks, fmt.Sprintf("%s in %s asks for %s CPU and %s of memory, and gets at most %s and %s.", markdown.Text(program), markdown.Code(b.Namespace),
				markdown.Code(string(r.Requests.CPU)), markdown.Code(string(r.Requests.Memory)), markdown.Code(string(r.Limits.CPU)), markdown.Code(string(r.Limits.Memory))))
			if w.field == "ollama" {
				blocks = append(blocks, ollamaSizing(b))
			}
		}
	}
	if len(blocks) == 0 || !p.any(hasOllama) {
		return paragraphs(append(blocks, "Models are elsewhere.")...)
	}
	return paragraphs(blocks...)
}

// ollamaSizing is what hearth size prints of the models.
func ollamaSizing(b *v1alpha1.Base) string {
	o := b.Ollama
	known, unknown := b.Sizes()
	var blocks []string
	var models [][]string
	for _, m := range known {
		digest := notSaid
		if m.Digest != "" {
			digest = markdown.Code(m.Digest)
		}
		models = append(models, []string{
			markdown.Code(m.Name), sizetext.Parameters(m.Parameters), markdown.Text(m.Quantization), sizing.Decimal(m.DiskBytes), digest,
		})
	}
	for _, name := range unknown {
		models = append(models, []string{markdown.Code(name), notSaid, notSaid, notSaid, notSaid})
	}
	if len(models) > 0 {
		blocks = append(blocks, markdown.Table([]string{"Model", "Parameters", "Format", "Disk", "Digest"}, models))
	}
	if len(unknown) > 0 {
		blocks = append(blocks, "Of "+code(unknown)+" no figures are known: the sums below leave them out.")
	}
	if o.LargestModel != "" {
		blocks = append(blocks, "People pull models of their own, of up to "+markdown.Code(string(o.LargestModel))+" each: which, and how many, nobody but the server knows. "+
			"The sums below have one such model, and the volume is not checked for more.")
	}
	if len(known) == 0 && o.LargestModel == "" {
		return paragraphs(blocks...)
	}
	need := b.Need()
	var rows [][]string
	add := func(model string, r sizetext.Row) {
		rows = append(rows, []string{model, markdown.Text(r.Name), markdown.Text(r.Amount), markdown.Text(r.Formula)})
	}
	for i, r := range sizetext.Terms(need.Terms) {
		add(markdown.Code(need.Terms[i].Model), r)
	}
	for i, r := range sizetext.DeviceTerms(need) {
		add(markdown.Code(need.Device.Terms[i].Model), r)
	}
	for _, r := range sizetext.Totals(need, b.Volume()) {
		add("", r)
	}
	if o.Replicas > 1 {
		limit, size := o.Resources.Limits.Memory.Parsed(), o.Storage.Size.Parsed()
		if !o.VolumeEach() {
			size.Set(0)
		}
		for _, r := range sizetext.Replicas(o.Replicas, limit.Value(), size.Value()) {
			add("", r)
		}
	}
	blocks = append(blocks, fmt.Sprintf("Tokens of context: %d; requests at a time: %d; models in memory at most: %d.", o.ContextLength, o.NumParallel, o.MaxLoadedModels),
		markdown.Table([]string{"Model", "Part", "Amount", "Arithmetic"}, rows))
	return paragraphs(blocks...)
}
