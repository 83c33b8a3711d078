import { randomUUID } from "node:crypto";

import * as z from "zod";

import { addDuration, parseDuration } from "../core/duration.ts";
import { faultPayload } from "../core/fault-payload.ts";
import type { Fault, Settings } from "../core/model.ts";
import { isUnverifiedBehaviour, UNVERIFIED } from "../core/unverified.ts";
import type { HttpAnswer } from "../http/message.ts";
import { row } from "../http/route-table.ts";
import {
  refuseControl,
  withBody,
  type ControlDependencies,
  type ControlRoute,
} from "./control-request.ts";

const LATEST_MS = Date.UTC(2100, 0);

const clockPayload = z.strictObject({ now: z.iso.datetime({ offset: true }) });
const advancePayload = z.union([
  z.strictObject({ seconds: z.number().min(0).max(3_155_760_000) }),
  z.strictObject({ duration: z.string().max(32) }),
]);
const delaySeconds = z.number().min(0).max(86_400);
const settingsPayload = z.strictObject({
  throttling: z.boolean().optional(),
  visibilityDelaySeconds: delaySeconds.optional(),
  accessPropagationDelaySeconds: delaySeconds.optional(),
  callerAddress: z.ipv4().optional(),
  unverified: z.record(z.string().max(64), z.string().max(64)).optional(),
});
const upstreamPayload = z.strictObject({
  url: z.url({ protocol: /^https?$/u }),
  ca: z.string().max(65_536).exactOptional(),
});

/** Health, reset, the logs of vaults, faults, the clock, and the behaviour of the cloud. */
export function worldRoutes(dependencies: ControlDependencies): ControlRoute[] {
  const { isReady, reset, state, auditLog } = dependencies;
  return [
    row("GET", "/health", () =>
      isReady()
        ? { status: 200, body: { status: "ready" } }
        : { status: 503, body: { status: "starting" } },
    ),
    row("POST", "/reset", async () => {
      await reset();
      return { status: 204 };
    }),
    row("GET", "/vaults/{name}/log", (_request, { name = "" }) => {
      const vault = state.get("vault", name);
      if (vault === undefined)
        return refuseControl(404, "ResourceNotFound", `name: there is no vault ${name}`);
      const id = vault.id.toUpperCase();
      return {
        status: 200,
        body: { records: auditLog.filter(({ resourceId }) => resourceId === id) },
      };
    }),
    ...faultRoutes(dependencies),
    ...clockRoutes(dependencies),
    ...settingsRoutes(dependencies),
  ];
}

function faultRoutes({ state }: ControlDependencies): ControlRoute[] {
  return [
    row("GET", "/faults", () => ({ status: 200, body: { value: state.list("fault") } })),
    row("POST", "/faults", (request) =>
      withBody(faultPayload, request, ({ scope, effect, count, probability, seed }) => {
        const id = randomUUID();
        const fault: Fault = { id, scope, effect, remaining: count, probability, seed, draws: 0 };
        state.put("fault", fault);
        return { status: 201, body: fault };
      }),
    ),
    row("DELETE", "/faults", () => {
      state.transaction(() => {
        for (const fault of state.list("fault")) state.delete("fault", fault.id);
      });
      return { status: 204 };
    }),
    row("DELETE", "/faults/{id}", (_request, { id = "" }) => {
      state.delete("fault", id);
      return { status: 204 };
    }),
  ];
}

function clockRoutes({ state, now, settings }: ControlDependencies): ControlRoute[] {
  const show = (): HttpAnswer => ({
    status: 200,
    body: { now: new Date(now()).toISOString(), offsetSeconds: settings().clockOffsetMs / 1000 },
  });
  /** @param fromMs - one reading of the clock, so that a step has exactly the requested length */
  const move = (fromMs: number, untilMs: number): HttpAnswer => {
    if (!(untilMs <= LATEST_MS))
      return refuseControl(400, "InvalidRequestContent", "the clock goes up to the year 2100");
    const clockOffsetMs = settings().clockOffsetMs + untilMs - fromMs;
    state.put("settings", { ...settings(), clockOffsetMs });
    return show();
  };
  return [
    row("GET", "/clock", show),
    row("PUT", "/clock", (request) =>
      withBody(clockPayload, request, (payload) => move(now(), Date.parse(payload.now))),
    ),
    row("POST", "/clock/advance", (request) =>
      withBody(advancePayload, request, (payload) => {
        const fromMs = now();
        if ("seconds" in payload) return move(fromMs, fromMs + payload.seconds * 1000);
        const duration = parseDuration(payload.duration);
        return duration === undefined
          ? refuseControl(
              400,
              "InvalidRequestContent",
              "duration: must be an ISO 8601 duration of years, months, weeks or days, like P90D",
            )
          : move(fromMs, addDuration(fromMs, duration));
      }),
    ),
    row("DELETE", "/clock", () => {
      state.put("settings", { ...settings(), clockOffsetMs: 0 });
      return show();
    }),
  ];
}

function settingsRoutes({
  state,
  settings,
  setDataBoxUpstream,
  issuerKeys,
}: ControlDependencies): ControlRoute[] {
  return [
    row("GET", "/settings", () => ({ status: 200, body: renderSettings(settings()) })),
    row("PATCH", "/settings", (request) =>
      withBody(settingsPayload, request, (payload) => {
        const fault = faultOfChoices(payload.unverified ?? {});
        if (fault !== undefined) return refuseControl(400, "InvalidRequestContent", fault);
        const before = settings();
        const changed: Settings = {
          ...before,
          throttling: payload.throttling ?? before.throttling,
          visibilityDelayMs: toMs(payload.visibilityDelaySeconds) ?? before.visibilityDelayMs,
          accessPropagationDelayMs:
            toMs(payload.accessPropagationDelaySeconds) ?? before.accessPropagationDelayMs,
          callerAddress: payload.callerAddress ?? before.callerAddress,
          unverified: { ...before.unverified, ...payload.unverified },
        };
        state.put("settings", changed);
        return { status: 200, body: renderSettings(changed) };
      }),
    ),
    row("GET", "/unverified", () => ({ status: 200, body: UNVERIFIED })),
    row("PUT", "/data-box-upstream", (request) =>
      withBody(upstreamPayload, request, (upstream) => {
        setDataBoxUpstream(upstream);
        return { status: 204 };
      }),
    ),
    row("POST", "/issuer-keys/rotate", async () => {
      await issuerKeys.rotate();
      return { status: 204 };
    }),
  ];
}

function faultOfChoices(choices: Readonly<Record<string, string>>): string | undefined {
  for (const [name, choice] of Object.entries(choices)) {
    if (!isUnverifiedBehaviour(name))
      return `unverified.${name}: there is no such behaviour; GET /unverified lists them`;
    const known: readonly string[] = UNVERIFIED[name].choices;
    if (!known.includes(choice)) return `unverified.${name}: must be one of ${known.join(", ")}`;
  }
  return undefined;
}

function renderSettings(settings: Settings): object {
  return {
    throttling: settings.throttling,
    visibilityDelaySeconds: settings.visibilityDelayMs / 1000,
    accessPropagationDelaySeconds: settings.accessPropagationDelayMs / 1000,
    callerAddress: settings.callerAddress,
    unverified: settings.unverified,
  };
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
