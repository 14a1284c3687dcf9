package trouble

// sections are all, as docs/troubleshooting.md shows them.
var sections = []Section{
	{"The way in", []Problem{
		{
			Symptom: "nginx: **502**, and the controller's log says `connect() failed … upstream: \"http://127.0.0.1:8181/…\"`",
			Cause:   "That address is F5's placeholder for a Service without a ready pod: it crashes, is out of memory, or has not started. The Ingress and its annotations are fine",
			Action:  "`kubectl get pods,endpointslices`; out of memory: `openWebUI.resources.limits.memory`, `ollama.resources.limits.memory`",
			When:    nginx,
		},
		{
			Symptom: "nginx: **502 or 504** though the pod is ready",
			Cause:   "The NetworkPolicy does not admit the controller",
			Action:  "`expose.from`: its namespace and pod labels; for a controller on the host network `cidrs` with the nodes' addresses",
			When:    nginx,
		},
		{
			Symptom: "nginx: **404 on every path**, `kubectl describe ingress` has the event `Rejected`",
			Cause:   "One annotation has a value that the controller does not understand; it then drops the whole Ingress, also one that worked before",
			Action:  "the event names it. hearth checks what it writes and `expose.annotations`; look for a patch",
			When:    nginx,
		},
		{
			Symptom: "nginx: an annotation has no effect, and no event says so",
			Cause:   "A key that the controller does not know is ignored; so is everything under `nginx.ingress.kubernetes.io/`, which is another controller's",
			Action:  "`expose.annotations` refuses both; look for a patch",
			When:    nginx,
		},
		{
			Symptom: "**426**, or the page reconnects for ever",
			Cause:   "The page tries a WebSocket and the controller drops the Upgrade header: annotation and `ENABLE_WEBSOCKET_SUPPORT` do not agree. [Decision 3](decisions/0003-nginx-websocket.md)",
			Action:  "`expose.webSocket`, which writes both; look for a patch that writes one",
			When:    chatExposed,
		},
		{
			Symptom: "a WebSocket that a company's proxy cuts",
			Cause:   "Something between the people and the controller lets none through",
			Action:  "`expose.webSocket: polling`",
			When:    byUpgrade,
		},
		{
			Symptom: "an **answer ends after 60 seconds** of silence (nginx)",
			Cause:   "The controller's own `proxy-read-timeout`, between two pieces of an answer",
			Action:  "`expose.nginx.readTimeout`, by default `1h`",
			When:    nginx,
		},
		{
			Symptom: "Traefik: an **upload fails after 60 seconds**",
			Cause:   "`respondingTimeouts.readTimeout` of the entry point: the time for a whole request, its body included. Answers and WebSockets are not cut by it",
			Action:  "Traefik's static configuration, see [exposure](exposure.md); no object of ours can set it",
			When:    uploadsByTraefik,
		},
		{
			Symptom: "**413** on an upload",
			Cause:   "The body is larger than the route lets through: nginx's annotation, 1 MiB without it; Traefik's Middleware NAME-body",
			Action:  "`openWebUI.maxUploadSize`, from which both follow",
			When:    chatExposed,
		},
		{
			Symptom: "**400** on an upload, and the pod's log says `No space left on device`",
			Cause:   "Too many uploads at once, or by a Gateway one that is too large: they arrive on a volume of four times `maxUploadSize`",
			Action:  "try again; `openWebUI.maxUploadSize`. [Uploads](exposure.md#uploads)",
			When:    chatExposed,
		},
		{
			Symptom: "**403** to some",
			Cause:   "They are not on the allow list; or all seem to come from one address, that of a node or a load balancer in front",
			Action:  "`allowList` of `expose.nginx` or `expose.traefik`; `externalTrafficPolicy: Local` of the controller's Service, or its PROXY protocol",
			When:    listed,
		},
		{
			Symptom: "Traefik: **404**, and its dashboard shows no router",
			Cause:   "The IngressClass is not Traefik's; or an annotation or Middleware could not be read, and Traefik leaves the whole route out",
			Action:  "`expose.traefik.className`; Traefik's log names the object",
			When:    traefik,
		},
		{
			Symptom: "Traefik: the password is asked for, and never right",
			Cause:   "The Secret has another form than Traefik's `users` key with one `user:hash` a line",
			Action:  "`hearth secrets OVERLAY` makes the right one",
			When:    passwords,
		},
		{
			Symptom: "gateway: **404**, or `hearth verify` says `no Gateway has looked at it yet`",
			Cause:   "The Gateway does not exist, its listener has another name, or its `allowedRoutes` do not admit the namespace",
			Action:  "`expose.gateway`; `kubectl describe httproute`",
			When:    gateway,
		},
		{
			Symptom: "gateway: an **answer ends** after a fixed time",
			Cause:   "The route's timeout is for an answer as a whole",
			Action:  "`expose.gateway.requestTimeout`",
			When:    gateway,
		},
		{
			Symptom: "a certificate that browsers refuse, `TRAEFIK DEFAULT CERT` or an F5 self-signed one",
			Cause:   "There is none for the host yet: cert-manager could not issue it, or the resolver does not exist",
			Action:  "`kubectl describe certificate,order,challenge`; `expose.tls`",
			When:    https,
		},
		{
			Symptom: "the certificate stays pending: the HTTP-01 challenge gets no answer",
			Cause:   "A NetworkPolicy of the namespace closes cert-manager's solver pods; hearth's select its own pods alone",
			Action:  "`expose.tls.certManager.acmeSolver: true`; `kubectl describe challenge`. The issuer's solver has to use the controller of `expose.from`",
			When:    certManager,
		},
	}},
	{"The chat", []Problem{
		{
			Symptom: "**everyone is signed out** after each restart",
			Cause:   "The key that signs sessions is made anew: the Secret is missing, or somebody replaced it",
			Action:  "`hearth secrets OVERLAY`; `openWebUI.secretName`",
			When:    chat,
		},
		{
			Symptom: "signed out at once, or \"cannot sign in\" at `http://`",
			Cause:   "Cookies are marked Secure where the route has TLS, and the page was opened without",
			Action:  "`expose.redirectHTTP`, by default on with TLS",
			When:    chatExposed,
		},
		{
			Symptom: "the page loads, and every request is refused for its **origin**",
			Cause:   "The page was opened by another name than `expose.host`",
			Action:  "`expose.host`; there is one name",
			When:    chatExposed,
		},
		{
			Symptom: "a blank page under a sub-path",
			Cause:   "Open WebUI cannot live under one",
			Action:  "a host of its own",
			When:    chatExposed,
		},
		{
			Symptom: "**people who are no admins** see no models, and an admin does",
			Cause:   "Open WebUI shows a model to its admins alone until one of them shares it (`routers/ollama.py` of 0.9.4)",
			Action:  "an admin makes it public in the page's admin settings, under Models; with `persistentConfig: false` too, as access is no such setting. Or to all people every model: `openWebUI.env: {BYPASS_MODEL_ACCESS_CONTROL: \"True\"}`",
			When:    chat,
		},
		{
			Symptom: "no models to choose from, for an admin either",
			Cause:   "The NetworkPolicy, or the URL, of an Ollama in another namespace",
			Action:  "`openWebUI.ollamaURLs` with `openWebUI.allowTo`, and that Ollama's `allowFrom`",
			When:    elsewhere,
		},
		{
			Symptom: "a question gets **`server busy, please try again. maximum pending requests exceeded`**; or nothing, and that once the page is loaded again",
			Cause:   "More than `OLLAMA_MAX_QUEUE` (512) questions wait for a model that finds no room beside a busy one. Questions for a model in memory wait at it and do not count. Open WebUI 0.9.4 stores the refusal and, when it comes at once, sends it at times before the page listens",
			Action:  "`ollama.maxLoadedModels`, with the memory for it; fewer models",
			When:    chat,
		},
		{
			Symptom: "a **second question waits** long for its first word, though nobody else asks",
			Cause:   "After each answer the chat asks the same model for a title, tags and further questions, and before one about a document for words to search for",
			Action:  "`openWebUI.env`: `ENABLE_TITLE_GENERATION`, `ENABLE_TAGS_GENERATION`, `ENABLE_FOLLOW_UP_GENERATION`, `ENABLE_RETRIEVAL_QUERY_GENERATION`, each `\"False\"`; or a small model for them, `TASK_MODEL`",
			When:    chat,
		},
		{
			Symptom: "killed while it starts (`OOMKilled`)",
			Cause:   "700 to 900 MiB are needed before it serves anybody",
			Action:  "`openWebUI.resources.limits.memory`",
			When:    chat,
		},
		{
			Symptom: "the log says `An error occurred: … /app/backend/open_webui/static/favicon.png` 19 times at each start, with `Permission denied` or, where `openWebUI.readOnlyRootFilesystem` is set, `Read-only file system`",
			Cause:   "Open WebUI copies the page's static files over themselves, and its user may not write there. They stay as the image has them",
			Action:  "nothing: page, icons and PDF export work",
			When:    chat,
		},
	}},
	{"Ollama", []Problem{
		{
			Symptom: "the init container `pull-models` says `lookup HOST … i/o timeout`, `Temporary failure in name resolution` or `server misbehaving`",
			Cause:   "No DNS server answers. The NetworkPolicy admits the pods `k8s-app: kube-dns` of kube-system and 169.254.20.10 alone, at port 53; behind the Service the pods may be others, or listen elsewhere: OpenShift's on 5353, in `openshift-dns`",
			Action:  "`dns`: `to` and `ports` as `kubectl -n kube-system get endpointslices` shows them",
			When:    pulls,
		},
		{
			Symptom: "it says `lookup HOST … no such host`",
			Cause:   "DNS answered: there is no such name",
			Action:  "the registry in `ollama.models`",
			When:    pulls,
		},
		{
			Symptom: "it says `dial tcp ADDRESS … i/o timeout`",
			Cause:   "The NetworkPolicy lets it out to public addresses, at ports 80 and 443",
			Action:  "a registry or proxy of your own: `ollama.allowTo`",
			When:    pulls,
		},
		{
			Symptom: "`model requires more system memory`",
			Cause:   "The model, its context and what else is loaded do not fit into the limit",
			Action:  "`ollama.resources.limits.memory`, `contextLength`, `numParallel`",
			When:    ollama,
		},
		{
			Symptom: "the first word takes a minute",
			Cause:   "The model was unloaded and is read from the volume again",
			Action:  "`ollama.keepAlive`",
			When:    ollama,
		},
	}},
}
