import type { Route } from "../../http/route.ts";
import { createDocument } from "./create-document.ts";

/** The API's description of itself; public, because it reveals nothing about any customer. */
export function createOpenApiRoutes(routes: readonly Route[], serverUrl: string): readonly Route[] {
  const route: Route = {
    method: "GET",
    path: "/openapi.json",
    described: { summary: "This document", answers: { 200: undefined } },
    authentication: "public",
    reads: "nothing",
    handle: () =>
      Promise.resolve({ status: 200, body: { text: document(), mediaType: "application/json" } }),
  };
  let text: string | undefined;
  const document = (): string =>
    (text ??= JSON.stringify(createDocument([...routes, route], serverUrl)));
  return [route];
}
