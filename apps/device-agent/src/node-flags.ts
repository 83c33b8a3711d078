/**
 * Node's own options for the agent. OpenSSL's store of authorities is the system's (/etc/ssl/certs), read where it is needed; Node's copy of
 * Mozilla's list is decoded whole with the first TLS connection, whether it is used or not, which takes an eighth of a cold unlock.
 */
export const NODE_FLAGS = ["--use-openssl-ca", "--disable-warning=ExperimentalWarning"] as const;
