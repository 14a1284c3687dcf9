// Package origin says where a measured figure comes from: which commit was
// measured, and on which machine.
package origin
