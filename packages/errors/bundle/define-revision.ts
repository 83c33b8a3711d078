/** For Rolldown's `transform.define`. A build that is not to be shipped has no revision. */
export const DEFINE_REVISION = {
  "globalThis.DATABOX_REVISION": JSON.stringify(
    process.env["DATABOX_REVISION"] ?? "unknown revision",
  ),
};
