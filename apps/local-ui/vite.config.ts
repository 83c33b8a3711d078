import { foldTexts } from "@databox-cmk/errors/bundle";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The agent puts each response's own nonce in its place, here and in index.html. */
const NONCE_PLACEHOLDER = "__CSP_NONCE__";

export default defineConfig({
  html: { cspNonce: NONCE_PLACEHOLDER },
  plugins: [react(), foldTexts()],
  build: {
    target: "es2023",
    // Where the agent looks for it: beside its bundle.
    outDir: "../device-agent/dist/ui",
    emptyOutDir: true,
    reportCompressedSize: false,
    // The policy allows no data: URL but for pictures.
    assetsInlineLimit: 0,
  },
});
