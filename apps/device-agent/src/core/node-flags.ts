/**
 * Node's own options for the agent. OpenSSL's store of authorities is the system's (/etc/ssl/certs), read where it is needed; Node's copy of
 * Mozilla's list is decoded whole with the first TLS connection, whether it is used or not, which takes an eighth of a cold unlock.
 *
 * V8 begins with one megabyte for what is new, and collects when that is full: twice in an unlock, which makes less than 4 MB. Other than
 * most of V8's options, this one leaves the compiled form of Node's own modules valid.
 */
export const NODE_FLAGS = [
  "--use-openssl-ca",
  "--disable-warning=ExperimentalWarning",
  "--min-semi-space-size=4",
] as const;
