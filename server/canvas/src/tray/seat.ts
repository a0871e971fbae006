import { frameOfMoment, frameOfStamp, type PaneClock, seekTime } from "./clock";
import { SAME_MOMENT } from "./pool";

/** When a frame of a player was on screen: its stamp in seconds, and the page's clock in milliseconds. */
export interface Shown {
  media: number;
  at: number;
}

/** One player at the deck: seeks one after the other (the newest wish wins) and tells which frame is on screen. */
export class Seat {
  shown: Shown | null = null;
  private wanted: number | null = null;
  private under: number | null = null;
  /** The frame it stands at; null while it plays. */
  private stands: number | null = null;
  private ended = false;
  private handle = 0;

  constructor(
    readonly element: HTMLMediaElement,
    public clock: PaneClock,
    private readonly onFrame: (seat: Seat) => void,
  ) {
    element.addEventListener("seeked", this.sought);
    element.addEventListener("loadedmetadata", this.ready);
    element.addEventListener("play", this.plays);
    this.watch();
  }

  /** The frame that was last on screen. */
  frame(): number | null {
    return this.shown && frameOfStamp(this.shown.media, this.clock.rate);
  }

  close(): void {
    this.ended = true;
    this.element.removeEventListener("seeked", this.sought);
    this.element.removeEventListener("loadedmetadata", this.ready);
    this.element.removeEventListener("play", this.plays);
    if (this.element instanceof HTMLVideoElement) this.element.cancelVideoFrameCallback(this.handle);
    else cancelAnimationFrame(this.handle);
  }

  seek(frame: number): void {
    if (!this.seeking && (this.stands === frame || this.standsAt(frame))) return;
    this.wanted = frame;
    if (this.under === null) this.go();
  }

  /** Whether the player was brought there before it sat down here. */
  private standsAt(frame: number): boolean {
    const { element } = this;
    if (!element.paused || element.seeking || element.readyState < 2) return false;
    if (Math.abs(element.currentTime - seekTime(frame, this.clock.rate)) > SAME_MOMENT) return false;
    this.stands = frame;
    return true;
  }

  get seeking(): boolean {
    return this.under !== null || this.wanted !== null;
  }

  private readonly ready = () => this.go();

  private readonly plays = () => {
    this.stands = null;
  };

  private readonly sought = () => {
    this.stands = this.element.paused ? this.under : null;
    this.under = null;
    this.go();
  };

  private go(): void {
    if (this.wanted === null || this.element.readyState < 1 || this.under !== null) return;
    this.under = this.wanted;
    this.wanted = null;
    this.element.currentTime = seekTime(this.under, this.clock.rate);
  }

  private watch(): void {
    if (this.ended) return;
    if (this.element instanceof HTMLVideoElement) {
      this.handle = this.element.requestVideoFrameCallback((_, facts) =>
        this.saw({ media: facts.mediaTime, at: facts.expectedDisplayTime }),
      );
    } else {
      // Sounds have no frames of their own: their clock is looked at once a frame of the page.
      this.handle = requestAnimationFrame((at) => {
        const moment = frameOfMoment(this.element.currentTime, this.clock.rate);
        const media = (moment * this.clock.rate.den) / this.clock.rate.num;
        if (!this.element.paused && media !== this.shown?.media) this.saw({ media, at });
        else this.watch();
      });
    }
  }

  private saw(shown: Shown): void {
    if (this.ended) return;
    this.shown = shown;
    this.onFrame(this);
    this.watch();
  }
}
