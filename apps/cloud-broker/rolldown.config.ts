import { builtinsWithoutImport, DEFINE_REVISION } from "@databox-cmk/errors/bundle";
import { defineConfig, type OutputOptions, type Plugin } from "rolldown";

const asciiOnly: Plugin = {
  name: "ascii-only",
  generateBundle(_options, bundle) {
    for (const output of Object.values(bundle))
      if (output.type === "chunk" && /[^\0-\u007f]/.test(output.code))
        throw new Error(`${output.fileName}: a letter that is not ASCII doubles its memory`);
  },
};

export const OUTPUT = {
  dir: "dist",
  format: "esm",
  entryFileNames: "broker.mjs",
  chunkFileNames: "broker/[name].mjs",
  // Node keeps the source in memory: ASCII as it is, any other text with two bytes for each
  // letter. Names and lines stay, so that the stacks in the log can be read.
  comments: false,
  minify: {
    compress: false,
    mangle: false,
    codegen: { removeWhitespace: false, asciiOnly: true },
  },
} as const satisfies OutputOptions;

export default defineConfig({
  input: "src/main.ts",
  platform: "node",
  transform: { define: DEFINE_REVISION },
  // A native addon; deployed beside the bundle.
  external: ["better-sqlite3"],
  plugins: [builtinsWithoutImport, asciiOnly],
  output: OUTPUT,
});
