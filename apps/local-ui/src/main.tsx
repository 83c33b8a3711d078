import "./page.css";
import { ThemedRoot } from "@databox-cmk/ui";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { createNodeRouter } from "./router.tsx";
import { NodeGate } from "./shell/node-gate.tsx";
import { connectNode } from "./state/connect-node.ts";
import { Languages } from "./texts/texts.ts";

const root = document.querySelector("#root");
if (root === null) throw new RangeError("index.html has no #root");
const router = createNodeRouter();
const queryClient = createNodeQueryClient();
const connection = connectNode();
createRoot(root).render(
  <StrictMode>
    <Languages>
      <ThemedRoot nonce={nonceOfThisResponse()}>
        <QueryClientProvider client={queryClient}>
          <NodeGate connection={connection}>
            <RouterProvider router={router} />
          </NodeGate>
        </QueryClientProvider>
      </ThemedRoot>
    </Languages>
  </StrictMode>,
);

/** Browsers hide a nonce from attributes, but not from this property of its element. */
function nonceOfThisResponse(): string {
  return document.querySelector<HTMLElement>("script[nonce]")?.nonce ?? "";
}

/** Reading counts as use of the session, so nothing is read without a person's request. */
export function createNodeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false },
      // Offline, a change fails at once; by itself it would wait, and run unexpectedly later.
      mutations: { networkMode: "always" },
    },
  });
}
