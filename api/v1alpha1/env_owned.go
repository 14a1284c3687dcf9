package v1alpha1

// variable is an environment variable that env may not have, for hearth sets it,
// or another one that decides whether it is read.
type variable struct{ reason, fix string } // without a reason, hearth sets it

// owned looks a variable up in a table of them.
func owned(table map[string]variable, name string) (variable, bool) {
	if IsKeyVariable(name) { // a part of OPENAI_API_KEYS
		name = "OPENAI_API_KEYS"
	}
	found, ok := table[name]
	if found.reason == "" {
		found.reason = "hearth sets this variable"
	}
	return found, ok
}

// Reasons that several variables share. What decides whether another is read is
// from config.py, env.py and start.sh of Open WebUI v0.9.4.
const (
	otherProxy   = "hearth sets HTTP_PROXY, HTTPS_PROXY and NO_PROXY, and a program may read either"
	noSuchEngine = "hearth sets RAG_EMBEDDING_ENGINE, and no engine of openWebUI.embedding reads it"
	offline      = "hearth sets OFFLINE_MODE, under which nobody reads it"

	databaseField = "openWebUI.database says where the data is"
	useDatabase   = "use openWebUI.database: {type: postgres, postgres: {url: {name: SECRET, key: KEY}}}, whose Secret holds the whole URL"
)

// ollamaOwned are the variables that hearth sets for Ollama, and where to set
// them instead.
var ollamaOwned = map[string]variable{
	"ALL_PROXY":                {otherProxy, "use proxy"},
	"HOME":                     {fix: "remove it: the volume is mounted there"},
	"HTTPS_PROXY":              {fix: "use proxy.https"},
	"HTTP_PROXY":               {fix: "use proxy.http"},
	"LLAMA_ARG_CACHE_RAM":      {fix: "use ollama.promptCache"},
	"LLAMA_ARG_THREADS":        {fix: "use ollama.threads"},
	"NO_PROXY":                 {fix: "use proxy.noProxy"},
	"OLLAMA_CONTEXT_LENGTH":    {fix: "use ollama.contextLength"},
	"OLLAMA_FLASH_ATTENTION":   {fix: "use ollama.kvCacheType, which turns it on"},
	"OLLAMA_HOST":              {fix: "remove it: Service, probes and policy lean on the port"},
	"OLLAMA_KEEP_ALIVE":        {fix: "use ollama.keepAlive"},
	"OLLAMA_KV_CACHE_TYPE":     {fix: "use ollama.kvCacheType"},
	"OLLAMA_LOAD_TIMEOUT":      {fix: "use ollama.loadTimeout"},
	"OLLAMA_MAX_LOADED_MODELS": {fix: "use ollama.maxLoadedModels"},
	"OLLAMA_MODELS":            {fix: "use ollama.modelsFolder, a folder of the volume"},
	"OLLAMA_NO_CLOUD":          {fix: "remove it: prompts must not leave the cluster"},
	"OLLAMA_NUM_PARALLEL":      {fix: "use ollama.numParallel"},
	"SSL_CERT_DIR":             {fix: "use caBundle"},
	"SSL_CERT_FILE":            {"hearth sets SSL_CERT_DIR, in the place of which it is read", "use caBundle"},
	"all_proxy":                {otherProxy, "use proxy"},
	"http_proxy":               {otherProxy, "use proxy.http"},
	"https_proxy":              {otherProxy, "use proxy.https"},
	"no_proxy":                 {otherProxy, "use proxy.noProxy"},
}

// llamaCppOwned are the variables that hearth sets for llama.cpp, and where to set
// them instead.
var llamaCppOwned = map[string]variable{
	"HOME":          {fix: "remove it: it is a folder that can be written to"},
	"LLAMA_API_KEY": {fix: "use engine.secretName"},
	"POD_NAME":      {fix: "remove it: by it the server finds its workers"},
}

