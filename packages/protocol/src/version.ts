declare global {
  /** The bundler writes it into the program (`DEFINE_REVISION` of @databox-cmk/errors/bundle). */
  var DATABOX_REVISION: string | undefined;
}

/**
 * The version of everything that is released, together. Everything that names a version reads it:
 * `--version`, metrics, traces, device messages, packages, images and the release.
 */
export const VERSION = "0.2.0";

const UNKNOWN = "unknown revision";

/** Which sources of the version: `git describe`, as the program was built. */
export const REVISION: string = globalThis.DATABOX_REVISION ?? UNKNOWN;

/** A program, as User-Agent, messages and pages have it (RFC 9110, product and comment). */
export function nameSender(name: string): string {
  // Pages show it in each language, so it has no words.
  return REVISION === UNKNOWN ? `${name}/${VERSION}` : nameProgram(name);
}

/** A program, as `--version` prints it. */
export function nameProgram(name: string): string {
  return `${name}/${VERSION} (${REVISION})`;
}
