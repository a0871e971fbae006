/** The page's addresses. The bridge answers all of them with the page (api/page.py). */
export const PLACES = ["graph", "takes", "cut", "board", "shots", "references", "money"] as const;
export type Place = (typeof PLACES)[number];

export const PLACE_WORDS: Readonly<Record<Place, string>> = {
  graph: "Canvas",
  takes: "Takes",
  cut: "Cut",
  board: "Storyboard",
  shots: "Shots",
  references: "References",
  money: "Money",
};

export const canvasPath = (canvas: string, place: Place = "graph"): string =>
  `/c/${encodeURIComponent(canvas)}/${place}`;