// vllmOwned are the variables that hearth sets for vLLM, and where to set them
// instead.
var vllmOwned = map[string]variable{
	"ALL_PROXY":            {otherProxy, "use proxy"},
	"HF_HOME":              {fix: "remove it: it is huggingface/ of the volume"},
	"HF_HUB_OFFLINE":       {fix: "use engine.pull"},
	"HOME":                 {fix: "remove it: the volume is mounted there"},
	"HTTPS_PROXY":          {fix: "use proxy.https"},
	"HTTP_PROXY":           {fix: "use proxy.http"},
	"NO_PROXY":             {fix: "use proxy.noProxy"},
	"REQUESTS_CA_BUNDLE":   {fix: "use caBundle"},
	"SSL_CERT_FILE":        {fix: "use caBundle"},
	"USER":                 {fix: "remove it: PyTorch asks for the user's name, which the image does not know"},
	"VLLM_API_KEY":         {fix: "use engine.secretName"},
	"VLLM_HOST_IP":         {fix: "remove it: it is the pod's address"},
	"VLLM_NO_USAGE_STATS":  {fix: "remove it: nothing is reported to others"},
	"VLLM_SERVER_DEV_MODE": {"it opens paths without a key, by which others run what they like in the server", "remove it"},
	"all_proxy":            {otherProxy, "use proxy"},
	"http_proxy":           {otherProxy, "use proxy.http"},
	"https_proxy":          {otherProxy, "use proxy.https"},
	"no_proxy":             {otherProxy, "use proxy.noProxy"},
}

