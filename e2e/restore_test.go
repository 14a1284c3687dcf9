package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/e2e/internal/report"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/build/catalog/restore"
)

// The names in testdata/restore.yaml.
const (
	csiOverlay, csiNamespace           = "csi", "ai"
	longhornOverlay, longhornNamespace = "longhorn", "longhorn"
	snapshotClass                      = "csi-snapshots"
	database                           = "/app/backend/data/webui.db"
)

// restorer is somebody who loses a volume and follows the steps of docs/restore.md.
type restorer struct {
	*reader
	account
	report   *report.Report
	shell    string // what the shell keeps between two commands
	snapshot string
	chat     string // the one before the snapshot, and one after it
	later    string
	file     string
	last     *corev1.Pod
}

// A person of the chat's, and what is to come back.
const (
	restoredEmail, restoredPassword = "ann@e2e.internal", "correct horse battery"
	restoredText                    = "The lighthouse keeper's ferry leaves at noon."
)

// TestRestore takes a snapshot of a chat's volume, breaks the volume, and brings it back by the steps that the documents show,
// each command by bash. Then it follows those for a backup of Longhorn's as far as an API server alone can.
func TestRestore(t *testing.T) {
	s := start(t, wants{full: true, chat: true, snapshots: true, models: []ollama.Model{ollama.SmolLM2()}, namespaces: []string{csiNamespace, longhornNamespace}})
	r := &restorer{reader: &reader{suite: s, folder: t.TempDir(), bin: t.TempDir()}, account: account{at: s, namespace: csiNamespace}}
	r.shell = filepath.Join(r.bin, "variables")
	var err error
	r.report, err = report.New(s.ctx, "..", report.Data{
		Title: "A volume's snapshot, and the way back", Name: "restore", Command: "HEARTH_E2E_IMAGES=source E2E=full go test -run TestRestore ./e2e",
		Versions: []report.Version{
			{Program: "Open WebUI", Version: images.OpenWebUIDeployed.Ref()}, {Program: "Kubernetes", Version: images.KubernetesVersion},
			{Program: "snapshot-controller", Version: images.SnapshotController().Ref},
			{Program: "csi-snapshotter", Version: images.CSISnapshotter().Ref},
			{Program: "csi-provisioner", Version: images.CSIProvisioner().Ref},
			{Program: "CSI driver", Version: images.CSIDriverRef + " of these tests"},
		},
		Missing: []string{
			"A CSI driver that people run: the module proxy serves none with snapshots (csi-driver-host-path, csi-driver-nfs, topolvm and lvm-localpv were asked for). The tests' own copies folders, so a snapshot of a volume that is being written to was not tried.",
			"snapscheduler itself: the module proxy does not serve it. The test takes the snapshots that the SnapshotSchedule asks for, of the claims that it selects, in the class that it names.",
			"Longhorn: neither its engine nor its admission webhooks nor its definitions are to be had as a Go module. An API server took the objects by stand-ins of the definitions, the test said in Longhorn's place that a volume was there, and nothing was written to it.",
		},
	})
	must(t, err)
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"a chat on a volume with snapshots", r.chats},
		{"a snapshot, as the schedule asks for it", r.isKept},
		{"the database is destroyed", r.loses},
		{"the steps bring it back", r.comesBack},
		{"all is there, and is kept again", r.isWhole},
		{"a backup of Longhorn's, without Longhorn", r.longhorn},
	} {
		end := r.report.Begin(part.name)
		passed := t.Run(part.name, part.run)
		end(passed)
		if !passed {
			dir, err := os.MkdirTemp("", "hearth-e2e-restore-")
			must(t, err)
			must(t, r.report.Write(dir))
			t.Fatalf("how far it came: %s", dir)
		}
	}
	must(t, r.report.Write(chatReports))
}

