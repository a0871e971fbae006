import type { ErrorBody } from "./api.gen";

/** What went wrong, in the bridge's own words; `code` is stable, `details` name the node, take or field. */
export class Problem extends Error {
  readonly code: string;
  readonly hint: string;
  readonly retryable: boolean;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(body: Partial<ErrorBody> & { code: string; message: string }, status = 0) {
    super(body.message);
    this.name = "Problem";
    this.code = body.code;
    this.hint = body.hint ?? "";
    this.retryable = body.retryable ?? false;
    this.status = status;
    this.details = (body.details ?? {}) as Record<string, unknown>;
  }
}

/** The bridge did not answer: it is stopped, restarting, or the network is away. Nothing was decided by this. */
export function unreachable(): Problem {
  return new Problem({
    code: "unreachable",
    message: "The bridge does not answer.",
    hint: "Nothing is lost. This page goes on by itself when the bridge is back.",
    retryable: true,
  });
}

/** Whatever was thrown, as a Problem. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem({ code: "internal", message: "This page met a fault of its own.", hint: message });
}
