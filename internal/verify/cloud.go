package verify

import "context"

// cloud wants the server to say that it leaves Ollama's cloud alone: what hearth
// sets may be lost on the way, by a patch or by somebody's env.
func (v *verifier) cloud(w *workload) check {
	return check{id: "cloud", subject: w.subject(), title: "Ollama's cloud is off", needs: []string{w.key()}, hint: v.podLogs(w), look: func(ctx context.Context) (result, error) {
		server, err := v.ollama(ctx, w)
		if err != nil {
			return result{}, err
		}
		defer server.close()
		off, known, err := server.cloudOff(ctx)
		switch {
		case err != nil:
			return result{}, err
		case !known:
			return notChecked("this Ollama does not say: it is older than the switch"), nil
		case !off:
			return failed(w.field("env")+", and what changes the pod besides: it wants OLLAMA_NO_CLOUD=1", "on: what is asked of a model of Ollama's cloud leaves the cluster"), nil
		}
		return passed("off"), nil
	}}
}
