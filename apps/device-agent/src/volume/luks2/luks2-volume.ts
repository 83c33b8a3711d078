import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";

import { AppError } from "@databox-cmk/errors";
import * as z from "zod/mini";

import { member, VOLUME_CIPHER, VOLUME_KEY_BITS } from "../../core/judge-luks2-header.ts";
import { HEADER_GENERATION_MAX } from "../../core/machine-state.ts";
import type { FormatInput, Opened, Volume } from "../../core/ports.ts";
import { systemCode } from "../../state/state-error.ts";
import { learnHeader, requireKnownHeader } from "../known-header.ts";
import { startProgram } from "../start-program.ts";
import { createSparseFile, readStart } from "../volume-file.ts";
import { closeMapping } from "./close-mapping.ts";
import { createCryptsetup, requirePreparedHeader, requireSuccess } from "./cryptsetup.ts";
import { createLuks2Slots, FAST_DERIVATION } from "./luks2-slots.ts";
import { parseToken, renderToken, TOKEN_ID } from "./token.ts";

const GENERATION_TOKEN_ID = "1";
/** LUKS2 on-disk format §3.7: `type` and `keyslots` are required of every token. */
const token = z.strictObject({
  type: z.literal("databox-cmk-header"),
  keyslots: z.array(z.string()),
  generation: z.int().check(z.gte(0), z.lte(HEADER_GENERATION_MAX)),
});
const BAD_KEY = 2;

/**
 * LUKS2 by cryptsetup. Without device-mapper (a container, a test machine), `open
 * --test-passphrase` still proves the key against the real header; then no device appears, and the
 * outcome says so.
 */
export function createLuks2Volume(options: {
  readonly path: string;
  readonly program: string;
  /** Name of the mapping under /dev/mapper. */
  readonly mapping: string;
}): Volume {
  const { path, program, mapping } = options;
  const cryptsetup = createCryptsetup(program, path);
  const { run, must, dump } = cryptsetup;

  return {
    kind: "luks2",
    path,

    async inspect() {
      const start = readStart(path);
      if (start.kind !== "data") return start;
      const uuid = await run(["luksUUID", path]);
      const isLuks2 = await run(["isLuks", "--type", "luks2", path]);
      if (isLuks2.exitCode === 0) return { kind: "formatted", id: uuid.stdout.trim() };
      return uuid.exitCode === 0
        ? { kind: "foreign", what: "a LUKS1 volume" }
        : { kind: "unrecognised" };
    },

    async format(input) {
      createSparseFile(path, input.sizeMib);
      await must(formatParameters(path, input), input.unlockKey);
    },

    async storeEnvelope(jws) {
      const common = ["token", "import", "--batch-mode", "--token-id", TOKEN_ID, "--json-file=-"];
      await must([...common, "--token-replace", path], renderToken(jws));
    },

    async readEnvelope() {
      const result = await run(["token", "export", "--token-id", TOKEN_ID, path]);
      return result.exitCode === 0 ? parseToken(result.stdout) : undefined;
    },

    async readHeaderGeneration() {
      return readGeneration(await dump()) ?? 0; // A re-key writes it again.
    },

    async writeHeaderGeneration(generation) {
      const common = ["token", "import", "--batch-mode", "--json-file=-"];
      const place = ["--token-id", GENERATION_TOKEN_ID, "--token-replace", path];
      await must([...common, ...place], renderGeneration(generation));
    },

    beginOpening(mode, memory) {
      const target = mode === "test" ? HEADER_ONLY : chooseTarget(mapping);
      const running = startProgram(program, openParameters(path, target));
      // Concurrently, while the broker answers.
      const dumped = dump();
      dumped.catch(() => undefined); // The caller that offers a key reports it.
      return {
        async offer(unlockKey): Promise<Opened> {
          // No key is given to a header that could not be read and checked.
          const header = await dumped;
          const generation = readGeneration(header);
          requirePreparedHeader(path, header);
          requireKnownHeader(path, generation, memory);
          const result = await running.finish(unlockKey);
          if (result.exitCode === BAD_KEY || result.complaint.startsWith("No usable keyslot"))
            throw new AppError("VolumeRejectedKey", { detail: `${path}: ${result.complaint}` });
          requireSuccess(path, result);
          if (generation !== undefined) learnHeader(generation, memory);
          return {
            proof: "cryptsetup",
            mapping: target.kind === "header" ? undefined : target.mapping,
          };
        },
        [Symbol.dispose]() {
          running.kill();
        },
      };
    },

    async destroyKeySlots() {
      await must(["luksErase", "--batch-mode", path]);
    },

    slots: createLuks2Slots(cryptsetup),

    mapped: () => (findLive(mapping) === undefined ? undefined : mapping),

    async close(openMapping) {
      const found = openMapping === undefined ? undefined : findLive(openMapping);
      if (openMapping === undefined || found === undefined) return;
      const close = () => run(["close", openMapping]);
      requireSuccess(path, await closeMapping({ name: openMapping, device: found.device }, close));
    },
  };
}

