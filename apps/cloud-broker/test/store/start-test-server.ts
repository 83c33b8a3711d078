import { startPostgres } from "@databox-cmk/testkit";
import type { TestProject } from "vitest/node";

import { openPostgres } from "../../src/store/postgres/open-postgres.ts";
import { createTestDatabases, settingsOf, TEMPLATE } from "./test-databases.ts";

declare module "vitest" {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- vitest's own interface is widened
  interface ProvidedContext {
    postgres: { readonly url: string } | undefined;
  }
}

/**
 * One server for all test files of a run; each test has a database of its own, made from this
 * migrated one.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  const url = server.url("postgres");
  const databases = createTestDatabases(url);
  await databases.named(TEMPLATE);
  await databases.close();
  await (await openPostgres(settingsOf(url, TEMPLATE))).destroy();
  project.provide("postgres", { url });
  return () => server.close();
}
