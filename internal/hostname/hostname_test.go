package hostname

import "testing"

func TestFold(t *testing.T) {
	for host, want := range map[string]string{
		"":                             "",
		"Chat.Example.ORG":             "chat.example.org",
		"Chat.${SECRET_DOMAIN}":        "chat.${SECRET_DOMAIN}",
		"${NAME:=Chat}.Home.${DOMAIN}": "${NAME:=Chat}.home.${DOMAIN}",
		"${Unfinished.Example.org":     "${unfinished.example.org",
		"A.${ONE}, B.${TWO}":           "a.${ONE}, b.${TWO}",
	} {
		if got := Fold(host); got != want {
			t.Errorf("%q is folded to %q, want %q", host, got, want)
		}
	}
}
