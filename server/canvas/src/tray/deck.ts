import { createStore } from "zustand/vanilla";
import { across, masterCount, masterFrame, type PaneClock, PLAIN_RATE, paneFrame, type Rate } from "./clock";
import { correction, type ShuttleKey, shuttle } from "./follow";
import { Seat } from "./seat";

/** What everybody who draws reads: the one frame, the speed, the length. */
export interface DeckView {
  readonly frame: number;
  /** 0 stands, 1 plays, −2 runs back twice as fast. */
  readonly speed: number;
  readonly count: number;
  readonly rate: Rate;
  readonly loop: boolean;
}

interface Pane {
  clock: PaneClock;
  seat: Seat | null;
}

/**
 * One transport for all panes. While it stands, every pane is sought to the middle of its frame, once. While it plays,
 * the longest pane leads and says by the stamps of its frames where everybody is; the others are corrected.
 */
export class Deck {
  readonly store = createStore<DeckView>(() => ({ frame: 0, speed: 0, count: 1, rate: PLAIN_RATE, loop: false }));
  private readonly panes = new Map<string, Pane>();
  private order: readonly string[] = [];
  private sound: string | null = null;
  private back = 0;

  /** Say which panes there are, the first one's rate being the master's. Frame and play go on as far as they can. */
  arrange(clocks: readonly { key: string; clock: PaneClock }[]): void {
    for (const key of this.panes.keys()) if (!clocks.some((one) => one.key === key)) this.leave(key);
    for (const { key, clock } of clocks) {
      const pane = this.panes.get(key) ?? { clock, seat: null };
      pane.clock = clock;
      this.panes.set(key, pane);
    }
    this.order = clocks.map((one) => one.key);
    const before = this.store.getState();
    const rate = clocks[0]?.clock.rate ?? PLAIN_RATE;
    const all = clocks.map((one) => one.clock);
    const count = masterCount(rate, all);
    // The same moment is kept when another rate leads now.
    const frame = Math.min(count - 1, Math.max(0, across(before.frame, before.rate, rate)));
    this.store.setState({ rate, count, frame });
    if (before.speed === 0) this.seekAll();
  }

  /** Give a pane the player that shows it now. */
  sit(key: string, element: HTMLMediaElement): void {
    const pane = this.panes.get(key);
    if (!pane) return;
    pane.seat?.close();
    pane.seat = new Seat(element, pane.clock, (seat) => this.heard(seat));
    element.muted = key !== this.sound;
    // A film that ends before its last frame was told: the facts said more frames than there are.
    element.onended = () => this.ended(element);
    this.place(pane);
  }

  /** A pane's player is gone; with `element` only when it is that one. */
  rise(key: string, element?: HTMLMediaElement): void {
    const pane = this.panes.get(key);
    if (!pane?.seat || (element && pane.seat.element !== element)) return;
    pane.seat.close();
    pane.seat = null;
  }

  /** Where a pane is now. */
  paneFrame(key: string): { frame: number; held: boolean } {
    const { frame, rate } = this.store.getState();
    const pane = this.panes.get(key);
    return pane ? paneFrame(frame, rate, pane.clock) : { frame: 0, held: false };
  }

  listen(sound: string | null): void {
    this.sound = sound;
    for (const [key, pane] of this.panes) if (pane.seat) pane.seat.element.muted = key !== sound;
  }

  setLoop(loop: boolean): void {
    this.store.setState({ loop });
  }

  /** Stand at a frame. */
  go(frame: number): void {
    this.run(0);
    this.show(frame);
  }

  step(frames: number): void {
    this.go(this.store.getState().frame + frames);
  }

  /** J, K, L and Space; `slow` while K is held. */
  press(key: ShuttleKey, slow = false): void {
    const { speed, frame, count } = this.store.getState();
    const next = shuttle(speed, key, slow);
    if (next > 0 && frame >= count - 1) this.show(0);
    this.run(next);
  }

  close(): void {
    this.run(0);
    for (const key of [...this.panes.keys()]) this.leave(key);
  }

  private leave(key: string): void {
    this.rise(key);
    this.panes.delete(key);
  }

  private show(frame: number): void {
    const { count } = this.store.getState();
    this.store.setState({ frame: Math.min(count - 1, Math.max(0, frame)) });
    this.seekAll();
  }

