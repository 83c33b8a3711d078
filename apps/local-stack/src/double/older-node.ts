// Members of Node's own modules that the double uses, and that an older Node lacks.
import { X509Certificate } from "node:crypto";
import tls from "node:tls";

Object.assign(tls, { getCACertificates: () => tls.rootCertificates });

Object.defineProperty(X509Certificate.prototype, "validToDate", {
  get(this: X509Certificate) {
    return new Date(this.validTo);
  },
});
