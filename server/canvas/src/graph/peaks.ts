/** As `/m/…/peaks` answers: the lowest and highest value of each stretch of a sound. */
export interface Peaks {
  rate: number;
  peaks: readonly (readonly [number, number])[];
}

/** As many columns, each the lowest and highest of its stretch, with the loudest at 1. */
export function columns(peaks: Peaks["peaks"], count: number): [number, number][] {
  const loudest = peaks.reduce((most, [low, high]) => Math.max(most, -low, high), 0) || 1;
  const shown = Math.max(1, Math.min(Math.floor(count), peaks.length));
  return Array.from({ length: shown }, (_, index) => {
    const from = Math.floor((index * peaks.length) / shown);
    const part = peaks.slice(from, Math.max(from + 1, Math.floor(((index + 1) * peaks.length) / shown)));
    const low = Math.min(...part.map((one) => one[0]));
    const high = Math.max(...part.map((one) => one[1]));
    return [low / loudest, high / loudest];
  });
}
