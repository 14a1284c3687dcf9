package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/term"
)

// dialogue asks the person at a terminal.
type dialogue struct {
	in  *bufio.Reader
	out io.Writer
	// terminal is false where nobody is there to answer: nothing is asked then.
	terminal bool
	// hidden reads a line that does not appear on the screen.
	hidden func() (string, error)
}

// newDialogue asks on stderr: stdout may go into a file.
func newDialogue(stdin io.Reader, stderr io.Writer) *dialogue {
	in, ok := stdin.(*os.File)
	out, shown := stderr.(*os.File)
	d := &dialogue{in: bufio.NewReader(stdin), out: stderr}
	if ok && shown && term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(out.Fd())) {
		d.terminal, d.hidden = true, func() (string, error) { return readHidden(int(in.Fd())) }
	}
	return d
}

// readHidden leaves the terminal as it was, also where Ctrl-C ends the program.
func readHidden(fd int) (string, error) {
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	interrupted, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(interrupted, os.Interrupt)
	defer signal.Stop(interrupted)
	defer close(done)
	go func() {
		select {
		case <-interrupted:
			_ = term.Restore(fd, before)
			os.Exit(130) // as a shell says of a program that Ctrl-C ended
		case <-done:
		}
	}()
	line, err := term.ReadPassword(fd)
	return string(line), err
}

// tries is how often a question is asked again.
const tries = 3

// ask wants an answer that check accepts; an empty one is fallback. Ctrl-D is an
// empty answer.
func (d *dialogue) ask(question, fallback string, check func(string) error) (string, error) {
	if fallback != "" {
		question += " [" + fallback + "]"
	}
	return d.until(question, check, func() (string, error) {
		line, err := d.in.ReadString('\n')
		if errors.Is(err, io.EOF) {
			err = nil
			fmt.Fprintln(d.out)
		}
		if line = strings.TrimSpace(line); line == "" {
			line = fallback
		}
		return line, err
	})
}

// secret is ask for what nobody else should see.
func (d *dialogue) secret(question string, check func(string) error) (string, error) {
	return d.until(question+" (not shown)", check, func() (string, error) {
		line, err := d.hidden()
		fmt.Fprintln(d.out)
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return line, err
	})
}

func (d *dialogue) until(question string, check func(string) error, read func() (string, error)) (string, error) {
	var last error
	for range tries {
		fmt.Fprintf(d.out, "%s: ", question)
		answer, err := read()
		if err != nil {
			return "", err
		}
		if last = check(answer); last == nil {
			return answer, nil
		}
		fmt.Fprintf(d.out, "  %v\n", last)
	}
	return "", last
}
