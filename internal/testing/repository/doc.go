// Package repository holds the promises that the repository makes as a whole,
// each of them a test: imports go one way and the generator stays pure; every
// value of the two reference documents comes out of the committed stack or is
// explained in docs/deviations.md; docs/network.md says what the committed
// NetworkPolicies admit; the README's figures are those of the reports; the
// commands that pages show find what they name.
package repository