  private seekAll(): void {
    for (const pane of this.panes.values()) this.place(pane);
  }

  /** Bring a pane where the deck is: sought when it stands or holds, playing when the deck plays. */
  private place(pane: Pane): void {
    const { frame, rate, speed } = this.store.getState();
    if (!pane.seat) return;
    pane.seat.clock = pane.clock;
    const at = paneFrame(frame, rate, pane.clock);
    const plays = speed > 0 && !at.held;
    if (!plays || pane.seat.element.paused) pane.seat.seek(at.frame);
    if (plays) this.start(pane.seat.element, speed);
    else pane.seat.element.pause();
  }

  private start(element: HTMLMediaElement, speed: number): void {
    element.playbackRate = speed;
    element.play().catch(() => undefined); // Taken back by a pause, or not loaded yet: the next frame looks again.
  }

  private run(speed: number): void {
    const before = this.store.getState().speed;
    cancelAnimationFrame(this.back);
    this.store.setState({ speed });
    if (speed > 0) for (const pane of this.panes.values()) this.place(pane);
    else {
      for (const pane of this.panes.values()) pane.seat?.element.pause();
      if (speed < 0) this.runBack(speed);
      else if (before !== 0) this.seekAll();
    }
  }

  /** Players do not run back: the frames are sought one after the other, leaving out what the drive cannot keep up with. */
  private runBack(speed: number): void {
    const { frame: from, rate } = this.store.getState();
    const began = performance.now();
    const tick = () => {
      const frame = Math.max(0, from + Math.ceil((((performance.now() - began) / 1000) * speed * rate.num) / rate.den));
      if (frame !== this.store.getState().frame) this.show(frame);
      if (frame === 0) this.run(0);
      else this.back = requestAnimationFrame(tick);
    };
    this.back = requestAnimationFrame(tick);
  }

  /** Who leads: the pane that ends last, of those that have a player. */
  private leader(): Pane | null {
    const { rate } = this.store.getState();
    let best: Pane | null = null;
    let length = -1;
    for (const key of this.order) {
      const pane = this.panes.get(key);
      if (!pane?.seat || pane.clock.count < 2) continue;
      const own = masterCount(rate, [pane.clock]);
      if (own > length) [best, length] = [pane, own];
    }
    return best;
  }

  private heard(seat: Seat): void {
    const { speed, rate, count, loop, frame: before } = this.store.getState();
    const leader = this.leader();
    if (speed <= 0 || !leader || leader.seat !== seat || seat.seeking) return;
    const frame = Math.min(count - 1, masterFrame(seat.frame() ?? 0, rate, leader.clock));
    if (frame !== before) this.store.setState({ frame });
    if (frame >= count - 1) {
      if (loop) this.again(speed);
      else this.run(0);
      return;
    }
    for (const pane of this.panes.values()) if (pane !== leader && pane.seat) this.correct(pane, seat, leader.clock);
  }

  private ended(element: HTMLMediaElement): void {
    const { speed, loop } = this.store.getState();
    if (speed <= 0 || this.leader()?.seat?.element !== element) return;
    if (loop) this.again(speed);
    else this.run(0);
  }

  private again(speed: number): void {
    this.run(0);
    this.show(0);
    this.run(speed);
  }

  private correct(pane: Pane, leads: Seat, clock: PaneClock): void {
    const { speed, frame, rate } = this.store.getState();
    const { seat } = pane;
    if (!seat || pane.clock.count < 2) return;
    if (paneFrame(frame, rate, pane.clock).held) {
      if (!seat.element.paused) this.place(pane);
      return;
    }
    if (seat.element.paused) return this.place(pane);
    if (seat.seeking || !seat.shown || !leads.shown) return;
    const own = pane.clock.rate;
    const since = ((leads.shown.at - seat.shown.at) / 1000) * speed;
    const moved = (pane.clock.offset * own.den) / own.num - (clock.offset * clock.rate.den) / clock.rate.num;
    const what = correction(leads.shown.media + moved - (seat.shown.media + since), own);
    if (what.kind === "seek") seat.seek(paneFrame(frame + 1, rate, pane.clock).frame);
    seat.element.playbackRate = what.kind === "rate" ? speed * what.factor : speed;
  }
}
