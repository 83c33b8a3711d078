/**
 * Node's own options for the agent. OpenSSL reads the system's store of authorities
 * (/etc/ssl/certs) when it is needed. Node's copy of Mozilla's list is decoded whole with the first
 * TLS connection, even if it is not used, which takes an eighth of a cold unlock.
 *
 * V8 begins with one megabyte for new objects, and collects when that is full: twice in an unlock,
 * which allocates less than 4 MB. Unlike most of V8's options, this one keeps the compiled code of
 * Node's own modules valid.
 */
export const NODE_FLAGS = [
  "--use-openssl-ca",
  "--disable-warning=ExperimentalWarning",
  "--min-semi-space-size=4",
] as const;
