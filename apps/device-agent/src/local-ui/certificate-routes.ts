import { localCertificateUpload, localNothing } from "@databox-cmk/protocol";

import { does, done, type LocalContext, type LocalRoute, shows } from "./route.ts";

/** 64 KiB of .pfx in base64, and the JSON around it. */
const UPLOAD_MAX_BYTES = 96 * 1024;

export function createCertificateRoutes({
  certificates,
}: Pick<LocalContext, "certificates">): readonly LocalRoute[] {
  const path = "/api/certificate";
  return [
    shows(path, "session", () => certificates.view()),
    does(
      path,
      "session",
      localCertificateUpload,
      async ({ body: { pkcs12, ...upload }, address }) => {
        const bytes = new Uint8Array(Buffer.from(pkcs12, "base64"));
        return done(await certificates.judge({ ...upload, pkcs12: bytes, address }));
      },
      { maxBytes: UPLOAD_MAX_BYTES, isCostly: true },
    ),
    does(`${path}/revert`, "session", localNothing, () => {
      certificates.revert();
      return done(certificates.view());
    }),
  ];
}