// openWebUIOwned are the variables that hearth sets for Open WebUI, and where
// to set them instead.
var openWebUIOwned = map[string]variable{
	"ALL_PROXY":                           {otherProxy, "use proxy"},
	"CORS_ALLOW_ORIGIN":                   {fix: "remove it: it follows from expose"},
	"CURL_CA_BUNDLE":                      {"hearth sets REQUESTS_CA_BUNDLE, which goes before it", "use caBundle"},
	"DATA_DIR":                            {fix: "remove it: the volume is mounted there"},
	"DATABASE_HOST":                       {databaseField, useDatabase},
	"DATABASE_NAME":                       {databaseField, useDatabase},
	"DATABASE_PASSWORD":                   {databaseField, useDatabase},
	"DATABASE_PORT":                       {databaseField, useDatabase},
	"DATABASE_TYPE":                       {databaseField, useDatabase},
	"DATABASE_URL":                        {databaseField, useDatabase},
	"DATABASE_USER":                       {databaseField, useDatabase},
	"ENABLE_OAUTH_SIGNUP":                 {fix: "use openWebUI.oidc.signUp"},
	"ENABLE_OLLAMA_API":                   {fix: "remove it: it follows from ollama and openWebUI.ollamaURLs"},
	"ENABLE_OPENAI_API":                   {fix: "remove it: it follows from openWebUI.backends"},
	"ENABLE_OTEL":                         {fix: "use monitoring.openTelemetry"},
	"ENABLE_OTEL_LOGS":                    {fix: "use monitoring.openTelemetry.signals"},
	"ENABLE_OTEL_METRICS":                 {fix: "use monitoring.openTelemetry.signals"},
	"ENABLE_OTEL_TRACES":                  {fix: "use monitoring.openTelemetry.signals"},
	"ENABLE_PERSISTENT_CONFIG":            {fix: "use openWebUI.persistentConfig"},
	"ENABLE_SIGNUP":                       {fix: "use openWebUI.signUp"},
	"ENABLE_VERSION_UPDATE_CHECK":         {fix: "remove it: nothing is to be looked up outside"},
	"ENABLE_WEBSOCKET_SUPPORT":            {fix: "use expose.webSocket"},
	"HF_HUB_OFFLINE":                      {offline, "remove it"},
	"HOME":                                {fix: "remove it"},
	"HTTPS_PROXY":                         {fix: "use proxy.https"},
	"HTTP_PROXY":                          {fix: "use proxy.http"},
	"K8S_FLAG":                            {"hearth sets OLLAMA_BASE_URLS, which goes before it", "use openWebUI.ollamaURLs"},
	"NO_PROXY":                            {fix: "use proxy.noProxy"},
	"OAUTH_CLIENT_ID":                     {fix: "use openWebUI.oidc.clientID"},
	"OAUTH_CLIENT_SECRET":                 {fix: "use openWebUI.oidc.clientSecret"},
	"OAUTH_PROVIDER_NAME":                 {fix: "use openWebUI.oidc.name"},
	"OFFLINE_MODE":                        {fix: "remove it: nothing is to be looked up outside"},
	"OLLAMA_API_BASE_URL":                 {"hearth sets OLLAMA_BASE_URLS, which goes before it", "use openWebUI.ollamaURLs"},
	"OLLAMA_BASE_URL":                     {fix: "use openWebUI.ollamaURLs"},
	"OLLAMA_BASE_URLS":                    {fix: "use openWebUI.ollamaURLs"},
	"OPENAI_API_BASE_URL":                 {fix: "use openWebUI.backends"},
	"OPENAI_API_BASE_URLS":                {fix: "use openWebUI.backends"},
	"OPENAI_API_KEY":                      {fix: "use openWebUI.backends"},
	"OPENAI_API_KEYS":                     {fix: "use openWebUI.backends"},
	"OPENID_PROVIDER_URL":                 {fix: "use openWebUI.oidc.providerURL"},
	"OPENID_REDIRECT_URI":                 {fix: "remove it: it follows from expose"},
	"OTEL_EXPORTER_OTLP_ENDPOINT":         {fix: "use monitoring.openTelemetry.endpoint"},
	"OTEL_EXPORTER_OTLP_INSECURE":         {fix: "remove it: it follows from monitoring.openTelemetry.endpoint"},
	"OTEL_LOGS_EXPORTER_OTLP_ENDPOINT":    {fix: "use monitoring.openTelemetry.endpoint"},
	"OTEL_METRICS_EXPORTER_OTLP_ENDPOINT": {fix: "use monitoring.openTelemetry.endpoint"},
	"OTEL_OTLP_SPAN_EXPORTER":             {fix: "use monitoring.openTelemetry.protocol"},
	"PORT":                                {fix: "remove it: Service, probes and policy lean on the port"},
	"RAG_AZURE_OPENAI_API_KEY":            {noSuchEngine, "use openWebUI.embedding"},
	"RAG_AZURE_OPENAI_API_VERSION":        {noSuchEngine, "use openWebUI.embedding"},
	"RAG_AZURE_OPENAI_BASE_URL":           {noSuchEngine, "use openWebUI.embedding"},
	"RAG_EMBEDDING_ENGINE":                {fix: "use openWebUI.embedding.engine"},
	"RAG_EMBEDDING_MODEL":                 {fix: "use openWebUI.embedding.model"},
	"RAG_EMBEDDING_MODEL_AUTO_UPDATE":     {offline, "remove it"},
	"RAG_FILE_MAX_SIZE":                   {fix: "use openWebUI.maxUploadSize"},
	"RAG_OLLAMA_BASE_URL":                 {fix: "remove it: it follows from openWebUI.embedding"},
	"RAG_OPENAI_API_BASE_URL":             {noSuchEngine, "use openWebUI.embedding"},
	"RAG_OPENAI_API_KEY":                  {noSuchEngine, "use openWebUI.embedding"},
	"RAG_RERANKING_MODEL_AUTO_UPDATE":     {offline, "remove it"},
	"REQUESTS_CA_BUNDLE":                  {fix: "use caBundle"},
	"SSL_CERT_DIR":                        {"hearth sets SSL_CERT_FILE, beside which it is read", "use caBundle"},
	"SSL_CERT_FILE":                       {fix: "use caBundle"},
	"TMPDIR":                              {fix: "remove it: uploads arrive on a volume of their own"},
	"USE_OLLAMA_DOCKER":                   {"hearth sets OLLAMA_BASE_URLS, which goes before it", "use openWebUI.ollamaURLs"},
	"WEBUI_ADMIN_EMAIL":                   {fix: "use openWebUI.signUp: closed"},
	"WEBUI_ADMIN_PASSWORD":                {fix: "use openWebUI.signUp: closed"},
	"WEBUI_AUTH_COOKIE_SECURE":            {fix: "remove it: it follows from expose.tls"},
	"WEBUI_JWT_SECRET_KEY":                {"hearth sets WEBUI_SECRET_KEY, which goes before it", "use openWebUI.secretName"},
	"WEBUI_NAME":                          {fix: "use openWebUI.name"},
	"WEBUI_SECRET_KEY":                    {fix: "use openWebUI.secretName"},
	"WEBUI_SECRET_KEY_FILE":               {"hearth sets WEBUI_SECRET_KEY, which goes before it", "use openWebUI.secretName"},
	"WEBUI_SESSION_COOKIE_SECURE":         {fix: "remove it: it follows from expose.tls"},
	"WEBUI_URL":                           {fix: "remove it: it follows from expose"},
	"WHISPER_MODEL_AUTO_UPDATE":           {offline, "remove it"},
	"all_proxy":                           {otherProxy, "use proxy"},
	"http_proxy":                          {otherProxy, "use proxy.http"},
	"https_proxy":                         {otherProxy, "use proxy.https"},
	"no_proxy":                            {otherProxy, "use proxy.noProxy"},
}

