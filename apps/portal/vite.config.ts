import { foldTexts } from "@databox-cmk/errors/bundle";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The server replaces it with each response's own nonce, here and in index.html. */
const NONCE_PLACEHOLDER = "__CSP_NONCE__";

export default defineConfig({
  base: "/portal/",
  html: { cspNonce: NONCE_PLACEHOLDER },
  plugins: [react(), foldTexts()],
  build: { target: "es2023", manifest: true, reportCompressedSize: false },
});
