// Package browser is a person at a screen: a headless Chromium that trusts one certificate authority besides those of the
// world, and is told where the test's host names live. It sees pages and clicks on them. It never asks a server's API.
package browser
