package v1alpha1

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/hearth-dev/hearth/api/problem"
)

// The scalar types validate as they are decoded and keep the spelling that the
// person chose.

// texts are values as text, for the Values of their type.
func texts[T ~string](values ...T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// ParseQuantity is Kubernetes' own but for numbers with a HugeExponent.
func ParseQuantity(text string) (resource.Quantity, error) {
	if HugeExponent(text) != "" {
		return resource.Quantity{}, fmt.Errorf("%s has an exponent of more than %d digits", problem.Clip(text), maxExponent)
	}
	return resource.ParseQuantity(text)
}

// maxExponent is how many digits the exponent of a number may have. Kubernetes'
// quantities compute the power of ten: of 1e9999 at once, and of 1e1000000000
// for hours.
const maxExponent = 4

// HugeExponent finds a text in JSON that Kubernetes' quantities do not get done
// with: a number with an exponent of too many digits. "" if there is none.
func HugeExponent(value any) string {
	switch v := value.(type) {
	case string:
		mantissa, exponent, found := strings.Cut(strings.ToLower(v), "e")
		digits := strings.TrimLeft(exponent, "+-")
		if found && len(digits) > maxExponent && strings.Trim(mantissa, "+-.0123456789") == "" && strings.Trim(digits, "0123456789") == "" {
			return v
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if text := HugeExponent(v[key]); text != "" {
				return text
			}
		}
	case []any:
		for _, element := range v {
			if text := HugeExponent(element); text != "" {
				return text
			}
		}
	}
	return ""
}

// Quantity is an amount of CPU or memory as Kubernetes writes it: 500m, 2Gi. Or
// it is auto, which is the same as leaving it out, or none where a field says so.
type Quantity string

// The words among quantities.
const (
	Auto Quantity = "auto"
	None Quantity = "none"
)

// UnmarshalText accepts a positive Kubernetes quantity, auto and none.
func (q *Quantity) UnmarshalText(text []byte) error {
	if word := Quantity(text); word == Auto || word == None {
		*q = word
		return nil
	}
	v, err := ParseQuantity(string(text))
	if err != nil {
		return errors.New("not a quantity: want a number with an optional unit, such as 4, 500m, 1500Mi or 8Gi")
	}
	if v.Sign() <= 0 {
		return errors.New("want a quantity above 0")
	}
	*q = Quantity(text)
	return nil
}

// Parsed is the quantity as Kubernetes' own type; the zero quantity if unset or
// none.
func (q Quantity) Parsed() resource.Quantity {
	v, err := ParseQuantity(string(q))
	if err != nil { // only "" and the words get past UnmarshalText
		return resource.Quantity{}
	}
	return v
}

// Duration is a span of time as Go and cert-manager write it: 90s, 720h.
type Duration string

// UnmarshalText accepts a positive Go duration in whole seconds.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		if _, err := strconv.ParseUint(string(text), 10, 64); err == nil && string(text) != "0" {
			return fmt.Errorf("want a unit too: %[1]ss, %[1]sm or %[1]sh", text)
		}
		if days, err := strconv.ParseUint(strings.TrimSuffix(string(text), "d"), 10, 16); err == nil {
			return fmt.Errorf("there is no unit for days: write %dh", days*24)
		}
		return errors.New("not a duration: want a number with a unit, such as 90s, 10m or 720h")
	}
	if v < time.Second || v%time.Second != 0 {
		return errors.New("want a duration of at least 1s, in whole seconds")
	}
	*d = Duration(text)
	return nil
}

// Parsed is the duration as a Go value; 0 if unset.
func (d Duration) Parsed() time.Duration {
	v, _ := time.ParseDuration(string(d)) // only the empty string gets past UnmarshalText
	return v
}

// KeepAlive is a Duration, or -1 for ever, or 0 for not at all.
type KeepAlive string

// UnmarshalText accepts a duration, 0 or -1.
func (k *KeepAlive) UnmarshalText(text []byte) error {
	if s := string(text); s != "-1" && s != "0" {
		var d Duration
		if err := d.UnmarshalText(text); err != nil {
			return fmt.Errorf("%w; -1 keeps the model for ever, and 0 unloads it at once", err)
		}
	}
	*k = KeepAlive(text)
	return nil
}

// BodySize is the largest request body: a memory quantity in whole KiB, or 0
// for no limit.
type BodySize string

// UnmarshalText accepts 0, or a quantity that nginx can write in k, m or g.
func (b *BodySize) UnmarshalText(text []byte) error {
	v, err := ParseQuantity(string(text))
	if err != nil || v.Sign() < 0 || v.Value()%1024 != 0 {
		return errors.New("want a size in whole KiB, such as 10Mi or 1Gi, or 0 for no limit")
	}
	*b = BodySize(text)
	return nil
}

// Bytes of the largest body; 0 is no limit.
func (b BodySize) Bytes() int64 {
	v, err := ParseQuantity(string(b))
	if err != nil { // only the empty string gets past UnmarshalText
		return 0
	}
	return v.Value()
}

// CIDR is a range of addresses: 10.0.0.0/8, 2001:db8::/32.
type CIDR string

// UnmarshalText accepts a range whose host bits are zero.
func (c *CIDR) UnmarshalText(text []byte) error {
	p, err := netip.ParsePrefix(string(text))
	if err != nil {
		if a, err := netip.ParseAddr(string(text)); err == nil {
			return fmt.Errorf("want a range, not an address: write %s/%d", a, a.BitLen())
		}
		return errors.New("not a range of addresses: want such as 10.0.0.0/8 or 2001:db8::/32")
	}
	if p.Addr().Is4In6() {
		return errors.New("want an IPv4 range in IPv4's form: 10.0.0.0/8, not ::ffff:10.0.0.0/104")
	}
	if p.Masked() != p {
		return fmt.Errorf("the address has bits outside the prefix: write %s", p.Masked())
	}
	*c = CIDR(text)
	return nil
}

// Port is a port's number.
type Port int

// UnmarshalText accepts 1 to 65535.
func (p *Port) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 10, 16)
	if err != nil || n == 0 {
		return errors.New("want a port, 1 to 65535")
	}
	*p = Port(n)
	return nil
}
