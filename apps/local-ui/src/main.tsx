import "./page.css";
import { ThemedRoot } from "@databox-cmk/ui";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { createNodeQueryClient } from "./api/create-query-client.ts";
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
