import type { BenchResult } from "./bench-result.ts";

type Bench = { readonly run: () => Promise<BenchResult> };

const oneWorker = () => import("./unlock-one-worker.ts");

/** Every bench by its name on the command line: `npm run bench -- agent-cold-start`. */
export const BENCHES = {
  unlock: () => import("./unlock.ts"),
  "unlock-emulator": () => import("./unlock-emulator.ts"),
  "unlock-rsa": async () => ({ run: (await oneWorker()).withRsa }),
  "unlock-new-connection": async () => ({ run: (await oneWorker()).onNewConnections }),
  "unlock-postgres": () => import("./unlock-postgres.ts"),
  envelope: () => import("./envelope.ts"),
  tang: () => import("./tang-recovery.ts"),
  "agent-cold-start": () => import("./agent-cold-start.ts"),
  "orders-100k": () => import("./orders-100k.ts"),
  "campaign-10k": () => import("./campaign-10k.ts"),
  "relock-10k": () => import("./relock-10k.ts"),
  "portal-first-view": () => import("./portal-first-view.ts"),
  "slow-vault": () => import("./slow-vault.ts"),
  overload: () => import("./overload.ts"),
  renewal: () => import("./renewal.ts"),
  "azure-double": () => import("./azure-double.ts"),
  leak: () => import("./leak.ts"),
} as const satisfies Record<string, () => Promise<Bench>>;
