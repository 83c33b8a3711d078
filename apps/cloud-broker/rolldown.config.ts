import { builtinsWithoutImport, foldTexts } from "@databox-cmk/errors/bundle";
import { defineConfig } from "rolldown";

export default defineConfig({
  input: "src/main.ts",
  platform: "node",
  // A native addon; deployed beside the bundle.
  external: ["better-sqlite3"],
  plugins: [foldTexts(), builtinsWithoutImport],
  output: {
    file: "dist/main.mjs",
    format: "esm",
    codeSplitting: false,
    minify: false,
    sourcemap: true,
  },
});