// startSnapshots follows the manifests of the modules. The definitions of the jobs are those of the dry run.
func (r *restorer) startSnapshots(t *testing.T) {
	t.Helper()
	const folder = "/hearth/snapshots"
	must(t, r.CopyDir(r.ctx, "testdata/snapshots", folder))
	for below, from := range map[string]struct {
		images.Module
		dir string
	}{
		"definitions": {images.SnapshotClient(), "config/crd"},
		"controller":  {images.SnapshotController().Module, "deploy/kubernetes/snapshot-controller"},
		"snapshotter": {images.CSISnapshotter().Module, "deploy/kubernetes/csi-snapshotter"},
		"provisioner": {images.CSIProvisioner().Module, "deploy/kubernetes"},
	} {
		dir, err := from.Dir(r.ctx)
		must(t, err)
		must(t, r.CopyDir(r.ctx, filepath.Join(dir, filepath.FromSlash(from.dir)), folder+"/"+below))
	}
	r.docker(t, "exec", r.Node(), "sh", "-c", fmt.Sprintf("sed -i 's|TAG|%s|' %[2]s/kustomization.yaml; sed -i 's|image: PROVISIONER|image: %s|; s|image: SNAPSHOTTER|image: %s|' %[2]s/driver.yaml",
		images.SnapshotController().Version, folder, images.CSIProvisioner().Ref, images.CSISnapshotter().Ref))
	r.kubectl(t, "apply", "--server-side", "-k", folder)
	jobs, err := os.ReadFile("dryrun/testdata/crds.yaml")
	must(t, err)
	r.pipe(t, string(jobs))
	r.kubectl(t, "wait", "--for=condition=Established", "crd", "--all", "--timeout=2m")
	r.pipe(t, `{apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshotClass, metadata: {name: `+snapshotClass+`}, driver: `+images.CSIDriver+`, deletionPolicy: Delete}`)
	r.waitReady(t, "default", "csi-folders", nil, 3*time.Minute)
	r.waitReady(t, "kube-system", "snapshot-controller", nil, 3*time.Minute)
}

func (r *restorer) pipe(t *testing.T, manifest string) {
	t.Helper()
	_, err := r.Kubectl(r.ctx, strings.NewReader(manifest), "apply", "--server-side", "-f", "-")
	must(t, err)
}

// script runs lines in the shell of a person, which keeps its variables from one command to the next.
func (r *restorer) script(t *testing.T, lines string) string {
	t.Helper()
	began := time.Now()
	cmd := exec.CommandContext(r.ctx, "bash", "-euo", "pipefail", "-c", `set -a; if [ -e "$0" ]; then . "$0"; fi
`+lines+`
export -p > "$0"`, r.shell)
	cmd.Dir, cmd.Env, cmd.WaitDelay = r.folder, r.environment, time.Second // for what bash has started
	out, err := cmd.CombinedOutput()
	t.Logf("$ %s (%.1f s)\n%s", lines, time.Since(began).Seconds(), out)
	must(t, err)
	return string(out)
}

// deploy does the first deploy of an overlay.
func (r *restorer) deploy(t *testing.T, overlay string) {
	t.Helper()
	r.script(t, "hearth secrets "+overlay+" --apply --context "+tutorialContext+"\nkubectl apply -k overlays/"+overlay)
}

func (r *restorer) chats(t *testing.T) {
	r.install(t)
	r.script(t, "kubectl config use-context "+tutorialContext)
	r.startSnapshots(t)
	data, err := os.ReadFile("testdata/restore.yaml")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(r.folder, "hearth.yaml"), data, 0o644))
	r.script(t, "hearth render")
	began := time.Now()
	r.deploy(t, csiOverlay)
	r.last = r.waitReady(t, csiNamespace, "open-webui", nil, 10*time.Minute)
	r.report.Figure("from kubectl apply to a ready chat", time.Since(began).Seconds(), "s")

	r.session = r.token(t, "signup", map[string]string{"name": "Ann", "email": restoredEmail, "password": restoredPassword})
	r.chat = r.newChat(t, restoredText)
	r.file = r.upload(t, restoredText, "?process=false")
	r.holds(t)
}

