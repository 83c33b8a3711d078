import "./page.css";
import { ThemedRoot } from "@databox-cmk/ui";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { SessionGate } from "./frame/session-gate.tsx";
import { createPortalQueryClient } from "./queries/create-query-client.ts";
import { createPortalRouter } from "./router.tsx";
import { Languages } from "./texts/texts.ts";

const root = document.querySelector("#root");
if (root === null) throw new RangeError("index.html has no #root");
const queryClient = createPortalQueryClient();
const router = createPortalRouter(queryClient);
// The page's code and data load while the session is read.
void router.load();
createRoot(root).render(
  <StrictMode>
    <Languages>
      <ThemedRoot nonce={nonceOfThisResponse()}>
        <QueryClientProvider client={queryClient}>
          <SessionGate>
            <RouterProvider router={router} />
          </SessionGate>
        </QueryClientProvider>
      </ThemedRoot>
    </Languages>
  </StrictMode>,
);

/** Browsers hide a nonce from attributes, but not from this property of its element. */
function nonceOfThisResponse(): string {
  return document.querySelector<HTMLElement>("script[nonce]")?.nonce ?? "";
}
