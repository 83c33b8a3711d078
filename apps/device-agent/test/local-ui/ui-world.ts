import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { AgentEvent } from "../../src/core/agent-event.ts";
import { type LocalUi, startLocalUi } from "../../src/local-ui/start-local-ui.ts";
import type { CommandDependencies } from "../../src/node/dependencies.ts";
import { requirePrepared } from "../../src/node/hold-node.ts";
import { type AgentWorld, createPreparedWorld } from "../agent-world.ts";
import { UiClient } from "./ui-client.ts";

export const PASSKEY = "Right-Passkey-2345!";

export type UiWorld = AsyncDisposable & {
  readonly world: AgentWorld;
  readonly ui: LocalUi;
  readonly client: UiClient;
  readonly reported: readonly AgentEvent[];
  stranger(): UiClient;
  restart(): Promise<void>;
};

/** A prepared node with its local UI on a free port; the page is two files. */
export async function createUiWorld(
  options: {
    readonly shutDownCommand?: string;
    readonly volumeKind?: "luks2" | "file";
    readonly custody?: "split";
    readonly pause?: CommandDependencies["pause"];
  } = {},
): Promise<UiWorld> {
  const unlockKey = new TextEncoder().encode(PASSKEY);
  const { volumeKind = "file", custody, pause } = options;
  const world = await createPreparedWorld({
    volumeKind,
    ...(custody === undefined ? { unlockKey } : { custody }),
  });
  const pageFolder = join(world.folder, "page");
  mkdirSync(join(pageFolder, "assets"), { recursive: true });
  writeFileSync(join(pageFolder, "index.html"), '<script nonce="__CSP_NONCE__"></script>');
  writeFileSync(join(pageFolder, "assets", "app-12345678.js"), "console.log(1)");
  writeFileSync(join(world.folder, "secret.txt"), "secret");
  const reported: AgentEvent[] = [];
  const dependencies = {
    ...world.dependencies,
    ...(pause === undefined ? {} : { pause }),
    report: (event: AgentEvent) => {
      reported.push(event);
    },
  };
  const start = () => {
    const { folder, settings } = requirePrepared(world.stateDir);
    return startLocalUi({
      options: {
        port: 0,
        host: "127.0.0.1",
        model: "Data Box",
        shutDownCommand: options.shutDownCommand,
      },
      folder,
      settings,
      dependencies,
      run: (command, own) => world.run(command, { ...dependencies, ...own }),
      pageFolder,
    });
  };
  let ui = await start();
  let client = new UiClient(ui.port);
  return {
    world,
    reported,
    get ui() {
      return ui;
    },
    get client() {
      return client;
    },
    stranger: () => new UiClient(ui.port),
    async restart() {
      await ui[Symbol.asyncDispose]();
      ui = await start();
      client = new UiClient(ui.port);
    },
    async [Symbol.asyncDispose]() {
      await ui[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}
