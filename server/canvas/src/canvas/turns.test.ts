import { expect, it } from "vitest";
import { turns } from "./turns";

it("sends nothing before what was asked for earlier is answered", async () => {
  const inTurn = turns();
  const sent: string[] = [];
  const answer: Record<string, () => void> = {};
  const ask = (name: string) => () => {
    sent.push(name);
    return new Promise<string>((resolve) => {
      answer[name] = () => resolve(name);
    });
  };
  const first = inTurn(ask("rate"));
  const second = inTurn(ask("undo"));
  await Promise.resolve();
  await Promise.resolve();
  expect(sent).toEqual(["rate"]);
  answer["rate"]?.();
  expect(await first).toBe("rate");
  await Promise.resolve();
  answer["undo"]?.();
  expect(await second).toBe("undo");
  expect(sent).toEqual(["rate", "undo"]);
});

it("goes on after a refusal, which only the one who asked hears", async () => {
  const inTurn = turns();
  const refused = inTurn(() => Promise.reject(new Error("refused")));
  const next = inTurn(() => Promise.resolve("done"));
  await expect(refused).rejects.toThrow("refused");
  expect(await next).toBe("done");
});
