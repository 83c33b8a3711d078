import { DEFINE_REVISION } from "@databox-cmk/errors/bundle";
import { defineConfig } from "rolldown";

/** The customer's verifier: one file with all that it needs, so that npx fetches nothing. */
export default defineConfig({
  input: "src/run/verifier/main.ts",
  platform: "node",
  transform: { target: "node20", define: DEFINE_REVISION },
  output: { dir: "dist/verify", format: "esm", entryFileNames: "databox-verify.mjs", minify: true },
});
