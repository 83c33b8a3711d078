import { localCertificateUpload, localNothing } from "@databox-cmk/protocol";

import { parseBody } from "./route.ts";
import type { LocalContext, LocalRoute } from "./route.ts";

/** 64 KiB of .pfx in base64, and the JSON around it. */
const UPLOAD_MAX_BYTES = 96 * 1024;

export function createCertificateRoutes({ certificates }: LocalContext): readonly LocalRoute[] {
  return [
    {
      method: "GET",
      path: "/api/certificate",
      authentication: "session",
      maxBytes: 0,
      handle: () => ({ status: 200, json: certificates.view() }),
    },
    {
      method: "POST",
      path: "/api/certificate",
      authentication: "session",
      maxBytes: UPLOAD_MAX_BYTES,
      isCostly: true,
      async handle({ body, address }) {
        const { pkcs12, password, apply } = parseBody(localCertificateUpload, body);
        const bytes = new Uint8Array(Buffer.from(pkcs12, "base64"));
        return {
          status: 200,
          json: await certificates.judge({ pkcs12: bytes, password, apply, address }),
        };
      },
    },
    {
      method: "POST",
      path: "/api/certificate/revert",
      authentication: "session",
      maxBytes: 1024,
      handle({ body }) {
        parseBody(localNothing, body);
        certificates.revert();
        return { status: 200, json: certificates.view() };
      },
    },
  ];
}
