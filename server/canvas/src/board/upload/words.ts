import type { Item } from "./queue";

const UNITS = ["bytes", "kB", "MB", "GB"] as const;

/** `12.4 MB`; as drives count them. */
export function bytesWords(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Where a file stands, in words. */
export function standingWords(item: Item): string {
  const size = bytesWords(item.file.size);
  const far = `${bytesWords(item.sent)} of ${size}`;
  const on = item.found > 0 ? `, went on from ${bytesWords(item.found)}` : "";
  switch (item.standing) {
    case "chosen":
      return item.found === -1 ? `${size}, begun before: it goes on where it stopped` : size;
    case "waiting":
      return `${size}, waiting`;
    case "sending":
      return far + on;
    case "paused":
      return `${far}, paused`;
    case "lost":
      if (item.problem?.code === "disk_full") return `${far}; no room on the bridge's drive, tried again by itself`;
      return `${far}; connection lost, tried again by itself`;
    case "finishing":
      return `${size}, being looked at`;
    case "done":
      return `${size}, on the canvas${on}`;
    case "refused":
      return size;
  }
}
