package capability

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// Set is a set of Linux capabilities, bit N for capability number N.
type Set uint64

// SysResource lets a process raise its limits and lower its score for the out-of-memory killer.
const SysResource = "CAP_SYS_RESOURCE"

// names holds the capabilities by number, as in linux/capability.h.
var names = strings.Fields(`
	CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP
	CAP_LINUX_IMMUTABLE CAP_NET_BIND_SERVICE CAP_NET_BROADCAST CAP_NET_ADMIN CAP_NET_RAW CAP_IPC_LOCK CAP_IPC_OWNER
	CAP_SYS_MODULE CAP_SYS_RAWIO CAP_SYS_CHROOT CAP_SYS_PTRACE CAP_SYS_PACCT CAP_SYS_ADMIN CAP_SYS_BOOT CAP_SYS_NICE
	CAP_SYS_RESOURCE CAP_SYS_TIME CAP_SYS_TTY_CONFIG CAP_MKNOD CAP_LEASE CAP_AUDIT_WRITE CAP_AUDIT_CONTROL CAP_SETFCAP
	CAP_MAC_OVERRIDE CAP_MAC_ADMIN CAP_SYSLOG CAP_WAKE_ALARM CAP_BLOCK_SUSPEND CAP_AUDIT_READ CAP_PERFMON CAP_BPF
	CAP_CHECKPOINT_RESTORE`)

// Host returns what root can be granted on this host: the bounding set of this process. On another system than Linux the
// Docker daemon runs in a virtual machine of its own, which withholds nothing.
func Host() (Set, error) {
	if runtime.GOOS != "linux" {
		return ^Set(0), nil
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	return ParseStatus(string(status))
}

// ParseStatus reads the CapBnd line of a /proc/PID/status.
func ParseStatus(status string) (Set, error) {
	for line := range strings.Lines(status) {
		if hex, ok := strings.CutPrefix(line, "CapBnd:"); ok {
			bits, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
			if err != nil {
				return 0, fmt.Errorf("the CapBnd line of /proc/self/status: %w", err)
			}
			return Set(bits), nil
		}
	}
	return 0, fmt.Errorf("/proc/self/status has no CapBnd line; want a Linux host")
}

// Has reports whether a capability is in the set. One with an unknown name counts as there: the kernel is newer than this
// list and knows best.
func (c Set) Has(name string) bool {
	number := slices.Index(names, name)
	return number < 0 || c>>number&1 == 1
}
