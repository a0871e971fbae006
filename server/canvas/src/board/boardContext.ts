import { createContext, useContext } from "react";
import type { ShotFacts } from "../wire/api.gen";

/** What every card of the board is told besides its shot: only cards that are drawn hear of a change. */
export interface Board {
  /** How many shots there are. */
  of: number;
  comments: Readonly<Record<string, number>>;
  /** Why the order cannot be changed; "" when it can. */
  fixed: string;
  /** The shot that is on screen in the animatic. */
  playing: string | null;
  step(key: string, by: -1 | 1): void;
  addAfter(shot: ShotFacts): void;
}

export const BoardContext = createContext<Board | null>(null);

export function useBoard(): Board {
  const board = useContext(BoardContext);
  if (!board) throw new Error("a card outside of a board");
  return board;
}
