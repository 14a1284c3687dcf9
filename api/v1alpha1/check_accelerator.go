package v1alpha1

import (
	"fmt"
	"math"
	"strings"
)

func (c *checker) accelerator(o *Ollama) {
	const at = "ollama.accelerator"
	a := o.Accelerator
	if a == nil || !c.read(at+".type") {
		return
	}
	if a.Type == "" {
		c.errorf(at+".type", "", "missing: want nvidia, amd or intel")
		return
	}
	c.intRange(at+".count", 1, 64, "devices")
	c.labelKey(at+".resourceName", a.ResourceName)
	if !strings.Contains(a.ResourceName, "/") {
		c.errorf(at+".resourceName", "", "got %q, want the name of a device plugin's resource, such as nvidia.com/gpu", a.ResourceName)
	}
	for i, group := range a.Groups {
		if group < 1 || group > math.MaxInt32 {
			c.errorf(fmt.Sprintf("%s.groups[%d]", at, i), "see `stat -c %g /dev/kfd` on the node", "got %d, want a group's number, 1 to 2147483647", group)
		}
	}
	c.optionalName(at+".runtimeClassName", a.RuntimeClassName, "a RuntimeClass")
	if a.Type == AcceleratorAMD && !strings.Contains(o.Image.Tag, "rocm") {
		c.warnf("ollama.image.tag", "write "+o.Image.Tag+rocm, "%s has no libraries for AMD, and Ollama would compute on the CPU", o.Image.Tag)
	}
	if a.Type == AcceleratorNVIDIA {
		c.noEffect(at, "type", "NVIDIA's device files are open to every group", "groups")
	}
}
