import type { EmulatedNode } from "@databox-cmk/device-emulator";
import type { StoryOrder } from "@databox-cmk/local-stack";

import type { World } from "../harness/open-world.ts";
import type { TinyDisk } from "../harness/tiny-disk.ts";
import type { Desk, Variables } from "./desk.ts";
import type { Pooled } from "./pooled.ts";

export type StagedOrder = { readonly order: StoryOrder; readonly node: EmulatedNode };

export type Typing = {
  /** Variables of a faulty machine, which the page does not show. */
  readonly accident?: Variables;
  /** 0 unless the step shows a failure. */
  readonly exitCode?: number;
  /** The part of the output that the runbook shows; all of it by default. */
  readonly show?: "first line" | "last line";
};

/** Where a drill plays: a broker with its cloud, an operator's desk, and appliances. */
export type Stage = {
  readonly world: World;
  readonly desk: Desk;
  /** The small disk of a drill that fills one. */
  disk(): TinyDisk;
  /** The standby and the pooler of a drill that needs them. */
  pooled(): Pooled;
  /** An order under the service's key, its appliance delivered and locked. */
  deliver(name: string): Promise<StagedOrder>;
  /** The next step, in words. `act` does the part of the platform, Azure or an accident. */
  step(text: string, act?: () => Promise<void>): Promise<void>;
  /** Sets variables at the operator's desk for the rest of the drill, and shows how. */
  set(variables: Variables): Promise<void>;
  /**
   * Types a command at the operator's desk. One that begins with `export` lasts for the rest of the
   * drill.
   *
   * @throws {Error} when it ends otherwise than expected
   */
  type(command: string, typing?: Typing): Promise<void>;
  /** The same at the appliance. */
  typeAt(node: EmulatedNode, command: string, typing?: Typing): Promise<void>;
};
