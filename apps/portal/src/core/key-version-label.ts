const SHORT_CHARACTERS = 8;

/**
 * `unlock / 7d6855dc…`: enough of a key version's URL to recognise it; any other text is returned
 * unchanged.
 */
export function keyVersionLabel(kid: string): string {
  const [, name, version] = /^https:\/\/[^/]+\/keys\/([^/]+)\/([^/]+)$/.exec(kid) ?? [];
  if (name === undefined || version === undefined) return kid;
  return version.length > SHORT_CHARACTERS
    ? `${name} / ${version.slice(0, SHORT_CHARACTERS)}…`
    : `${name} / ${version}`;
}
