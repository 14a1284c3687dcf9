package yamllimit

// Places is what is counted before decoding.
var Places = starts
