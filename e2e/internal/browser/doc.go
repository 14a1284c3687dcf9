// Package browser is a person at a screen: a headless Chromium that trusts one certificate authority besides those of the
// world, and finds the test's host names where its options say. It sees pages and clicks on them. It never asks a server's API.
package browser
