import { create } from "zustand";

/** A question the tray asks before it goes on. */
export type Asked = { kind: "pin"; node: string; take: string; who: string } | { kind: "guide"; take: string };

interface State {
  asked: Asked | null;
}

export const useAsked = create<State>(() => ({ asked: null }));
export const ask = (asked: Asked | null): void => useAsked.setState({ asked });