// isKept takes the part of snapscheduler's controller.
func (r *restorer) isKept(t *testing.T) {
	claims := r.scheduled(t, "open-webui")
	if len(claims) != 1 || claims[0] != "open-webui" {
		t.Fatalf("the schedule selects %v, want the chat's claim", claims)
	}
	r.snapshot = "open-webui-" + time.Now().UTC().Format("200601021504")
	began := time.Now()
	r.take(t, "open-webui", claims[0], r.snapshot)
	r.report.Figure("until the snapshot is ready to use", time.Since(began).Seconds(), "s")
	r.later = r.newChat(t, "Written after the snapshot.")
}

type schedule struct {
	Spec struct {
		ClaimSelector    metav1.LabelSelector `json:"claimSelector"`
		SnapshotTemplate struct {
			SnapshotClassName string `json:"snapshotClassName"`
		} `json:"snapshotTemplate"`
	} `json:"spec"`
}

func (r *restorer) schedule(t *testing.T, name string) (s schedule) {
	t.Helper()
	must(t, json.Unmarshal([]byte(r.kubectl(t, "-n", csiNamespace, "get", "snapshotschedules.snapscheduler.backube", name, "-o", "json")), &s))
	return s
}

// scheduled are the claims that the SnapshotSchedule selects.
func (r *restorer) scheduled(t *testing.T, name string) (names []string) {
	t.Helper()
	selector, err := metav1.LabelSelectorAsSelector(&[]schedule{r.schedule(t, name)}[0].Spec.ClaimSelector)
	must(t, err)
	claims, err := r.Client.CoreV1().PersistentVolumeClaims(csiNamespace).List(r.ctx, metav1.ListOptions{})
	must(t, err)
	for _, c := range claims.Items {
		if selector.Matches(labels.Set(c.Labels)) {
			names = append(names, c.Name)
		}
	}
	return names
}

func (r *restorer) take(t *testing.T, schedule, claim, name string) {
	t.Helper()
	r.pipe(t, fmt.Sprintf(`{apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshot, metadata: {name: %s, namespace: %s},
  spec: {volumeSnapshotClassName: %s, source: {persistentVolumeClaimName: %s}}}`, name, csiNamespace, r.schedule(t, schedule).Spec.SnapshotTemplate.SnapshotClassName, claim))
	r.kubectl(t, "-n", csiNamespace, "wait", "volumesnapshot/"+name, "--for=jsonpath={.status.readyToUse}=true", "--timeout=3m")
}

// loses makes the database no database, and waits until the program dies of it.
func (r *restorer) loses(t *testing.T) {
	r.kubectl(t, "-n", csiNamespace, "exec", r.last.Name, "--", "sh", "-c", "rm -f "+database+"-*; head -c 65536 /dev/urandom > "+database)
	must(t, r.Client.CoreV1().Pods(csiNamespace).Delete(r.ctx, r.last.Name, metav1.DeleteOptions{}))
	r.eventually(t, 5*time.Minute, "the chat dies of its database", func() (string, error) {
		p, err := r.pod(csiNamespace, "open-webui")
		if err != nil || p == nil || p.UID == r.last.UID || len(p.Status.ContainerStatuses) == 0 {
			return "no new pod yet", err
		}
		if c := p.Status.ContainerStatuses[0]; c.RestartCount == 0 {
			return describe(p), nil
		}
		return "", nil
	})
	// Another template is no help, which is why the steps stop the pod first.
	broken, err := r.pod(csiNamespace, "open-webui")
	must(t, err)
	r.kubectl(t, "-n", csiNamespace, "patch", "statefulset", "open-webui", "--patch", `{"spec": {"template": {"metadata": {"annotations": {"e2e": "changed"}}}}}`)
	const patience = 20 * time.Second
	time.Sleep(patience)
	p, err := r.pod(csiNamespace, "open-webui")
	must(t, err)
	if p == nil || p.UID != broken.UID {
		t.Error("the StatefulSet replaced a pod that was not ready: the steps need not stop it")
	}
	r.report.Step(func(s *report.Step) {
		s.Notes = append(s.Notes, fmt.Sprintf("the pod restarts again and again, and %s after another template came the StatefulSet has not replaced it: the steps stop it first", patience))
	})
}