// ollamaUnread are variables that people set, and that Ollama's server does not
// read: names of its options by request, of its flags, of llama.cpp, and of
// other people's images. What serves the wish stands beside each.
var ollamaUnread = map[string]string{
	"OLLAMA_NUM_CTX":         "use ollama.contextLength",
	"OLLAMA_CTX":             "use ollama.contextLength",
	"OLLAMA_CONTEXT":         "use ollama.contextLength",
	"OLLAMA_CONTEXT_SIZE":    "use ollama.contextLength",
	"OLLAMA_CONTEXT_WINDOW":  "use ollama.contextLength",
	"OLLAMA_CTX_SIZE":        "use ollama.contextLength",
	"OLLAMA_MAX_TOKENS":      "use ollama.contextLength",
	"OLLAMA_PARALLEL":        "use ollama.numParallel",
	"OLLAMA_CONCURRENCY":     "use ollama.numParallel",
	"OLLAMA_MAX_PARALLEL":    "use ollama.numParallel",
	"OLLAMA_NUM_THREAD":      "use ollama.threads",
	"OLLAMA_NUM_THREADS":     "use ollama.threads",
	"OLLAMA_THREADS":         "use ollama.threads",
	"OLLAMA_CPU_THREADS":     "use ollama.threads",
	"OLLAMA_MAX_VRAM":        "write OLLAMA_GPU_OVERHEAD, which keeps memory of a GPU free",
	"OLLAMA_GPU":             "use ollama.accelerator",
	"OLLAMA_GPU_LAYERS":      "use ollama.accelerator; how much of a model fits on it, Ollama finds out itself",
	"OLLAMA_NUM_GPU":         "use ollama.accelerator; how much of a model fits on it, Ollama finds out itself",
	"OLLAMA_INTEL_GPU":       "use ollama.accelerator",
	"OLLAMA_CUDA":            "use ollama.accelerator",
	"OLLAMA_MODEL":           "use ollama.models",
	"OLLAMA_PULL_MODELS":     "use ollama.models",
	"OLLAMA_PORT":            "remove it: Service, probes and policy lean on the port",
	"OLLAMA_LOG_LEVEL":       `write OLLAMA_DEBUG: "1"`,
	"OLLAMA_LOGLEVEL":        `write OLLAMA_DEBUG: "1"`,
	"OLLAMA_VERBOSE":         `write OLLAMA_DEBUG: "1"`,
	"OLLAMA_TIMEOUT":         "use ollama.loadTimeout",
	"OLLAMA_CORS":            "write OLLAMA_ORIGINS, with the origins of the pages that may ask",
	"OLLAMA_ALLOWED_ORIGINS": "write OLLAMA_ORIGINS, with the origins of the pages that may ask",
	"OLLAMA_API_KEY":         "remove it: Ollama has no password; expose.nginx.basicAuth and expose.traefik.basicAuth ask for one",
	"OLLAMA_KV_CACHE":        "use ollama.kvCacheType",
	"OLLAMA_CACHE_TYPE":      "use ollama.kvCacheType",
	"OLLAMA_KEEPALIVE":       "use ollama.keepAlive",
	"OLLAMA_UNLOAD_TIMEOUT":  "use ollama.keepAlive",
	"OLLAMA_PROXY":           "use proxy.https",
	"OLLAMA_PROXY_URL":       "use proxy.https",
	"OLLAMA_BASE_URL":        "use openWebUI.ollamaURLs: the chat reads it, and Ollama does not",
	"OLLAMA_BASE_URLS":       "use openWebUI.ollamaURLs: the chat reads it, and Ollama does not",
	"OLLAMA_API_BASE_URL":    "use openWebUI.ollamaURLs: the chat reads it, and Ollama does not",
	"OLLAMA_RUNNERS_DIR":     "remove it: Ollama finds its libraries itself",
	"OLLAMA_TMPDIR":          "remove it",
	"OLLAMA_USE_MMAP":        "remove it: it is an option of a request",
	"OLLAMA_NUM_BATCH":       "remove it: it is an option of a request",
}