/**
 * `mapped`: the device exists already, from an earlier unlock; the key is proven against the
 * header.
 */
export type OpenTarget =
  | { readonly kind: "header" }
  | { readonly kind: "mapped"; readonly mapping: string }
  | { readonly kind: "map"; readonly mapping: string };

const HEADER_ONLY: OpenTarget = { kind: "header" };

/**
 * The kernel frees the name of a mapping that was cut off only with its last user; until then a
 * second name is used.
 */
function chooseTarget(mapping: string): OpenTarget {
  if (!hasDeviceMapper()) return HEADER_ONLY;
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? mapping : `${mapping}-${String(count)}`;
    const found = findMapping(name);
    if (found === undefined) return { kind: "map", mapping: name };
    if (!found.isDead) return { kind: "mapped", mapping: name };
  }
}

export function openParameters(path: string, target: OpenTarget): readonly string[] {
  const common = ["open", "--type", "luks2", "--batch-mode", "--key-file=-"];
  return target.kind === "map"
    ? [...common, path, target.mapping]
    : [...common, "--test-passphrase", path];
}

export function formatParameters(
  path: string,
  { id, passkeyOrigin }: Pick<FormatInput, "id" | "passkeyOrigin">,
): readonly string[] {
  const derivation = passkeyOrigin === "generated" ? FAST_DERIVATION : ["--pbkdf", "argon2id"];
  const identity = ["--label", "databox-cmk", "--uuid", id];
  const kind = ["luksFormat", "--type", "luks2", "--batch-mode"];
  const cipher = ["--cipher", VOLUME_CIPHER, "--key-size", String(VOLUME_KEY_BITS)];
  return [...kind, ...cipher, ...identity, ...derivation, "--key-file=-", path];
}

function renderGeneration(generation: number): string {
  return JSON.stringify({ type: "databox-cmk-header", keyslots: [], generation });
}

/**
 * How often a volume was rekeyed. Anybody with the disk can write a token: this protects from a
 * header that was restored by mistake or by a person who does not edit it, and not from an attacker
 * who could as well call cryptsetup.
 *
 * @param metadata - LUKS2 on-disk format §3: the JSON area
 * @returns 0 without a token: the volume was never rekeyed; undefined for one that cannot be read
 */
function readGeneration(metadata: unknown): number | undefined {
  const found = member(member(metadata, "tokens"), GENERATION_TOKEN_ID);
  if (found === undefined) return 0;
  const parsed = token.safeParse(found);
  return parsed.success ? parsed.data.generation : undefined;
}

const CONTROL_DEVICE = "/dev/mapper/control";
const DEVICES = "/sys/block";

/**
 * Whether this process can use the kernel's device-mapper. The device file alone proves nothing:
 * cryptsetup creates it even without a driver.
 */
function hasDeviceMapper(): boolean {
  try {
    closeSync(openSync(CONTROL_DEVICE, "r+"));
    return true;
  } catch {
    return false; // ENOENT, ENODEV or EACCES: no mapping can be made.
  }
}

type Mapping = {
  /** `major:minor`. */
  readonly device: string;
  /** Cut off (close-mapping.ts) and still in use: no device is below it any longer. */
  readonly isDead: boolean;
};

/**
 * The kernel's view: a mapping that was cut off keeps its name for longer than its node under
 * /dev/mapper.
 */
function findMapping(name: string): Mapping | undefined {
  for (const device of listMappings())
    try {
      if (readLine(`${device}/dm/name`) !== name) continue;
      const isDead = readdirSync(`${DEVICES}/${device}/slaves`).length === 0;
      return { device: readLine(`${device}/dev`), isDead };
    } catch (error) {
      if (systemCode(error) !== "ENOENT") throw error; // It has just disappeared.
    }
  return undefined;
}

function listMappings(): readonly string[] {
  try {
    return readdirSync(DEVICES).filter((device) => device.startsWith("dm-"));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return []; // Without sysfs, no mapping can be found.
    throw error;
  }
}

function findLive(name: string): Mapping | undefined {
  const found = findMapping(name);
  return found?.isDead === false ? found : undefined;
}

const readLine = (path: string): string => readFileSync(`${DEVICES}/${path}`, "utf8").trim();
