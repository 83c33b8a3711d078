import { afterAll } from "vitest";

import { closeTestStores } from "./open-test-store.ts";

// A set-up file of the project "postgres" (vitest.config.ts): its test files share a module, so a
// hook in the module itself would run for the first of them alone.
afterAll(closeTestStores);
