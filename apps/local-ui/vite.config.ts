import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The agent replaces it with each response's own nonce, here and in index.html. */
const NONCE_PLACEHOLDER = "__CSP_NONCE__";

export default defineConfig({
  html: { cspNonce: NONCE_PLACEHOLDER },
  plugins: [react()],
  build: {
    target: "es2023",
    // The agent expects it here, beside its bundle.
    outDir: "../device-agent/dist/ui",
    emptyOutDir: true,
    reportCompressedSize: false,
    // The policy allows data: URLs only for pictures.
    assetsInlineLimit: 0,
  },
});
