import { DEFINE_REVISION } from "@databox-cmk/errors/bundle";

/** The kit for its npm package (deploy/broker/pack-npm.mjs). */
export default {
  cwd: import.meta.dirname,
  input: "src/main.ts",
  platform: "node",
  transform: { define: DEFINE_REVISION },
  output: { dir: "dist", format: "esm", entryFileNames: "main.mjs", minify: true },
};
