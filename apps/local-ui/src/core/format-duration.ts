const HOUR = 3600;
const MINUTE = 60;

const two = (value: number): string => String(value).padStart(2, "0");

/** "23:59:48", "14:32", "12 s": the format of a countdown. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${String(whole)} s`;
  const [hours, minutes] = [Math.floor(whole / HOUR), Math.floor((whole % HOUR) / MINUTE)];
  const rest = two(whole % MINUTE);
  return hours === 0 ? `${String(minutes)}:${rest}` : `${String(hours)}:${two(minutes)}:${rest}`;
}
