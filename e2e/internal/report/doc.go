// Package report keeps what a full run saw, and writes it as JSON for programs and as a page with plots for people.
package report
