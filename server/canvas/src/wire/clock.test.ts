import { describe, expect, it } from "vitest";
import { bridgeNow, learnTime } from "./clock";

const answer = (date: string) => new Response(null, { headers: date ? { date } : {} });
const HOUR = 3_600_000;

describe("bridgeNow", () => {
  it("goes by the bridge where this machine's clock is off", () => {
    learnTime(answer(new Date(Date.now() + 26 * HOUR).toUTCString()));
    expect(Math.abs(bridgeNow() - Date.now() - 26 * HOUR)).toBeLessThan(2000);
    learnTime(answer(new Date(Date.now() - 3 * HOUR).toUTCString()));
    expect(Math.abs(bridgeNow() - Date.now() + 3 * HOUR)).toBeLessThan(2000);
  });

  it("leaves a clock alone that is about right, and keeps what it knew without a date", () => {
    learnTime(answer(new Date(Date.now() - 3 * HOUR).toUTCString()));
    learnTime(answer(""));
    expect(bridgeNow()).toBeLessThan(Date.now() - 2 * HOUR);
    learnTime(answer(new Date(Date.now() - 5000).toUTCString()));
    expect(Math.abs(bridgeNow() - Date.now())).toBeLessThan(1000);
  });
});
