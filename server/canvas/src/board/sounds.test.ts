import { describe, expect, test } from "vitest";
import type { Doc } from "../canvas/model";
import type { ShotFacts } from "../wire/api.gen";
import { reelOf } from "./reel";
import { saidStarts, soundsOf } from "./sounds";

const shot = (frames: number) =>
  ({ length: { frames, rate: "24", source: "take", start: null, words: "" }, wire: "", node: "n" }) as ShotFacts;
const REEL = reelOf([shot(48), shot(24), shot(24)]);

/** Sounds of an export: the input, seconds, and whether it has a take. */
function docOf(sounds: [string, number, boolean?][], edits = "", film = "nle_export"): Doc {
  const ids = sounds.map((_, index) => `s${index}`);
  return {
    nodes: {
      out: { id: "out", kind: "nle_export", params: { edits } },
      board: { id: "board", kind: film, params: {} },
      ...Object.fromEntries(ids.map((id) => [id, { id, kind: "voice", title: id, params: {}, pin: `t_${id}` }])),
    },
    wires: Object.fromEntries([
      ...sounds.map(([dst_port], index) => [
        `w${index}`,
        {
          id: `w${index}`,
          src_node: `s${index}`,
          src_port: "audio",
          dst_node: "out",
          dst_port,
          order: index,
          take: null,
        },
      ]),
      [
        "b",
        { id: "b", src_node: "board", src_port: "video", dst_node: "out", dst_port: "clips", order: 0, take: null },
      ],
    ]),
    takes: Object.fromEntries(
      sounds.flatMap(([, seconds, made = true], index) =>
        made
          ? [[`t_s${index}`, { outputs: { audio: { content: `c${index}`, facts: { duration_ms: seconds * 1000 } } } }]]
          : [],
      ),
    ),
    traysOf: {},
  } as unknown as Doc;
}
const lie = (doc: Doc, film = "out") =>
  soundsOf(doc, film, REEL).map(({ content, start, end }) => [content, start, end]);

describe("the sounds of a film", () => {
  test("voices follow each other, music begins with the film and ends with it, effects lie with their shots", () => {
    const doc = docOf([
      ["dialogue", 1],
      ["dialogue", 0.5],
      ["music", 60],
      ["sfx", 0.25],
      ["sfx", 0.25],
    ]);
    expect(lie(doc)).toEqual([
      ["c0", 0, 24],
      ["c1", 24, 36],
      ["c2", 0, 96],
      ["c3", 0, 6],
      ["c4", 48, 54],
    ]);
  });

  test("the edits say where they start; a voice after a said one follows it", () => {
    const edits = "all: dissolve 12\ndialogue 0: at 1 + 6; music: AT 2\nsfx 0: at 0 + 90";
    const doc = docOf(
      [
        ["dialogue", 1],
        ["dialogue", 0.5],
        ["music", 60],
        ["sfx", 1],
      ],
      edits,
    );
    expect(lie(doc)).toEqual([
      ["c0", 54, 78],
      ["c1", 78, 90],
      ["c2", 72, 96],
      ["c3", 90, 96],
    ]);
    expect(saidStarts(edits).size).toBe(3);
  });

  test("what has no take yet is passed over, and does not count", () => {
    expect(
      lie(
        docOf([
          ["sfx", 1, false],
          ["sfx", 0.5],
        ]),
      ),
    ).toEqual([["c1", 0, 12]]);
  });

  test("a storyboard has the sounds of the export it is wired into", () => {
    expect(lie(docOf([["music", 1]], "", "storyboard"), "board")).toEqual([["c0", 0, 24]]);
    expect(soundsOf(docOf([["music", 1]]), null, REEL)).toEqual([]);
  });
});
