"use strict";

/** Names a person, a file or a provider gave are words on the page and nothing else. */

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { openPanel } = require("./acting.js");
const { harbour, node, seenClip, take } = require("./stand_in_bridge.js");
const { job } = require("./job_facts.js");

const IMG = '<img src=x onerror="window.owned=1">';
const HOSTILE = {
  markup: `${IMG}<script>window.owned=1</script>'"><svg onload=window.owned=1> javascript:window.owned=1`,
  "lines, other ways of writing, controls":
    "one\ntwo\r\nthree\u2028four \u202Egpj.esrever\u202C \u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627 be\u0000fore\u0007",
  "4,096 characters": `${"W".repeat(4096 - IMG.length)}${IMG}`,
  "a word of JavaScript": "__proto__",
};

function takeOf(name) {
  const recipe = { params: { prompt: name, [name]: name } };
  return { author: name, model_requested: name, model_reported: name, provider: name, notes: [name], recipe };
}

/** A bridge all of whose words are this one. */
function facts(name) {
  const found = harbour();
  found.canvases = { canvas_1: name, canvas_2: name };
  found.canvas.title = name;
  found.canvas.nodes = {
    node_clip: node("node_clip", "clip", name),
    node_make: node("node_make", "video_edit", name, { pin: "take_5" }),
  };
  found.canvas.takes = Object.fromEntries([3, 4, 5].map((seq) => [`take_${seq}`, take(seq, takeOf(name))]));
  found.host = { ...found.host, product: name, timeline: { timeline_name: name } };
  const links = [{ ...seenClip().links[0], shot: name }];
  found.clips = [seenClip({ name, media_path: `/footage/${name}`, timecode: name, links })];
  const error = { code: "provider", message: name, hint: name };
  const failed = { state: "failed", status: "Failed", can_retry: true, ended_at: new Date().toISOString() };
  found.jobs = [job("job_1", { ...failed, model: name, provider: name, error })];
  found.put = [{ link_id: "link_1", shot: name, sentence: "", error }];
  found.models = found.models.map((one) => ({ ...one, title: name }));
  return found;
}

for (const [kind, name] of Object.entries(HOSTILE)) {
  test(`a hostile name is only words: ${kind}`, async (t) => {
    const { page, stage, bridge } = await openPanel(t, { facts: facts(name), size: { width: 320, height: 800 } });
    await page.locator(".tile").first().waitFor();
    await page.locator(".foot-line").click();
    await page.locator(".job").first().waitFor();
    await page.locator(".button.wide").click();
    for (const end = Date.now() + 10_000; !bridge.sent("POST", "/api/clips/put").length && Date.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await page.locator(".button:visible", { hasText: "Log" }).first().click();
    await page.locator(".button:visible", { hasText: "Clip" }).first().click();
    await page.locator(".tile").first().dblclick();
    const seen = await page.evaluate(() => {
      const harmless = (one) => !one.getAttribute("src") || /^data:image\//.test(one.src);
      const names = [...document.querySelectorAll(".strip-words, .tile-title, .one-line")];
      return {
        owned: window.owned,
        foreign: [...document.querySelectorAll("#takebridge *")].filter((one) =>
          one.tagName === "IMG" ? !harmless(one) : /^(script|svg|iframe|a)$/i.test(one.tagName),
        ).length,
        handlers: document.querySelectorAll("[onerror], [onload], [onclick]").length,
        wide: document.documentElement.scrollWidth,
        tall: Math.max(...names.map((one) => one.offsetHeight)),
        polluted: {}.prompt,
      };
    });
    assert.equal(seen.owned, undefined);
    assert.deepEqual([seen.foreign, seen.handlers, seen.polluted], [0, 0, undefined]);
    assert.ok(seen.wide <= 320, `the page is ${seen.wide} wide`);
    assert.ok(seen.tall <= 200, `a name is ${seen.tall} high`);
    assert.deepEqual(stage.complaints, []);
  });
}