// follow does the steps, but those that the test cannot.
func (r *restorer) follow(t *testing.T, overlay, title string, skip func(restore.Step) bool) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(r.folder, "hearth.yaml"))
	must(t, err)
	stack, problems := generator.Load("hearth.yaml", data)
	must(t, problems.Err())
	volumes, err := restore.Of(stack.Name, stack.Overlay(overlay))
	must(t, err)
	for _, way := range volumes[0].Ways {
		if way.Title != title {
			continue
		}
		for i, step := range way.Steps {
			note := fmt.Sprintf("%d. %s", i+1, step.Text)
			began := time.Now()
			switch {
			case skip(step):
				note += " (not here)"
			case step.Stack != "":
				r.write(t, overlay, step.Stack)
			case step.Command == "":
				t.Fatalf("the step has no command: %s", step.Text)
			default:
				r.script(t, step.Command)
			}
			r.report.Step(func(s *report.Step) {
				s.Notes = append(s.Notes, fmt.Sprintf("%s (%.1f s)", note, time.Since(began).Seconds()))
			})
		}
		return
	}
	t.Fatalf("the volume has no way %q: %+v", title, volumes[0])
}

// write puts lines into the stack, in place of the overlay that they are about.
func (r *restorer) write(t *testing.T, overlay, lines string) {
	t.Helper()
	file := filepath.Join(r.folder, "hearth.yaml")
	data, err := os.ReadFile(file)
	must(t, err)
	var whole, part map[string]any
	must(t, yaml.Unmarshal(data, &whole))
	must(t, yaml.Unmarshal([]byte(lines), &part))
	overlays := whole["spec"].(map[string]any)["overlays"].([]any)
	for i := range overlays {
		if overlays[i].(map[string]any)["name"] == overlay {
			overlays[i] = part["spec"].(map[string]any)["overlays"].([]any)[0]
		}
	}
	data, err = yaml.Marshal(whole)
	must(t, err)
	must(t, os.WriteFile(file, data, 0o644))
}

func (r *restorer) comesBack(t *testing.T) {
	began := time.Now()
	r.script(t, "SNAPSHOT="+r.snapshot)
	r.follow(t, csiOverlay, "From a VolumeSnapshot", func(restore.Step) bool { return false })
	r.last = r.waitReady(t, csiNamespace, "open-webui", r.last, 5*time.Minute)
	r.report.Figure("from the first step to a ready chat", time.Since(began).Seconds(), "s")
}

func (r *restorer) isWhole(t *testing.T) {
	r.session = r.token(t, "signin", map[string]string{"email": restoredEmail, "password": restoredPassword})
	r.holds(t)
	if status, _ := r.ask(t, http.MethodGet, "/api/v1/chats/"+r.later, "", nil); status == http.StatusOK {
		t.Error("the chat from after the snapshot is there: this is not the snapshot's state")
	}
	if claim, err := r.Client.CoreV1().PersistentVolumeClaims(csiNamespace).Get(r.ctx, "open-webui", metav1.GetOptions{}); err != nil || claim.DeletionTimestamp != nil {
		t.Errorf("the old claim is gone, which nobody has deleted: %v", err)
	}
	claims := r.scheduled(t, "open-webui-restored")
	if len(claims) != 1 || claims[0] != "open-webui-restored" {
		t.Fatalf("the schedule selects %v, want the restored claim", claims)
	}
	r.take(t, "open-webui-restored", claims[0], "again")
	r.report.Step(func(s *report.Step) {
		s.Notes = append(s.Notes, "the person signs in with her password; her chat and her file are there; what she wrote after the snapshot is not; the old claim is still there; the schedule selects the new claim alone, and a snapshot of it is taken")
	})
}

