"use strict";

/**
 * A round trip in words. Shots are 80 frames from source frame 40, handed over with 12 frames of handles: a take's
 * frame 12 is the clip's head.
 */

const assert = require("node:assert/strict");
const { test } = require("node:test");
const reel = require("../support/trip_facts.js");
const root = "../../takebridge_premiere/plugin/ui/";
const { exactOf } = require(`${root}trip_frames.js`);
const words = require(`${root}trip_words.js`);
const ended = require(`${root}trip_outcome.js`);
const money = require(`${root}trip_money.js`);
const { faultCard } = require(`${root}trip_faults.js`);
const { Refusal, answerLost, notConnected } = require("../../takebridge_premiere/plugin/link/faults.js");

const you = (entry, link = reel.link(1)) => words.youDid(entry, link, reel.canvas(5));

test("what you did is said in frames", () => {
  const cases = [
    [{}, "left it as it was"],
    [{ head: 3, tail: 4 }, "trimmed the head 3 frames and the tail 4 frames"],
    [{ head: 12 }, "trimmed the head 12 frames"],
    [{ tail: -1 }, "extended the tail 1 frame"],
    [{ head: -6, tail: 6 }, "slipped it 6 frames earlier in its source"],
    [{ head: 6, tail: -6 }, "slipped it 6 frames later in its source"],
    [{ head: 5, tail: -2 }, "trimmed the head 5 frames and extended the tail 2 frames"],
    [{ track: 1 }, "left it as it was and moved it to V2"],
  ];
  cases.forEach(([moved, said]) => assert.equal(you(reel.edit(1, moved)), said));
});

test("a take made from a longer push is counted from where that begins", () => {
  const canvas = reel.canvas(1);
  const pushed = reel.madeTake("pushed_long", "source_1", 2, 1);
  pushed.outputs.video.facts.given_start_frame = 20; // of the source: 20 frames before the clip's head, not 12
  canvas.takes.pushed_long = pushed;
  canvas.takes.take_1.recipe = { inputs: [{ port: "source", take: "pushed_long" }] };
  // The clip was frames 20 to 100 of that take; it shows 23 to 92 now.
  const said = words.youDid(reel.edit(1, { head: 11 }), reel.link(1), canvas);
  assert.equal(said, "trimmed the head 3 frames and the tail 8 frames");
});

test("other rates compare lengths alone, and what is not known is not guessed", () => {
  const other = reel.link(1, { media_rate: "30000/1001" });
  assert.equal(you(reel.edit(1, { head: 3, tail: 4 }), other), "made it 7 frames shorter");
  assert.equal(you(reel.edit(1), other), "left its length");
  const renamed = { ...reel.edit(1), operations: [{ op: "rename", name: "x" }] };
  assert.equal(you(renamed), "–");
  assert.equal(you({ ...renamed, editor: null }), "it is not in your timeline");
  assert.equal(you({ ...renamed, base: null }), "you added it");
});

test("fractions of a frame are exact", () => {
  assert.equal(words.reshapeWords(exactOf("1/2"), exactOf(0)), "trimmed the head 1/2 frames");
  assert.equal(exactOf("4/2").n, 2n);
  ["", "1.5", "1/0", null, "x"].forEach((text) => assert.equal(exactOf(text), null));
});

