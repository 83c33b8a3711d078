import { mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type TemporaryFolder = { readonly path: string; [Symbol.dispose](): void };

/** A folder of its own, readable by its owner only, gone with the test. */
export const openTemporaryFolder = (): TemporaryFolder =>
  mkdtempDisposableSync(join(tmpdir(), "databox-test-"));
