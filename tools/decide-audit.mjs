/**
 * Compares the registry's advisories for our dependencies with those that were accepted.
 *
 * @param {{ id: string, package: string, severity: string, title: string, url: string }[]} advisories
 * @param {{ id: string, reason: string, until: string }[]} accepted - `until`: the last day, YYYY-MM-DD
 * @param {string} today - YYYY-MM-DD
 * @returns sentences: `open`, advisories that are not accepted; `expired`, advisories whose
 * acceptance has ended; `unneeded`, acceptances without an advisory; and whether the check `fails`
 * @throws {TypeError} for an acceptance without id, reason or a real date
 */
export function decideAudit(advisories, accepted, today) {
  for (const acceptance of accepted) requireWhole(acceptance);
  const acceptances = new Map(accepted.map((each) => [each.id, each]));
  const open = [];
  const expired = [];
  for (const { id, package: name, severity, title, url } of advisories) {
    const what = `${severity} ${id} in ${name}: ${title} (${url})`;
    const acceptance = acceptances.get(id);
    if (acceptance === undefined) open.push(what);
    // Dates of this form sort as text.
    else if (acceptance.until < today)
      expired.push(`${what}; accepted until ${acceptance.until}: ${acceptance.reason}`);
  }
  const found = new Set(advisories.map(({ id }) => id));
  const unneeded = accepted.filter(({ id }) => !found.has(id)).map(({ id }) => id);
  return { open, expired, unneeded, fails: open.length + expired.length > 0 };
}

function requireWhole(acceptance) {
  const { id, reason, until } = acceptance;
  const isWhole =
    /^GHSA(?:-[0-9a-z]{4}){3}$/.test(id) &&
    typeof reason === "string" &&
    reason.trim() !== "" &&
    /^\d{4}-\d{2}-\d{2}$/.test(until) &&
    !Number.isNaN(Date.parse(until));
  if (!isWhole)
    throw new TypeError(
      `expected a GHSA id, a reason and a date YYYY-MM-DD: ${JSON.stringify(acceptance)}`,
    );
}
