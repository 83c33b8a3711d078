import { builtinsWithoutImport } from "@databox-cmk/errors/bundle";

/**
 * The programs that tests start many times over: as one bundle, as it is deployed, a broker takes a
 * fifth of the processor time to start that its sources take.
 */
export default {
  input: {
    broker: "../apps/cloud-broker/src/main.ts",
    "broker-with-crash-point": "broker-with-crash-point.ts",
    "broker-with-log": "canary/broker-with-log.ts",
    "conformance-acts": "conformance/main.ts",
  },
  platform: "node",
  // A native addon.
  external: ["better-sqlite3"],
  plugins: [builtinsWithoutImport],
  output: {
    dir: "dist",
    format: "esm",
    entryFileNames: "[name].mjs",
    chunkFileNames: "[name].mjs",
  },
};
