import { expect, it } from "vitest";
import { filtersOf, NO_FILTERS, queryOf } from "./filter";

it("filters come back from the address as they went in, nonsense left out", () => {
  const filters = {
    ...NO_FILTERS,
    text: "a & b",
    model: ["x/y", "é"],
    is: ["pinned" as const],
    low: 1_500_000,
    sort: "price" as const,
  };
  const query = queryOf(filters, new URLSearchParams("scope=all"));
  expect(query.get("scope")).toBe("all");
  expect(filtersOf(new URLSearchParams(query.toString()))).toEqual(filters);
  expect(filtersOf(new URLSearchParams("is=%3Cimg%3E&sort=evil&from=-3&to=abc"))).toEqual(NO_FILTERS);
});
