/**
 * Where a block device is mounted, the innermost first, which is the order of unmounting.
 *
 * @param mountInfo - text of /proc/self/mountinfo (proc_pid_mountinfo(5)): field 3 is the device,
 * field 5 the mount point
 * @param device - `major:minor`
 */
export function mountPointsOf(mountInfo: string, device: string): readonly string[] {
  return mountInfo
    .split("\n")
    .map((line) => line.split(" "))
    .flatMap(([, , mounted, , point]) =>
      mounted === device && point !== undefined ? [unescaped(point)] : [],
    )
    .toReversed();
}

/** Spaces and backslashes are octal escapes there. */
function unescaped(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_match, octal: string) =>
    String.fromCodePoint(Number.parseInt(octal, 8)),
  );
}