test("what the canvas did ends with the length, and says that other media comes without native takes", () => {
  const entry = reel.edit(1, { head: 3, tail: 4 });
  assert.equal(words.canvasDid(entry, true), "Shows SH_0410 take 3, as on the canvas (73 frames)");
  assert.equal(
    words.canvasDid(entry, false),
    "Shows SH_0410 take 3, as on the canvas (73 frames); other media in its place",
  );
  const stamp = { ...entry, operations: [], text: "Carries the canvas's stamp." };
  assert.equal(words.canvasDid(stamp, false), "Carries the canvas's stamp");
  assert.match(words.placeWords(3, true), /^Each take comes in its clip's place.*sequence is kept\.$/);
  assert.match(words.placeWords(1, false), /^The take comes.*is made first\.$/);
  assert.equal(words.placeWords(0, true), "");
});

test("the editor is “you”", () => {
  const said = [
    ["The editor deleted it; the canvas shows SH080 take 1.", "You deleted it; the canvas shows SH080 take 1."],
    ["The editor shows A.mov here, the canvas B.", "You show A.mov here, the canvas B."],
    ["The canvas trimmed it; the editor's timing stands.", "The canvas trimmed it; your timing stands."],
    ["A copy the editor made still shows X", "A copy you made still shows X"],
    ["The canvas no longer has it; the editor's cut does.", "The canvas no longer has it; yours does."],
  ];
  said.forEach(([one, heard]) => assert.equal(words.toYou(one), heard));
});

test("head, counts, buttons", () => {
  const found = reel.trip({ edits: [reel.edit(1), reel.edit(2)], conflicts: [reel.conflict(3)] });
  assert.equal(words.headline(found), "2 changes · 1 conflict");
  assert.equal(words.headline(reel.trip({ requests: [reel.request(4)] })), "1 request for takes");
  assert.equal(words.headline(reel.trip()), "In step: nothing to change");
  assert.equal(words.headline(reel.trip({ removed: [reel.removed(5)] })), "Nothing to change");
  assert.equal(words.applyWords(3), "Apply 3 changes");
  assert.equal(words.applyWords(0), "Agree: nothing to change");
  assert.equal(words.apartWords(2), "Put 2 takes in now");
  assert.equal(words.apartWords(0), "Apply once it is decided");
});

test("what is merged since when", () => {
  const now = Date.parse("2026-11-24T12:00:00Z");
  const first = words.about(reel.trip(), [], "", now);
  assert.equal(first, "Cut: REEL 2 v14 · since its clips were first pushed · yours + canvas “Untitled”");
  const again = words.about(reel.trip(), [reel.pastTrip({ state: "left" }), reel.pastTrip()], "Reel 2", now);
  assert.match(again, /^Cut: REEL 2 v14 · since 2026-11-2\d \d\d:31 \(round trip\) · yours \+ canvas “Reel 2”$/);
  assert.equal(words.clockOf("never", now), "an unknown time");
});

test("deciding later holds the round trip, and says what can go in meanwhile", () => {
  const [first, second] = ["content:V1.2", "content:V1.4"];
  const found = reel.trip({ conflicts: [reel.conflict(3), reel.conflict(5)] });
  assert.equal(words.whyNotApply(found, { [first]: "canvas" }), "1 conflict still to decide.");
  const picked = { [first]: "canvas", [second]: "later" };
  assert.equal(words.whyNotApply(found, picked), "");
  const alone = words.laterWords(picked, 0, 1);
  assert.ok(alone.startsWith("1 conflict left for later, so the round trip waits:"));
  assert.ok(alone.endsWith("1 change waits for the decision.") && !alone.includes("can go in now"));
  const apart = words.laterWords(picked, 2, 0);
  assert.match(apart, /2 takes touch no conflict and can go in now, without a safety copy\. Each lies above its clip/);
  assert.equal(words.laterWords({ [first]: "editor" }, 2, 0), "");
});

test("every choice has a name and a meaning; both is told as it is in Premiere", () => {
  assert.deepEqual(words.choiceWords("editor", "content"), ["Keep timeline", "what you show stays"]);
  const back = "the clip is put back as the canvas has it";
  assert.deepEqual(words.choiceWords("canvas", "deleted_by_editor"), ["Use canvas", back]);
  assert.match(words.choiceWords("both", "content", true)[1], /joins the clip as another take$/);
  assert.match(words.choiceWords("both", "content", false)[1], /Premiere has no second take/);
  assert.equal(words.choiceWords("later", "time")[0], "Decide later");
});

test("every outcome has its words", () => {
  const notApplied = "Not applied: nothing was changed";
  const cases = [
    ["applied", {}, /^Done\. “REEL 2 v14” is the merged cut, read back/, "good", "Verified"],
    ["applied", { answer: "/x.xml" }, /^The merged cut is written\./, "good", "Written, not confirmed"],
    ["nothing", {}, /^In step: both sides agree\./, "good", ""],
    ["undecided", { undecided: ["a"] }, /^Nothing was changed: 1 conflict waits/, "warning", notApplied],
    ["waiting", {}, /^Takes are being made\./, "warning", notApplied],
    ["base_kept", {}, /^This cut is the base now\./, "good", ""],
    ["no_base", {}, /^This timeline has no base yet/, "warning", ""],
  ];
  for (const [outcome, more, said, tone, result] of cases) {
    const trip = reel.trip({ outcome, ...more });
    assert.match(ended.outcomeWords(trip).words, said);
    assert.equal(ended.outcomeWords(trip).tone, tone);
    assert.equal(ended.resultWords(trip), result);
  }
});

test("the safety copy is named, and how to undo", () => {
  const kept = ended.undoWords(reel.trip({ outcome: "applied", trip: reel.pastTrip({ copy_name: "Cut (copy)" }) }));
  assert.match(kept, /^Safety copy: “Cut \(copy\)”.*To undo: open the copy, or use Edit > Undo in Premiere/);
  assert.match(ended.undoWords(reel.trip({ outcome: "applied", trip: reel.pastTrip() })), /^To undo: Edit > Undo/);
  assert.equal(ended.undoWords(reel.trip({ outcome: "nothing" })), "");
});

test("what failed, what was cut off, and what became of a lost answer", () => {
  assert.equal(ended.failedWords("A track is locked.", null), "Not applied: A track is locked.");
  assert.equal(ended.failedWords("Gone.", reel.pastTrip({ state: "applying", done: 2 })), "Placed, not confirmed");
  assert.equal(ended.failedWords("Gone.", reel.pastTrip({ state: "applying", done: 0 })), "Not confirmed");
  const cut = reel.pastTrip({ state: "applying", done: 2, ended_at: "", copy_name: "A copy" });
  const said = "A round trip of “REEL 2 v14” did not end: 2 of 5 steps are done. The safety copy “A copy” is there.";
  assert.equal(ended.cutOffWords(cut), said);
  assert.match(ended.lostWords(null).words, /was not begun: nothing was changed/);
  assert.equal(ended.lostWords(reel.pastTrip()).tone, "good");
  assert.match(ended.lostWords(reel.pastTrip({ state: "rolled_back" })).words, /^Undone/);
  assert.match(ended.endedWords(cut), /^Not finished · 2 of 5 steps · safety copy “A copy”$/);
});

test("progress and hints in this panel's own buttons", () => {
  assert.equal(ended.progressWords({ done: 2, total: 5, state: "applying" }), "Step 3 of 5");
  assert.equal(ended.progressWords({ done: 5, total: 5, state: "applying" }), "Reading the timeline back…");
  assert.equal(ended.progressWords({ done: 2, total: 5, state: "undoing" }), "Putting the timeline back as it was…");
  const hint = "Open it again. Then 'takebridge roundtrip --resume' finishes the trip or undoes it.";
  assert.equal(words.ownHint(hint), "Open it again. Then “Finish or undo” ends the trip.");
  assert.match(words.ownHint("As it is now: takebridge roundtrip --new-base"), /press “Make this cut the base”$/);
  const notes = ["'takebridge roundtrip --resume' ends it.", "The editor has it twice."];
  assert.deepEqual(words.ownNotes(notes), ["You have it twice."]);
  assert.equal(ended.stepsFor("/x/cut.xml")[0], "The merged cut: /x/cut.xml");
});

test("faults: what is so, what to do, which button", () => {
  assert.match(faultCard(answerLost(false), true, false).head, /finishes the round trip or undoes it/);
  assert.match(faultCard(answerLost(false), true, false).cause, /Do not apply again before that/);
  assert.match(faultCard(answerLost(false), true, true).head, /none is half in/);
  assert.equal(faultCard(notConnected(), true, false).head, "The bridge isn't connected. Nothing was sent.");
  assert.match(faultCard(answerLost(true), false, false).head, /^The bridge is away/);
  const mismatch = new Refusal("cut_mismatch", "The base is older.", "takebridge roundtrip --new-base");
  const other = faultCard(mismatch, false, false);
  assert.equal(other.base, true);
  assert.match(other.cause, /Make this cut the base/);
  assert.equal(faultCard(new Refusal("host_busy", "A dialog is open.", ""), false, false).button, "Try again");
});

test("consent repeats count, ceiling and what follows", () => {
  const { consentWords, takesHindrance, takeLines, purseOf, stopAt } = money;
  assert.equal(consentWords(reel.price(), 3, null), "Make 1 take · up to $3.20, then apply 3 changes");
  assert.equal(consentWords(reel.price(0, 0), 0, null), "Make 1 take · free");
  const unknown = reel.price(null, null);
  const held = "Make 1 take · price unknown, $5.00 at most, then apply 1 change";
  assert.equal(consentWords(unknown, 1, 5_000_000), held);
  const purse = { spent: 18_000_000, limit: 20_000_000, scope: "day" };
  const over = { words: "Over today's budget by $1.20", scope: "day" };
  assert.deepEqual(takesHindrance(reel.price(), purse, null), over);
  assert.equal(takesHindrance(reel.price(0, 2_000_000), purse, null), null);
  assert.equal(takesHindrance(unknown, purse, null).scope, "");
  assert.equal(takesHindrance(unknown, purse, 2_000_000), null);
  assert.deepEqual([stopAt(unknown, 5), stopAt(unknown, null), stopAt(reel.price(), 5)], [5, 0, 3_200_000]);
  const trip = reel.trip({ requests: [reel.request(4)], price: reel.price() });
  const lines = Object.fromEntries(takeLines(trip, purse, 3));
  assert.equal(lines.Budget, "Today $18.00 of $20.00 → at most $21.20 after this");
  assert.equal(lines.Then, "3 changes on the timeline, once the takes are there");
  const day = { day: "2026-11-22", currency: "USD", settled_micros: 7, reserved_micros: 1 };
  assert.deepEqual(purseOf({}, [day], "2026-11-22", "USD"), { spent: 8, limit: null, scope: "day" });
});

test("prices of takes", () => {
  assert.equal(words.priceWords(reel.price()), "1 take · $1.40 – $3.20 · usually 60 s – 2 min");
  assert.equal(words.priceWords(reel.price(0, 0)), "1 take · free · usually 60 s – 2 min");
  assert.equal(words.priceWords(reel.price(null, null, 2)), "2 takes · price unknown · usually 60 s – 2 min");
  assert.equal(words.priceWords(null) + words.priceWords(reel.price(1, 1, 0)), "");
});