// longhorn says in Longhorn's place what its engine would have done.
func (r *restorer) longhorn(t *testing.T) {
	manifest, err := os.ReadFile("testdata/longhorn.yaml")
	must(t, err)
	definitions, objects, _ := strings.Cut(string(manifest), "---\napiVersion: v1\nkind: Namespace")
	r.pipe(t, definitions)
	r.kubectl(t, "wait", "--for=condition=Established", "crd", "--all", "--timeout=2m")
	r.pipe(t, "apiVersion: v1\nkind: Namespace"+objects)
	r.deploy(t, longhornOverlay)
	claim := func(name string) (c *corev1.PersistentVolumeClaim) {
		t.Helper()
		r.eventually(t, 2*time.Minute, "the claim "+name+" is bound", func() (string, error) {
			var err error
			c, err = r.Client.CoreV1().PersistentVolumeClaims(longhornNamespace).Get(r.ctx, name, metav1.GetOptions{})
			if err == nil && c.Status.Phase != corev1.ClaimBound {
				return string(c.Status.Phase), nil
			}
			return "", err
		})
		return c
	}
	old := claim("open-webui")
	status := func(kind, name, value string) {
		t.Helper()
		r.kubectl(t, "-n", "longhorn-system", "patch", kind+".longhorn.io", name, "--subresource=status", "--type=merge", "--patch", `{"status": `+value+`}`)
	}
	r.pipe(t, `{apiVersion: longhorn.io/v1beta2, kind: Backup, metadata: {name: backup-1, namespace: longhorn-system, labels: {backup-volume: `+old.Spec.VolumeName+`}}, spec: {snapshotName: s}}`)
	const url = "s3://backups@eu/?backup=backup-1&volume=pvc-1"
	status("backups", "backup-1", `{"state": "Completed", "url": "`+url+`", "volumeSize": "1073741824"}`)

	volume := longhornNamespace + "-open-webui-restored"
	done := make(chan error, 1)
	go func() {
		deadline := time.Now().Add(3 * time.Minute)
		for {
			_, err := r.Kubectl(r.ctx, nil, "-n", "longhorn-system", "get", "volumes.longhorn.io", volume)
			if err == nil || time.Now().After(deadline) {
				break
			}
			time.Sleep(time.Second)
		}
		for _, value := range []string{`{"restoreInitiated": true, "restoreRequired": true}`, `{"restoreRequired": false}`} {
			if _, err := r.Kubectl(r.ctx, nil, "-n", "longhorn-system", "patch", "volumes.longhorn.io", volume, "--subresource=status", "--type=merge", "--patch", `{"status": `+value+`}`); err != nil {
				done <- err
				return
			}
			time.Sleep(3 * time.Second)
		}
		done <- nil
	}()
	r.script(t, "BACKUP=backup-1")
	r.follow(t, longhornOverlay, "From a backup of Longhorn's", func(s restore.Step) bool { return strings.HasPrefix(s.Command, "hearth verify") })
	must(t, <-done)
	if got := r.kubectl(t, "-n", "longhorn-system", "get", "volumes.longhorn.io", volume, "-o", "jsonpath={.spec.fromBackup} {.spec.size}"); got != url+" 1073741824" {
		t.Errorf("the volume is made of %q, want the backup", got)
	}
	restored := claim("open-webui-restored")
	if restored.Spec.VolumeName != volume || restored.Labels["recurring-job-group.longhorn.io/chats"] != "enabled" {
		t.Errorf("the claim is bound to %s, with %v", restored.Spec.VolumeName, restored.Labels)
	}
	if job := r.kubectl(t, "-n", "longhorn-system", "get", "recurringjobs.longhorn.io", "chats", "-o", "jsonpath={.spec.task} {.spec.groups[0]}"); job != "backup chats" {
		t.Errorf("the job is %q", job)
	}
	if mounted := r.kubectl(t, "-n", longhornNamespace, "get", "statefulset", "open-webui", "-o", "jsonpath={.spec.replicas} {.spec.template.spec.volumes[*].persistentVolumeClaim.claimName}"); mounted != "1 open-webui-restored" {
		t.Errorf("the chat has %q, want one pod on the restored claim", mounted)
	}
}

// holds wants the chat and the file from before the snapshot.
func (r *restorer) holds(t *testing.T) {
	t.Helper()
	for _, path := range []string{"/api/v1/chats/" + r.chat, "/api/v1/files/" + r.file + "/content"} {
		if status, answer := r.ask(t, http.MethodGet, path, "", nil); status != http.StatusOK || !strings.Contains(string(answer), restoredText) {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
}
