//go:build unix

// Measured runs a command and prints what it took: processor time of user and
// system and time on the wall, in nanoseconds, and the most memory at once, in
// bytes. It is a program of its own because it is small: on Linux a command's
// peak is at least what the process that starts it has.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "measured: name a command to run")
		os.Exit(2)
	}
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdin, cmd.Stderr = os.Stdin, os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	wall := time.Since(start)
	peak := int64(0)
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		peak = int64(usage.Maxrss) << 10 //nolint:unconvert // 32 bits on some machines; Linux counts KiB
		if runtime.GOOS == "darwin" {
			peak >>= 10
		}
	}
	fmt.Println(int64(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()), int64(wall), peak)
}
