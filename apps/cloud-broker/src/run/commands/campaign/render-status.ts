import type { CampaignOrderList, CampaignView } from "@databox-cmk/protocol";

const BAR_CHARACTERS = 24;
const number = new Intl.NumberFormat("en-US");

/**
 * One line for people: `Running [######..................] 2,501/10,000 25% · 3 failed · 57.1/s · 2
 * min 12 s left`
 */
export function renderStatus({ state, dryRun, progress, estimate }: CampaignView): string {
  const { total, done, failed } = progress;
  const finished = done + failed;
  const share = total === 0 ? 1 : finished / total;
  const filled = Math.floor(share * BAR_CHARACTERS);
  const parts = [
    `${dryRun ? "Dry run: " : ""}${state} [${"#".repeat(filled)}${".".repeat(BAR_CHARACTERS - filled)}] ` +
      `${number.format(finished)}/${number.format(total)} ${String(Math.floor(share * 100))}%`,
    ...(failed > 0 ? [`${number.format(failed)} failed`] : []),
    ...(estimate === undefined
      ? []
      : [`${String(estimate.ordersPerSecond)}/s`, `${renderDuration(estimate.secondsLeft)} left`]),
  ];
  return parts.join(" · ");
}

export function renderDuration(seconds: number): string {
  if (seconds < 60) return `${String(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${String(minutes)} min ${String(seconds % 60)} s`
    : `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}

/**
 * The campaign in a few lines: the change, its orders, its author, its progress, and the reasons of
 * failures.
 */
export function renderDetails(campaign: CampaignView): string {
  const { id, action, selector, description, origin, createdAt, createdBy, progress } = campaign;
  const to = action.kind === "move" ? Object.entries(action.to) : [];
  const lines = [
    `${id}  ${action.kind}${description === undefined ? "" : `  ${description}`}`,
    ...to.map(
      ([name, value]) =>
        `  to ${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
    ),
    `  orders: ${Object.entries(selector)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(", ")}`,
    `  started ${createdAt} by ${createdBy}${origin === "automatic" ? " (a new version of a followed key)" : ""}`,
    `  ${renderStatus(campaign)}`,
    ...progress.failedByCode.map(
      ({ code, count, message }) => `  ${number.format(count)} × ${code}: ${message}`,
    ),
  ];
  return lines.join("\n");
}

/** One order: its state, and the next step if it failed. */
export function renderOrder({
  order,
  state,
  attempts,
  error,
}: CampaignOrderList["value"][number]): string {
  if (error === undefined) return `${state}  ${order}`;
  const lines = [
    `${state}  ${order}  after ${String(attempts)} ${attempts === 1 ? "try" : "tries"}`,
    `  ${error.code}: ${error.message}`,
    ...stepsOf(error).map((step) => `  - ${step}`),
  ];
  return lines.join("\n");
}

function stepsOf({ additionalInfo }: NonNullable<CampaignOrderList["value"][number]["error"]>) {
  return additionalInfo.flatMap(({ info }): readonly string[] => {
    if (typeof info !== "object" || info === null || !("steps" in info)) return [];
    const { steps } = info;
    if (!Array.isArray(steps)) return [];
    return steps.flatMap((step: unknown) =>
      typeof step === "object" && step !== null && "text" in step
        ? [`${String(step.text)}${"command" in step ? `: ${String(step.command)}` : ""}`]
        : [],
    );
  });
}
