import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

import { SESSION_PATH } from "./src/api/session.ts";
import { SUBSCRIPTIONS_PATH } from "./src/api/subscriptions.ts";

/** The server replaces it with each response's own nonce, here and in index.html. */
const NONCE_PLACEHOLDER = "__CSP_NONCE__";

/** The browser makes the first reads while it loads the scripts. */
const preloadReads: Plugin = {
  name: "preload-reads",
  transformIndexHtml: () =>
    [SESSION_PATH, SUBSCRIPTIONS_PATH].map((href) => ({
      tag: "link",
      attrs: { rel: "preload", as: "fetch", crossorigin: "", href },
    })),
};

export default defineConfig({
  base: "/portal/",
  html: { cspNonce: NONCE_PLACEHOLDER },
  plugins: [react(), preloadReads],
  build: {
    target: "es2023",
    manifest: true,
    reportCompressedSize: false,
    // first-page.test.ts has the limit: kB compressed, of all files of a page.
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "main", test: /\/portal\/src\/(?:main\.tsx|core\/next-act\.ts)$/ },
            { name: "lists", test: /\/portal\/src\/orders\/(?:order-list|order-filters)\.tsx$/ },
          ],
        },
      },
    },
  },
});
