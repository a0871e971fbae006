import { expect, it } from "vitest";
import { found } from "./finding";

const KINDS = [
  { id: "describe", title: "Describe image", more: "Takes image; makes text" },
  { id: "upscale", title: "Upscale", more: "Takes image; makes image" },
  { id: "image_edit", title: "Image edit" },
  { id: "image", title: "Image" },
  { id: "film", title: "Video with sound" },
];
const titles = (query: string, recent: string[] = []) => found(KINDS, query, recent).map((one) => one.title);

it("puts what is called exactly so first, then beginnings, words, parts", () => {
  expect(titles("image")).toEqual(["Image", "Image edit", "Describe image", "Upscale"]);
  expect(titles("IMAGE ")).toEqual(titles("image"));
});

it("finds by several words in any order, by id, and by first letters", () => {
  expect(titles("edit image")).toEqual(["Image edit"]);
  expect(titles("image_edit")[0]).toBe("Image edit");
  expect(titles("vws")).toEqual(["Video with sound"]);
  expect(titles("vds")).toEqual([]);
});

it("finds without accents", () => {
  expect(found([{ id: "a", title: "Übergang" }], "uberg")).toHaveLength(1);
});

it("offers what was used lately first, but never before a better fit", () => {
  expect(titles("", ["film", "image"]).slice(0, 2)).toEqual(["Video with sound", "Image"]);
  expect(titles("image", ["describe"])[0]).toBe("Image");
});
