import { mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { required } from "./required.ts";

export type TemporaryFolder = { readonly path: string; [Symbol.dispose](): void };

/** A folder of its own, readable by its owner only, gone with the test. */
export const openTemporaryFolder = (): TemporaryFolder =>
  mkdtempDisposableSync(join(tmpdir(), "databox-test-"));

/**
 * A folder for each test of a file, or one for all of them.
 *
 * @param before - vitest's beforeEach or beforeAll, which also removes the folder.
 */
export function folderFor(before: (open: () => () => void) => void): { readonly path: string } {
  let folder: TemporaryFolder | undefined;
  before(() => {
    const opened = openTemporaryFolder();
    folder = opened;
    return () => {
      opened[Symbol.dispose]();
    };
  });
  return {
    get path() {
      return required(folder).path;
    },
  };
}
