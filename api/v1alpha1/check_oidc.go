package v1alpha1

func (c *checker) oidc(b *Base) {
	const at = "openWebUI.oidc"
	w := b.OpenWebUI
	o := w.OIDC
	if o == nil {
		return
	}
	if o.ProviderURL == "" {
		c.errorf(at+".providerURL", "", `missing: want the provider's issuer, such as https://auth.example.org`)
	}
	if u := c.url(at+".providerURL", o.ProviderURL, "https://auth.example.org", "https", "http"); u != nil {
		if u.Scheme == "http" && o.Public() {
			c.errorf(at+".providerURL", "write https", "got %q: the client's secret would cross the internet in clear", o.ProviderURL)
		} else if !o.Public() && c.closed(w) {
			c.errorf(at+".providerURL", "name the provider in openWebUI.allowTo, by namespace and podLabels or by cidrs, with its port",
				"got %q: the NetworkPolicy lets the chat out to a public provider only, at ports 80 and 443", o.ProviderURL)
		}
	}
	if p := b.Proxy; p != nil && c.closed(w) {
		if u := parseURL(p.HTTPS); u != nil && !reachable(u.Hostname(), u.Port()) {
			c.errorf(at, "name the proxy in openWebUI.allowTo, by namespace and podLabels or by cidrs, with its port",
				"goes through the proxy %s, and the NetworkPolicy lets the chat out to public addresses only", p.HTTPS)
		}
	}
	switch {
	case o.ClientID.SecretKeyRef != nil:
		c.secretKeyRef(at+".clientID", o.ClientID)
	case o.ClientID.Value == "":
		c.errorf(at+".clientID", "", `missing or "": want the client's name at the provider, or a secretKeyRef`)
	}
	if c.written(at + ".clientSecret") {
		c.secretKey(at+".clientSecret", *o.ClientSecret)
	}
	c.oneLine(at+".name", o.Name)
}

// closed tells a chat for which the stack opens no way out but to its Ollama.
func (c *checker) closed(w *OpenWebUI) bool {
	return len(w.AllowTo) == 0 && c.read("openWebUI.allowTo")
}
