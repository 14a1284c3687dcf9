package page

import (
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/catalog/markdown"
)

// purpose of a variable that hearth sets, and the field that it follows from: of
// the workload, or of the base where it has a dot in front. "" where no field
// decides.
type purpose struct{ field, why string }

// origin is the field that decides a variable of the workload's, and its purpose.
func origin(workload, variable string) (source, why string) {
	if v1alpha1.IsKeyVariable(variable) {
		variable = "OPENAI_API_KEYS"
	}
	p, known := purposes[variable]
	switch {
	case !known:
		return "a patch of the stack", notSaid
	case p.field == "":
		return "hearth", p.why
	case p.field[0] == '.':
		return markdown.Code(p.field[1:]), p.why
	}
	return markdown.Code(workload + "." + p.field), p.why
}

// purposes of all that hearth sets. Which program a variable is of, its name says.
var purposes = map[string]purpose{
	"HOME":         {"", "Where the program keeps its own files"},
	"HTTP_PROXY":   {".proxy.http", "Proxy for http:// destinations"},
	"HTTPS_PROXY":  {".proxy.https", "Proxy for https:// destinations"},
	"NO_PROXY":     {".proxy.noProxy", "What is reached without the proxy"},
	"SSL_CERT_DIR": {".caBundle", "Authorities to trust"},

	"HF_HOME":             {"", "Where the models of Hugging Face are, on the volume"},
	"HF_HUB_OFFLINE":      {"pull", "Nothing is fetched"},
	"POD_NAME":            {"", "By it the server finds the workers of its group"},
	"USER":                {"", "PyTorch asks for the user's name, which the image does not know"},
	"VLLM_API_KEY":        {"secretName", "Key that clients send"},
	"VLLM_HOST_IP":        {"", "Address at which the pods of a group find each other"},
	"VLLM_NO_USAGE_STATS": {"", "Nothing is reported to others"},

	"XDG_CONFIG_HOME": {"", "Where Caddy keeps its own files"},
	"XDG_DATA_HOME":   {"", "Where Caddy keeps its own files"},

	"COPY_MODELS":              {"threads", "Copies of models that know their number of threads"},
	"COPY_THREADS":             {"threads", "Number of threads of those copies"},
	"CUSTOM_MODELS":            {"customModels", "Modelfiles of the models that are made of others"},
	"LLAMA_API_KEY":            {"secretName", "Key that clients send"},
	"LLAMA_ARG_CACHE_RAM":      {"promptCache", "Memory in MiB that keeps earlier prompts of a model"},
	"LLAMA_ARG_THREADS":        {"threads", "Threads that compute an answer"},
	"MODEL_DIGESTS":            {"modelDigests", "What the manifests of models have to be"},
	"OLLAMA_CONTEXT_LENGTH":    {"contextLength", "Length of one request's context in tokens"},
	"OLLAMA_FLASH_ATTENTION":   {"kvCacheType", "Without it the format of the KV cache has no effect"},
	"OLLAMA_HOST":              {"", "Address that the server listens at"},
	"OLLAMA_IGPU_ENABLE":       {"accelerator", "Uses a graphics processor that is built into a CPU"},
	"OLLAMA_KEEP_ALIVE":        {"keepAlive", "How long a model stays in memory after an answer"},
	"OLLAMA_KV_CACHE_TYPE":     {"kvCacheType", "Format of the KV cache"},
	"OLLAMA_LOAD_TIMEOUT":      {"loadTimeout", "How long the loading of a model may stall"},
	"OLLAMA_MAX_LOADED_MODELS": {"maxLoadedModels", "Models in memory at the same time"},
	"OLLAMA_MODELS":            {"modelsFolder", "Folder of the volume that holds the models"},
	"OLLAMA_NOPRUNE":           {"storage", "The volume is read-only: nothing is removed from it"},
	"OLLAMA_NO_CLOUD":          {"", "No remote models: nothing typed leaves the cluster"},
	"OLLAMA_NUM_PARALLEL":      {"numParallel", "Requests that a model answers at the same time"},
	"OLLAMA_VULKAN":            {"accelerator", "Reaches the graphics processor by Vulkan"},

	"ENABLE_OTEL":                         {".monitoring.openTelemetry", "Sends what the chat measures"},
	"ENABLE_OTEL_LOGS":                    {".monitoring.openTelemetry.signals", "Logs are sent"},
	"ENABLE_OTEL_METRICS":                 {".monitoring.openTelemetry.signals", "Metrics are sent"},
	"ENABLE_OTEL_TRACES":                  {".monitoring.openTelemetry.signals", "Traces are sent"},
	"OTEL_EXPORTER_OTLP_ENDPOINT":         {".monitoring.openTelemetry.endpoint", "Where it is sent to"},
	"OTEL_EXPORTER_OTLP_INSECURE":         {".monitoring.openTelemetry.endpoint", "Without TLS"},
	"OTEL_LOGS_EXPORTER_OTLP_ENDPOINT":    {".monitoring.openTelemetry.endpoint", "Where logs are sent to"},
	"OTEL_METRICS_EXPORTER_OTLP_ENDPOINT": {".monitoring.openTelemetry.endpoint", "Where metrics are sent to"},
	"OTEL_OTLP_SPAN_EXPORTER":             {".monitoring.openTelemetry.protocol", "Protocol of what is sent"},

	"AIOHTTP_CLIENT_TIMEOUT":                      {".expose", "Seconds that an answer of Ollama may take"},
	"CHROMA_HTTP_HOST":                            {"vectors.chroma.url", "Where vectors are"},
	"CHROMA_HTTP_PORT":                            {"vectors.chroma.url", "Its port"},
	"CHROMA_HTTP_SSL":                             {"vectors.chroma.url", "By https"},
	"CORS_ALLOW_ORIGIN":                           {".expose.host", "The origins of the page's own hosts alone"},
	"DATABASE_POOL_MAX_OVERFLOW":                  {"database.maxConnections", "Connections to the database beyond those, under load"},
	"DATABASE_POOL_SIZE":                          {"database", "Connections to the database, each of which takes memory"},
	"DATABASE_SQLITE_PRAGMA_CACHE_SIZE":           {"", "Memory of a connection to SQLite"},
	"DATABASE_SQLITE_PRAGMA_MMAP_SIZE":            {"", "Nothing of the database mapped into memory"},
	"DATABASE_URL":                                {"database", "Where accounts, chats and settings are"},
	"DATABASE_USER_ACTIVE_STATUS_UPDATE_INTERVAL": {"replicas", "Seconds between two writes that somebody is there"},
	"DEFAULT_MODELS":                              {"", "Model that the page offers first"},
	"DEFAULT_MODEL_PARAMS":                        {"", "How models are asked to call tools"},
	"ENABLE_DB_MIGRATIONS":                        {"database", "The init container alone migrates the database"},
	"ENABLE_OAUTH_SIGNUP":                         {"oidc.signUp", "Whoever the provider knows gets an account"},
	"ENABLE_OLLAMA_API":                           {"ollamaURLs", "Whether the chat asks an Ollama"},
	"ENABLE_OPENAI_API":                           {"backends", "Whether the chat asks servers of OpenAI's API"},
	"ENABLE_PERSISTENT_CONFIG":                    {"persistentConfig", "Whether settings saved in the page outlive a restart"},
	"ENABLE_SIGNUP":                               {"signUp", "Whether people can make accounts"},
	"ENABLE_VERSION_UPDATE_CHECK":                 {"", "No question to GitHub"},
	"ENABLE_WEBSOCKET_SUPPORT":                    {".expose.webSocket", "How the page hears what is new"},
	"OAUTH_CLIENT_ID":                             {"oidc.clientID", "The chat's name at the provider"},
	"OAUTH_CLIENT_SECRET":                         {"oidc.clientSecret", "The chat's password at the provider"},
	"OAUTH_PROVIDER_NAME":                         {"oidc.name", "Name of the provider on the button"},
	"OFFLINE_MODE":                                {"", "No download from model hubs"},
	"OLLAMA_BASE_URLS":                            {"ollamaURLs", "Ollama servers that answer"},
	"OPENAI_API_BASE_URLS":                        {"backends", "Servers of OpenAI's API that answer"},
	"OPENAI_API_KEYS":                             {"backends", "Their keys, in order"},
	"OPENID_PROVIDER_URL":                         {"oidc.providerURL", "Where people sign in"},
	"OPENID_REDIRECT_URI":                         {".expose.host", "Where the provider sends people back to"},
	"PGVECTOR_POOL_MAX_OVERFLOW":                  {"database.maxConnections", "Connections for vectors beyond those, under load"},
	"PGVECTOR_POOL_SIZE":                          {"vectors", "Connections for vectors"},
	"QDRANT_API_KEY":                              {"vectors.qdrant.apiKey", "Its key"},
	"QDRANT_URI":                                  {"vectors.qdrant.url", "Where vectors are"},
	"RAG_EMBEDDING_ENGINE":                        {"embedding.engine", "What searches in documents"},
	"RAG_EMBEDDING_MODEL":                         {"embedding.model", "Model that searches in documents"},
	"RAG_FILE_MAX_SIZE":                           {"maxUploadSize", "Largest upload in MiB"},
	"RAG_OLLAMA_BASE_URL":                         {"embedding.engine", "Ollama server that searches in documents"},
	"REDIS_URL":                                   {"redis", "Where pods share settings and sign-outs"},
	"REQUESTS_CA_BUNDLE":                          {".caBundle", "Authorities to trust"},
	"SSL_CERT_FILE":                               {".caBundle", "Authorities to trust"},
	"THREAD_POOL_SIZE":                            {"replicas", "Threads for what waits"},
	"TMPDIR":                                      {"", "Where uploads arrive"},
	"VECTOR_DB":                                   {"vectors.type", "What keeps the vectors of documents"},
	"WEBUI_ADMIN_EMAIL":                           {"signUp", "The admin's address"},
	"WEBUI_ADMIN_PASSWORD":                        {"signUp", "The admin's password"},
	"WEBUI_AUTH":                                  {"envFrom", "Nothing handed on as a whole turns sign-in off"},
	"WEBUI_AUTH_COOKIE_SECURE":                    {".expose.tls", "Cookies by https only"},
	"WEBUI_NAME":                                  {"name", "Name that people see"},
	"WEBUI_SECRET_KEY":                            {"secretName", "Signs sessions"},
	"WEBUI_SESSION_COOKIE_SECURE":                 {".expose.tls", "Cookies by https only"},
	"WEBUI_URL":                                   {".expose.host", "The page's own address"},
	"WEBSOCKET_MANAGER":                           {"redis", "What the pages have to hear goes by Redis"},
	"WEBSOCKET_REDIS_URL":                         {"redis", "Where it goes by"},
}
