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
    // Node keeps the source in memory: ASCII as it is, any other text with two bytes for each letter.
    // Names and lines stay, so that the stacks in the log can be read.
    comments: false,
    minify: {
      compress: false,
      mangle: false,
      codegen: { removeWhitespace: false, asciiOnly: true },
    },
    sourcemap: true,
  },
});
