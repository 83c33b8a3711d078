import { readFileSync } from "node:fs";

/** A clock tick of Linux in /proc (USER_HZ). */
const TICKS_PER_SECOND = 100;

/**
 * Processor time of a process and of the children that it has now, all their threads, since they
 * started.
 */
export function cpuSecondsOf(pid: number): number {
  return sum(familyOf(pid).map(ownCpuSeconds));
}

/** Counts only the children that it has now and whose title begins so. */
export function cpuSecondsOfChildren(pid: number, title: string): number {
  const [, ...children] = familyOf(pid);
  const titled = children.filter((child) =>
    readFileSync(`/proc/${String(child)}/cmdline`, "latin1").startsWith(title),
  );
  return sum(titled.map(ownCpuSeconds));
}

/** Memory that a process and its children hold (RSS, so that shared pages count in each). */
export function residentBytesOf(pid: number): number {
  return sum(familyOf(pid).map(ownResidentBytes));
}

function familyOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, "utf8");
  return [pid, ...children.split(" ").filter(Boolean).map(Number)];
}

function ownCpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function ownResidentBytes(pid: number): number {
  const [, kibibytes] =
    /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8")) ?? [];
  return Number(kibibytes) * 1024;
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
